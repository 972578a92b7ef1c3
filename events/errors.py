"""The errors that a person can meet, each one a sentence with a remedy."""

from typing import Any


def short(value: Any, longest: int = 80) -> str:
    """Return a value as a sentence shows it, cut where it is long: it may come from anyone."""
    try:
        text = repr(value)
    except RecursionError:
        return "something nested deep"
    return cut(text, longest)


def cut(text: str, longest: int) -> str:
    """Return a text, cut to `longest` characters where it is longer."""
    return text if len(text) <= longest else f"{text[: longest - 3]}..."


class OuroborosError(Exception):
    """An error that says what happened and, in its remedy, what to do about it."""

    def __init__(self, message: str, remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.message} {self.remedy}".strip()


class UnreadableEvent(OuroborosError):
    """Bytes or a document are no event of ours."""


class CheckpointMoved(OuroborosError):
    """Another worker has moved the checkpoint of this projector, which stops."""


class JournalGap(OuroborosError):
    """A projector was not given every record of the journal, and stops."""


class Stalled(OuroborosError):
    """The consumer of a worker died quietly."""


class EmbeddedServerError(OuroborosError):
    """A local server could not be installed or started."""


class UsageError(OuroborosError):
    """A command line, a file or a setting cannot be worked with."""
