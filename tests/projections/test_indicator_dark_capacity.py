from itertools import permutations

import pytest
from hypothesis import given as forall
from hypothesis import settings
from hypothesis import strategies as st

from events.base import Event
from events.ledger import ledger
from projections.episodes.rows import IndicatorCurrentRow, IndicatorRow
from projections.warning_signs import WARNING_SIGNS
from tests.given import event, given, rows_of, standing


def report(known_on: str, utilization: float, company: str = "CoreWeave") -> Event:
    return event("UtilizationReported", known_on, company=company, utilization=utilization)


def row(*journal: Event, company: str = "CoreWeave") -> IndicatorCurrentRow:
    return standing(WARNING_SIGNS, given(WARNING_SIGNS, *journal), IndicatorCurrentRow)[
        "dark_capacity", company
    ]


@pytest.mark.parametrize(
    ("utilization", "value", "level"),
    [
        (1.0, 0.0, "calm"),
        (0.96, 0.04, "calm"),
        (0.95, 0.05, "watch"),
        (0.85, 0.15, "warning"),
        (0.6, 0.4, "critical"),
        (0.03, 0.97, "critical"),
    ],
)
def test_what_is_not_in_use_lies_dark(utilization: float, value: float, level: str) -> None:
    found = row(report("2026-01-01", utilization))
    assert (found.value, found.level) == (value, level)


def test_fibre_as_dark_as_in_2001_is_told_with_its_source() -> None:
    one = report("2026-01-01", 0.03, "Global Crossing")
    found = row(one, company="Global Crossing")
    assert found.text == "97.0 % of the capacity of Global Crossing lies idle, 3.0 % is in use"
    assert found.evidence == [one.event_id]


def test_companies_are_measured_apart() -> None:
    journal = (report("2026-01-01", 0.5), report("2026-01-02", 0.99, "Oracle"))
    assert (row(*journal).level, row(*journal, company="Oracle").level) == ("critical", "calm")


def test_a_company_is_one_whatever_it_is_called() -> None:
    journal = (report("2026-01-01", 0.5, "Alphabet"), report("2026-01-02", 0.99, "Google Cloud"))
    assert row(*journal, company="Google").level == "calm"


def test_an_older_report_that_comes_late_writes_nothing() -> None:
    step = given(WARNING_SIGNS, report("2026-02-01", 0.9), report("2026-01-01", 0.2))
    assert {one.journal_offset for one in rows_of(step, IndicatorRow)} == {0}


def test_the_ledger_knows_full_data_centres() -> None:
    found = row(*ledger(), company="AI data centres")
    assert (found.value, found.level) == (0.0, "calm")


@settings(deadline=None, max_examples=30)
@forall(st.lists(st.integers(0, 100), min_size=3, max_size=3))
def test_the_newest_report_counts_in_whatever_order_they_come(percents: list[int]) -> None:
    journal = [report(f"2026-01-0{day}", used / 100) for day, used in enumerate(percents, start=1)]
    values = {row(*shuffled).value for shuffled in permutations(journal)}
    assert values == {round(1 - percents[-1] / 100, 6)}
