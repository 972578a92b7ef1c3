"""Late reports count in the window that they belong to, from now on, and leave it when its days are over."""

from collections.abc import Callable
from datetime import date, timedelta
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given as forall
from hypothesis import settings
from hypothesis import strategies as st

from events.base import Event
from events.families.clock import tick
from projections.episodes.rows import SignalRow
from projections.warning_signs import WARNING_SIGNS
from projections.warning_signs.fold import WarningSigns
from tests.given import Projected, event, given, journaled, project, rows_of
from tests.projections.lateness import CLOCK, NOW, TODAY, after, ago, found, measured


def waiver(known_on: str, kind: str = "waiver", **fields: Any) -> Event:
    named = {"facility_id": "f", "borrower": "Fictional Neocloud", "detail": known_on, **fields}
    return event("CreditWaiverReported", known_on, kind=kind, **named)


def loan(known_on: str, lender: str) -> Event:
    named = {"facility_id": "f", "borrower": "Fictional Neocloud", "principal_usd": 1e9}
    return event("LoanOriginated", known_on, lenders=[lender], **named)


def resale(known_on: str, seller: str = "Fictional Hyperscaler") -> Event:
    return event("CapacityResold", known_on, contract_id=f"{seller} {known_on}", seller=seller)


def renegotiation(known_on: str) -> Event:
    parties = {"contract_id": known_on, "supplier": "Fictional Cloud", "customer": "Fictional Lab"}
    return event("ContractRenegotiated", known_on, **parties, before={"amount_usd": 2e9}, after={})


WINDOWS = pytest.mark.parametrize(
    ("indicator", "happening", "days"),
    [
        ("credit_waivers", waiver, 90),
        ("contract_renegotiations", renegotiation, 90),
        ("capacity_resale", resale, 180),
    ],
)


@WINDOWS
def test_what_was_known_within_the_window_counts_and_leaves_when_its_days_are_over(
    indicator: str, happening: Any, days: int
) -> None:
    late = happening(ago(days - 10))
    leaves = NOW + timedelta(days=10)
    step = given(WARNING_SIGNS, CLOCK, late, tick(leaves - timedelta(seconds=1)), tick(leaves))
    assert measured(step, indicator) == [(NOW, 1.0), (leaves, 0.0)]
    steps = [(row.known_at, row.step) for row in rows_of(step, SignalRow) if row.subject == "all"]
    assert steps[:2] == [(NOW, "opened"), (leaves, "cleared")]


@WINDOWS
def test_what_was_known_before_the_window_is_written_nowhere(
    indicator: str, happening: Any, days: int
) -> None:
    for age in (days, days + 10):
        assert measured(given(WARNING_SIGNS, CLOCK, happening(ago(age))), indicator) == []


@WINDOWS
def test_what_comes_too_late_counts_once_a_longer_window_reaches_it(
    indicator: str, happening: Any, days: int
) -> None:
    longer = [{"indicator": indicator, "days": days + 20}]
    changed = event("WatchlistChanged", TODAY, watchlist="desk", windows=longer)
    leaves = NOW + timedelta(days=10)
    step = given(WARNING_SIGNS, CLOCK, happening(ago(days + 10)), changed, tick(leaves))
    assert measured(step, indicator) == [(NOW, 1.0), (leaves, 0.0)]


@WINDOWS
def test_what_comes_late_does_not_keep_the_newer_ones_any_longer(
    indicator: str, happening: Any, days: int
) -> None:
    journal = [happening(ago(days - 30)), CLOCK, happening(ago(days - 10))]
    first, second = NOW + timedelta(days=10), NOW + timedelta(days=30)
    if indicator == "capacity_resale":
        journal = [resale(ago(days - 30)), CLOCK, resale(ago(days - 10), "Fictional Cloud")]
    step = given(WARNING_SIGNS, *journal, tick(first), tick(second))
    assert measured(step, indicator)[1:] == [(NOW, 2.0), (first, 1.0), (second, 0.0)]


