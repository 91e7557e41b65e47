# `make chat` and `make test` are all the set-up there is. Each installs what it needs into .venv, once.

CORPUS ?= corpus/documents
INDEX ?= .rag
PORT ?= 7860
PYTHON ?= python3
# On Linux without a GPU: make chat TORCH_INDEX=https://download.pytorch.org/whl/cpu
TORCH_INDEX ?=

BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
RUN := .venv/installed-run
TEST := .venv/installed-test
export PYTHONUTF8 = 1

.PHONY: chat test test-all check lint eval gate bench clean

chat: $(RUN)  ## index CORPUS and open the web chat
	$(BIN)/rag chat "$(CORPUS)" --index "$(INDEX)" --port $(PORT)

test: $(TEST)  ## the tests that every change must pass
	$(BIN)/python -m pytest -m "not slow"

test-all: $(TEST)  ## the slow ones too
	$(BIN)/python -m pytest

lint: $(TEST)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

check: lint test gate  ## every gate

eval: $(RUN)  ## measure the answers on the sample question set; the report is .eval/sample.html
	@mkdir -p .eval && rm -f .eval/sample.jsonl
	$(BIN)/rag eval --corpus corpus/documents --out .eval/sample.jsonl --html .eval/sample.html

gate: eval  ## and fail below eval/gates.toml
	$(BIN)/rag eval gate .eval/sample.jsonl

bench: $(RUN)  ## measure speed on this machine
	$(BIN)/rag bench

clean:  ## remove what make made; documents are never touched, nor those that were added in the chat
	rm -rf .venv .eval
	if [ -d "$(INDEX)" ]; then find "$(INDEX)" -mindepth 1 -maxdepth 1 ! -name added -exec rm -rf {} +; fi

.venv/bin/python:
	@echo "Making a virtual environment in .venv"
	$(PYTHON) -m venv .venv

# torch comes first and alone, so that TORCH_INDEX concerns nothing else.
$(RUN): pyproject.toml constraints.txt | .venv/bin/python
	@echo "Installing Footnote into .venv: about 2 GB, a few minutes"
	$(PIP) install -c constraints.txt $(if $(TORCH_INDEX),--index-url $(TORCH_INDEX)) torch
	$(PIP) install -c constraints.txt -e .
	@# Only its copy of tiktoken's vocabulary is used, so that counting tokens needs no download.
	$(PIP) install -c constraints.txt --no-deps llama-index-core
	@touch $@

$(TEST): $(RUN)
	$(PIP) install -c constraints.txt -e ".[test]"
	@touch $@
