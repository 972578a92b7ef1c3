"""Cents as tables hold them."""

from decimal import Decimal


def in_usd(cents: int) -> Decimal:
    """Convert cents to dollars."""
    return Decimal(cents).scaleb(-2)