def test_a_loan_that_comes_after_its_waivers_names_their_lenders() -> None:
    known = loan(ago(300), "Fictional Credit Fund")
    journal = [waiver(ago(100)), waiver(ago(80)), CLOCK]
    step = after(journal, known)
    lender = "lender:Fictional Credit Fund"
    assert measured(step, "credit_waivers", lender) == [(NOW, 1.0)]
    # What it adds changes nobody else's sum, and both leave at the same moment.
    leaves = NOW + timedelta(days=10)
    later = given(WARNING_SIGNS, *journal, known, tick(leaves))
    assert measured(later, "credit_waivers", lender) == [(NOW, 1.0), (leaves, 0.0)]
    assert measured(later, "credit_waivers")[-1] == (leaves, 0.0)
    longer = [{"indicator": "credit_waivers", "days": 120}]
    changed = event("WatchlistChanged", TODAY, watchlist="desk", windows=longer)
    assert found(given(WARNING_SIGNS, *journal, known, changed), "credit_waivers", lender) == (2.0, "warning")


def test_a_waiver_that_names_its_lenders_keeps_them_whatever_loan_comes_late() -> None:
    known = loan(ago(300), "Fictional Bank")
    step = after([waiver(ago(80), lenders=["Fictional Credit Fund"]), CLOCK], known)
    assert measured(step, "credit_waivers", "lender:Fictional Bank") == []


def test_old_terms_that_come_late_do_not_name_the_lenders_of_today() -> None:
    journal = [loan(ago(50), "Fictional Credit Fund"), CLOCK]
    step = given(WARNING_SIGNS, *journal, loan(ago(300), "Fictional Bank"), waiver(TODAY))
    assert found(step, "credit_waivers", "lender:Fictional Credit Fund") == (1.0, "watch")
    assert measured(step, "credit_waivers", "lender:Fictional Bank") == []


DAYS = st.integers(0, 400).map(lambda days: str(date(2025, 6, 1) + timedelta(days=days)))
HAPPENINGS = st.lists(
    st.tuples(st.sampled_from(["tick", "waiver", "resale", "renegotiation"]), DAYS), max_size=30
)


@settings(deadline=None)
@forall(HAPPENINGS)
def test_after_every_event_a_window_counts_what_was_known_in_its_days_in_whatever_order_it_came(
    happenings: list[tuple[str, str]],
) -> None:
    make: dict[str, Callable[[str], Event]] = {
        "tick": lambda day: event("ClockTicked", day),
        "waiver": waiver,
        "resale": lambda day: resale(day, f"Seller of {day}"),
        "renegotiation": renegotiation,
    }
    windows = {"waiver": ("credit_waivers", 90), "resale": ("capacity_resale", 180)}
    windows["renegotiation"] = ("contract_renegotiations", 90)
    step: Projected[WarningSigns] | None = None
    seen = dict[Any, Event]()
    for record in journaled(make[kind](day) for kind, day in happenings):
        seen[record.event.event_id] = record.event
        step = project(WARNING_SIGNS, [record], step)
        for kind, (indicator, days) in windows.items():
            name = type(make[kind]("2026-01-01"))
            counted = [
                one
                for one in seen.values()
                if isinstance(one, name) and one.known_at > record.now - timedelta(days=days)
            ]
            stands = step.state.subjects.get((indicator, "all"))
            assert (stands.measurement.value if stands else 0.0) == len(counted)


def test_a_sign_that_a_late_event_raises_counts_from_now_and_90_days_after_it_has_calmed_down() -> None:
    calms_down = NOW + timedelta(days=10)
    leaves = calms_down + timedelta(days=90)
    step = given(WARNING_SIGNS, CLOCK, waiver(ago(80), "forbearance"), tick(calms_down), tick(leaves))
    assert measured(step, "bubble_break") == [(NOW, 1.0), (calms_down, 1.0), (leaves, 0.0)]


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_loan_and_waivers_come_to_the_same_in_any_order(order: tuple[int, ...]) -> None:
    known = loan(ago(300), "Fictional Credit Fund")
    journal = [known, waiver(ago(20)), waiver(ago(10), "forbearance")]
    step = given(WARNING_SIGNS, CLOCK, *(journal[place] for place in order))
    for subject in ("all", "borrower:Fictional Neocloud", "lender:Fictional Credit Fund"):
        assert found(step, "credit_waivers", subject) == (3.0, "warning")
