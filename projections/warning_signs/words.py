"""Numbers, days and sources in the words of a sentence."""

from decimal import Decimal

from events.base import Event
from events.words import count, day, percent, price
from projections.circularity.deal import to_cents
from projections.circularity.money import spoken

__all__ = ("cited", "count", "day", "dollars", "percent", "price")


def dollars(amount_usd: Decimal) -> str:
    """Write an amount short: $6.5B."""
    return spoken(to_cents(amount_usd))


def cited(event: Event) -> str:
    """Say where an event is written: its source, and its address if there is one."""
    return f"{event.source} ({event.source_url})" if event.source_url else event.source
