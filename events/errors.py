"""The errors that a person can meet, each one a sentence with a remedy.

OuroborosError
├── UnreadableEvent      bytes that are no event of ours                     (events.codec)
├── CheckpointMoved      another worker writes this projection               (streams)
├── JournalGap           an offset of the journal is missing                 (streams)
├── Stalled              the consumer stands still while the journal grows   (streams)
├── EmbeddedServerError  a local Kafka or PostgreSQL does not start          (ouroboros.embedded)
└── UsageError           a command was given something it cannot work with   (ouroboros)
"""

from typing import Any


def short(value: Any, longest: int = 80) -> str:
    """Show a value in a sentence, cut where it is long: what is shown may come from anyone."""
    try:
        text = repr(value)
    except RecursionError:
        return "something nested deep"
    return cut(text, longest)


def cut(text: str, longest: int) -> str:
    """Cut a text where it is long."""
    return text if len(text) <= longest else f"{text[: longest - 3]}..."


class OuroborosError(Exception):
    """Say what happened and, in the remedy, what to do about it."""

    def __init__(self, message: str, remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.message} {self.remedy}".strip()


class UnreadableEvent(OuroborosError):
    """Refuse bytes or a document that is no event of ours."""


class CheckpointMoved(OuroborosError):
    """Stop a projector whose checkpoint another worker has moved."""


class JournalGap(OuroborosError):
    """Stop a projector that was not given every record of the journal."""


class Stalled(OuroborosError):
    """Stop a worker whose consumer died quietly."""


class EmbeddedServerError(OuroborosError):
    """Report a local server that could not be installed or started."""


class UsageError(OuroborosError):
    """Report a command line, file or setting that cannot be worked with."""
