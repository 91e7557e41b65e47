"""What readers think of an answer, as lines of JSON in the index folder, for whoever looks after the collection.

It does not know who they are: neither a name nor an address is written down.
"""

from __future__ import annotations

import json
import threading
from datetime import datetime, timezone
from pathlib import Path

from rag.answering import Answer

FILE = "feedback.jsonl"
VERDICTS = ("up", "down")
LONGEST_REASON = 500  # characters

_lock = threading.Lock()


def save_feedback(folder: Path, answer: Answer, verdict: str, reason: str) -> None:
    """Append one line: time (UTC), question, answer, verdict, reason. Raises OSError when it can't be written."""
    line = {
        "time": datetime.now(timezone.utc).isoformat(timespec="seconds"),
        "question": answer.question,
        "answer": answer.text,
        "verdict": verdict,
        "reason": " ".join(reason.split())[:LONGEST_REASON],
    }
    with _lock, (folder / FILE).open("a", encoding="utf-8") as file:
        file.write(json.dumps(line, ensure_ascii=False) + "\n")
