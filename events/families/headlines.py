"""Headlines: what was written, before anyone made a typed event of it."""

from typing import Literal

from events.base import Event, Name, Text


class HeadlinePublished(Event, key="publisher", topic="headlines"):
    """A publisher wrote something worth keeping."""

    event_type: Literal["HeadlinePublished"] = "HeadlinePublished"
    publisher: Name
    """Who wrote it."""
    title: Name
    """The headline."""
    body: Text | None = None
    """The text, or the part that matters."""

    def describe(self) -> str:
        return self.title
