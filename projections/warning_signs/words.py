"""Numbers, days and sources in the words of a sentence."""

from events.base import Event
from events.words import count, day, percent, price
from events.words import short_dollars as dollars

__all__ = ("cited", "count", "day", "dollars", "percent", "price")


def cited(event: Event) -> str:
    """Say where an event is written: its source, and its address if there is one."""
    return f"{event.source} ({event.source_url})" if event.source_url else event.source
