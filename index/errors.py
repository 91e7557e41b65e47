"""The error tree. Errors are raised where something is found wrong and become messages at the doors only.

It stands in the lowest layer because every layer raises them. Each message has the offending value and
the next step; `RagError` itself is never raised.

    RagError                  exit code 1
    ├── NoDocuments           nothing to index where the user pointed
    ├── UnreadableDocument    one file that can't be read: reported by name, never stops the rest
    ├── IndexMissing          no index in that folder
    ├── IndexMismatch         built by another model, splitter or format version
    ├── IndexBusy             another process is writing to it
    ├── ModelUnavailable      the embedding model or the language model can't be reached or used
    ├── DoorUnavailable       a port in use, an extra not installed
    ├── SetUnreadable         a question set that can't be used
    ├── RunUnreadable         a file that is no run of the evaluation
    ├── BelowGate             a figure under the mark that gates.toml sets
    └── UsageError            exit code 2: the request itself is wrong (an empty question, a bad setting)
"""


class RagError(Exception):
    """Base of all errors that people are meant to read; str(error) is one clear sentence."""

    exit_code = 1


class NoDocuments(RagError):
    """Raised when the paths to index don't exist, can't be listed, or hold nothing readable."""


class UnreadableDocument(RagError):
    """Raised by a reader for one file, with the reason; the sync reports it and goes on."""


class IndexMissing(RagError):
    """Raised when a question needs an index and the folder has none."""


class IndexMismatch(RagError):
    """Raised when an index was built by another model, splitter or format than the settings say."""


class IndexBusy(RagError):
    """Raised when another process holds the index's writer lock."""


class ModelUnavailable(RagError):
    """Raised when the embedding model can't be loaded or a language model's endpoint fails."""


class DoorUnavailable(RagError):
    """Raised when a door can't open: its port is taken or its extra is not installed."""


class SetUnreadable(RagError):
    """Raised when a question set is missing or malformed."""


class RunUnreadable(RagError):
    """Raised when a file is not a run of the evaluation, or of a kind that is not known."""


class BelowGate(RagError):
    """Raised when a run's figures don't reach the marks that were set for them."""


class UsageError(RagError):
    """Raised when the request is wrong in itself."""

    exit_code = 2
