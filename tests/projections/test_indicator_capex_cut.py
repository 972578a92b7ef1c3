from itertools import permutations

import pytest
from hypothesis import given as forall
from hypothesis import settings
from hypothesis import strategies as st

from events.base import Event
from events.ledger import ledger
from projections.episodes.rows import IndicatorCurrentRow
from projections.warning_signs import WARNING_SIGNS
from tests.given import event, given, standing

YEAR, NEXT_YEAR = ("2026-01-01", "2026-12-31"), ("2027-01-01", "2027-12-31")
QUARTER = ("2026-04-01", "2026-06-30")


def guided(
    known_on: str,
    low: float,
    high: float | None = None,
    period: tuple[str, str] = YEAR,
    company: str = "Meta",
) -> Event:
    starts, ends = period
    bounds = {"low_usd": low * 1e9, "high_usd": (high or low) * 1e9}
    return event("CapexGuided", known_on, company=company, **bounds, period_starts=starts, period_ends=ends)


def row(*journal: Event, company: str = "Meta") -> IndicatorCurrentRow:
    return standing(WARNING_SIGNS, given(WARNING_SIGNS, *journal), IndicatorCurrentRow)["capex_cut", company]


FIRST = guided("2026-02-01", 90, 110)


def test_a_first_guidance_cuts_nothing() -> None:
    found = row(FIRST)
    assert (found.value, found.level, found.evidence) == (0.0, "calm", [FIRST.event_id])
    assert found.text == (
        "Meta now guides to $100B of investment a year for 1 January 2026 to 31 December 2026;"
        " no earlier guidance is known"
    )


@pytest.mark.parametrize(
    ("low", "high", "value", "level"),
    [
        (90, 110, 0.0, "calm"),
        (90, 100, 0.05, "watch"),
        (80, 90, 0.15, "warning"),
        (60, 80, 0.3, "critical"),
        (120, 140, 0.0, "calm"),
    ],
)
def test_the_middle_of_the_range_is_set_against_the_last_one(
    low: float, high: float, value: float, level: str
) -> None:
    found = row(FIRST, guided("2026-05-01", low, high))
    assert (found.value, found.level) == (value, level)


def test_an_analyst_reads_both_guidances() -> None:
    second = guided("2026-05-01", 60, 80)
    found = row(FIRST, second)
    assert found.evidence == [second.event_id, FIRST.event_id]
    assert found.text == (
        "Meta now guides to $70B of investment a year for 1 January 2026 to 31 December 2026,"
        " 30.0 % less than the $100B of investment a year that were guided on 1 February 2026"
    )


def test_guidance_for_the_same_period_is_compared_even_with_others_in_between() -> None:
    journal = (FIRST, guided("2026-03-01", 200, period=NEXT_YEAR), guided("2026-05-01", 80))
    assert row(*journal).value == 0.2


def test_a_period_guided_for_the_first_time_is_set_against_the_last_guidance_of_any() -> None:
    assert row(FIRST, guided("2026-05-01", 60, period=NEXT_YEAR)).value == 0.4


def test_a_quarter_is_brought_to_a_year() -> None:
    assert row(FIRST, guided("2026-05-01", 20, period=QUARTER)).value == 0.2
    assert row(FIRST, guided("2026-05-01", 25, period=QUARTER)).value == 0.0


def test_a_leap_year_is_a_year_like_any_other() -> None:
    leap = guided("2026-05-01", 100, period=("2028-01-01", "2028-12-31"))
    assert row(FIRST, leap).value == 0.0


def test_of_periods_guided_at_one_moment_the_deepest_cut_counts() -> None:
    this_year, next_year = guided("2026-05-01", 70), guided("2026-05-01", 120, period=NEXT_YEAR)
    assert row(FIRST, this_year, next_year).value == 0.3
    assert row(FIRST, next_year, this_year).value == 0.3


def test_a_correction_at_the_same_moment_replaces_what_it_corrects() -> None:
    assert row(FIRST, guided("2026-05-01", 7), guided("2026-05-01", 70)).value == 0.3
    assert row(guided("2026-02-01", 10), FIRST).value == 0.0


def test_companies_are_measured_apart() -> None:
    journal = (FIRST, guided("2026-03-01", 10, company="Oracle"))
    assert row(*journal, company="Oracle").value == 0.0


def test_a_company_is_one_whatever_it_is_called() -> None:
    journal = (FIRST, guided("2026-03-01", 50, company="Meta Platforms, Inc."))
    assert row(*journal).value == 0.5


def test_the_smallest_amounts_over_the_longest_time_still_divide() -> None:
    tiny = guided("2026-02-01", 1e-11, period=("1990-01-01", "2099-12-31"))
    assert row(tiny, guided("2026-05-01", 1e-11, period=("1990-01-01", "2099-12-31"))).value == 0.0


def test_the_ledger_s_only_guidance_stands_calm() -> None:
    found = row(*ledger(), company="CoreWeave")
    assert (found.value, found.level) == (0.0, "calm")
    assert "$32.5B of investment a year" in found.text


@settings(deadline=None, max_examples=30)
@forall(st.lists(st.integers(1, 50), min_size=3, max_size=3), st.permutations([YEAR, YEAR, NEXT_YEAR]))
def test_the_cut_is_the_same_in_whatever_order_guidances_come(
    billions: list[int], periods: list[tuple[str, str]]
) -> None:
    journal = [
        guided(f"2026-01-0{day}", amount, period=period)
        for day, (amount, period) in enumerate(zip(billions, periods, strict=True), start=1)
    ]
    same = [amount for amount, period in zip(billions[:2], periods[:2], strict=True) if period == periods[2]]
    before = same[-1] if same else billions[1]
    expected = max(0.0, round(1 - billions[2] / before, 6))
    assert {row(*shuffled).value for shuffled in permutations(journal)} == {expected}
