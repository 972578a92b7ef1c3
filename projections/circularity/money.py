"""Cents as people and tables read them."""

from decimal import Decimal

# The smallest amount told in each unit, and the unit, in cents: what rounds to one of it is one.
UNITS = (
    (99_995_000_000_000, 100_000_000_000_000, "T"),
    (99_995_000_000, 100_000_000_000, "B"),
    (99_995_000, 100_000_000, "M"),
    (100_000, 100_000, "K"),
)


def in_usd(cents: int) -> Decimal:
    """Turn cents into dollars."""
    return Decimal(cents).scaleb(-2)


def spoken(cents: int) -> str:
    """Write an amount as a headline would, to one digit: `$50.0B`."""
    for least, unit, letter in UNITS:
        if cents >= least:
            tenths = (cents * 10 + unit // 2) // unit
            return f"${tenths // 10:,}.{tenths % 10}{letter}"
    return f"${cents // 100}.{cents % 100:02}" if cents else "$0"
