"""Headlines: what was written, before anyone made a typed event of it."""

from typing import ClassVar, Literal

from events.base import Event, Name, Text


class HeadlinePublished(Event):
    """A publisher wrote something worth keeping."""

    KEY: ClassVar[str] = "publisher"
    TOPIC: ClassVar[str] = "headlines"

    event_type: Literal["HeadlinePublished"] = "HeadlinePublished"
    schema_version: Literal[1] = 1
    publisher: Name
    """Who wrote it."""
    title: Name
    """The headline."""
    body: Text | None = None
    """The text, or the part that matters."""
