"""Numbers, names and days in the words of a sentence."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

# The smallest amount that is written in each unit, and the unit, in cents: what rounds to one of it is one.
UNITS = (
    (99_995_000_000_000, 100_000_000_000_000, "T"),
    (99_995_000_000, 100_000_000_000, "B"),
    (99_995_000, 100_000_000, "M"),
    (100_000, 100_000, "K"),
)
# Spelled out here because strftime follows the machine's language.
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


def short_dollars(amount_usd: Decimal) -> str:
    """Return an amount as a headline would: $100B, $22.5B, $740."""
    return short_cents(int(amount_usd * 100))


def short_cents(cents: int) -> str:
    """Return an amount in cents as `short_dollars` does."""
    for least, unit, letter in UNITS:
        if cents >= least:
            whole, tenth = divmod((cents * 10 + unit // 2) // unit, 10)
            return f"${whole:,}.{tenth}{letter}" if tenth else f"${whole:,}{letter}"
    whole, rest = divmod(cents, 100)
    return f"${whole}.{rest:02}" if rest else f"${whole}"


def price(price_usd: float) -> str:
    """Return a price in dollars and cents: $1,182.30."""
    return f"${price_usd:,.2f}"


def percent(share: float) -> str:
    """Return a share of 1 as a percentage with one decimal: 30.3 %."""
    return f"{share * 100:.1f} %"


def power(capacity_mw: float) -> str:
    """Return a capacity in megawatts, or in gigawatts from one on: 850 MW, 1.7 GW."""
    return f"{capacity_mw / 1000:g} GW" if capacity_mw >= 1000 else f"{capacity_mw:g} MW"


def count(number: int, singular: str, plural: str | None = None) -> str:
    """Return a number with its noun: 1 site, 2 sites."""
    return f"{number} {singular if number == 1 else plural or singular + 's'}"


def day(when: date) -> str:
    """Return a day as 6 October 2025."""
    return f"{when.day} {_MONTHS[when.month - 1]} {when.year}"


def listed(names: Sequence[str], most: int = 2) -> str:
    """Return so many names at most, and count the others: Blackstone, Ares and 3 more."""
    shown, others = list(names[:most]), len(names) - most
    *before, last = [*shown, f"{others} more"] if others > 0 else shown
    return f"{', '.join(before)} and {last}" if before else last


def after_colon(text: str | None) -> str:
    """Return a text behind a colon, and nothing where there is none."""
    return f": {text}" if text else ""
