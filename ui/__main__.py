"""`python -m ui` does what `rag chat` does."""

import sys

from ui.cli import main

if __name__ == "__main__":
    sys.exit(main(["chat", *sys.argv[1:]]))
