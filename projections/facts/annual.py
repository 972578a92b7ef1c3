"""Amounts of periods of any length, brought to a year."""

from datetime import date

MONTHS_PER_YEAR = 12
DAYS_PER_MONTH = 365.25 / MONTHS_PER_YEAR


def months(first: date, last: date) -> int:
    """Count the months from a first day to a last, both included: whole ones, and at least one.

    So a quarter is three months whatever its days, and a year of 52 weeks is twelve. Days that
    were swapped bound the same period.
    """
    days = abs((last - first).days) + 1
    return max(1, round(days / DAYS_PER_MONTH))


def a_year(cents: int, of_months: int) -> int:
    """Bring the cents of so many months to those of a year."""
    return cents * MONTHS_PER_YEAR // of_months
