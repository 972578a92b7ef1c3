"""Numbers, days and sources in the words of a sentence."""

from datetime import date
from decimal import Decimal

from events.base import Event
from projections.circularity.deal import to_cents
from projections.circularity.money import spoken

# Spelled out here because strftime follows the machine's language.
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


def dollars(amount_usd: Decimal) -> str:
    """Write an amount short: $6.5B."""
    return spoken(to_cents(amount_usd))


def price(price_usd: float) -> str:
    """Write a price in dollars and cents: $1,182.30."""
    return f"${price_usd:,.2f}"


def percent(share: float) -> str:
    """Write a share of 1 as a percentage with one decimal: 30.3 %."""
    return f"{share * 100:.1f} %"


def count(number: int, singular: str, plural: str | None = None) -> str:
    """Write a number with its noun: 1 site, 2 sites."""
    return f"{number} {singular if number == 1 else plural or singular + 's'}"


def day(when: date) -> str:
    """Write a day as 6 October 2025."""
    return f"{when.day} {_MONTHS[when.month - 1]} {when.year}"


def cited(event: Event) -> str:
    """Say where an event is written: its source, and its address if there is one."""
    return f"{event.source} ({event.source_url})" if event.source_url else event.source
