from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from projections.facts.annual import a_year, months

DAYS = st.dates(date(1990, 1, 1), date(2099, 12, 31))


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        ("2026-01-01", "2026-12-31", 12),
        ("2028-01-01", "2028-12-31", 12),
        ("2026-01-01", "2026-03-31", 3),
        ("2026-07-01", "2026-09-30", 3),
        ("2026-02-01", "2026-02-28", 1),
        ("2026-01-26", "2027-01-24", 12),
        ("2026-02-27", "2034-02-27", 96),
        ("2026-01-01", "2026-01-01", 1),
        ("2026-12-31", "2026-01-01", 12),
    ],
)
def test_periods_are_whole_months(first: str, last: str, expected: int) -> None:
    assert months(date.fromisoformat(first), date.fromisoformat(last)) == expected


def test_a_quarter_s_money_is_four_times_as_much_a_year() -> None:
    assert (a_year(250, 3), a_year(1000, 12), a_year(8000, 96)) == (1000, 1000, 1000)


@settings(deadline=None)
@given(DAYS, DAYS, st.integers(0, 400))
def test_a_longer_period_never_has_fewer_months(first: date, last: date, more: int) -> None:
    first, last = sorted((first, last))
    assert 1 <= months(first, last) <= months(first, last + timedelta(days=more))
