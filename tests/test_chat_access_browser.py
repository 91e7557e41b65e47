"""What axe finds on the chat's pages: nothing serious or critical, in light and dark, on a desk and on a phone."""

from __future__ import annotations

import pytest

pytest.importorskip("playwright", reason='the browser tests need playwright: pip install "footnote-rag[test]"')
pytest.importorskip("axe_playwright_python", reason='this needs axe: pip install "footnote-rag[test]"')

from axe_playwright_python.sync_playwright import Axe
from browsing import PHONE, QUESTION, UNANSWERABLE, WIDE, ask
from playwright.sync_api import Page, expect

LAMPS = "How many lamps does the toll bridge have? The reports give different numbers."


def serious(page: Page) -> list[str]:
    """The findings that keep somebody out, with where they are."""
    found = Axe().run(page).response["violations"]
    return [
        f"{finding['id']} at {node['target']}: {node['failureSummary']}"
        for finding in found
        if finding["impact"] in ("serious", "critical")
        for node in finding["nodes"]
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_everybody_can_use_it(visit, size: tuple[int, int], scheme: str) -> None:
    page = visit(size, color_scheme=scheme)
    assert serious(page) == [], "welcome"
    answer = ask(page, LAMPS)
    answer.get_by_role("button", name="Good answer").click()
    assert serious(page) == [], "an answer with a conflict"
    answer.locator(".footnote").first.click()
    expect(page.locator("#source mark#cited")).to_be_visible()
    assert serious(page) == [], "evidence"
    if size == PHONE:
        page.locator('[data-show="sources"]').click()
    page.locator(".pick").first.check()
    page.locator(".document", has_text="Bakery").click()
    expect(page.locator("#source .speaker").first).to_be_visible()
    assert serious(page) == [], "a thread, with its speakers"
    if size == PHONE:
        page.locator('[data-show="sources"]').click()
        assert serious(page) == [], "sources"
        page.locator('[data-show="chat"]').click()
    ask(page, UNANSWERABLE)
    assert serious(page) == [], "an abstention"
    page.locator(".limit button").click()
    answer = ask(page, QUESTION)
    answer.locator(".footnote").first.focus()
    assert serious(page) == [], "a limit lifted, an answer"
