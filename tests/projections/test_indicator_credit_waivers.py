from datetime import timedelta

import pytest

from events.base import Event
from projections.base import Step
from projections.episodes.rows import IndicatorCurrentRow, IndicatorRow, SignalRow
from projections.warning_signs import WARNING_SIGNS
from projections.warning_signs.fold import WarningSigns
from tests.given import event, given, noon, rows_of, standing


def waiver(known_on: str, kind: str = "waiver", **fields: object) -> Event:
    return event(
        "CreditWaiverReported",
        known_on,
        **{"facility_id": "ddtl-2", "borrower": "CoreWeave", "kind": kind, "detail": known_on, **fields},
    )


def tick(known_on: str) -> Event:
    return event("ClockTicked", known_on)


def now(step: Step[WarningSigns]) -> dict[str, tuple[float, str]]:
    rows = standing(WARNING_SIGNS, step, IndicatorCurrentRow).values()
    return {row.subject: (row.value, row.level) for row in rows if row.indicator == "credit_waivers"}


def test_any_waiver_is_watched_for_its_borrower_its_lenders_and_in_all() -> None:
    step = given(WARNING_SIGNS, waiver("2026-01-02", "amendment", lenders=["Blackstone", "Ares", "Ares"]))
    assert now(step) == dict.fromkeys(
        ("all", "borrower:CoreWeave", "lender:Blackstone", "lender:Ares"), (0.5, "watch")
    )


@pytest.mark.parametrize(
    ("kinds", "value", "level"),
    [
        (["waiver"], 1.0, "watch"),
        (["waiver", "amendment", "amendment"], 2.0, "warning"),
        (["forbearance", "pik_toggle"], 3.5, "warning"),
        (["default"], 4.0, "critical"),
    ],
)
def test_severities_add_up_to_a_level(kinds: list[str], value: float, level: str) -> None:
    days = (f"2026-01-{place:02}" for place in range(1, 9))
    step = given(WARNING_SIGNS, *(waiver(day, kind) for day, kind in zip(days, kinds, strict=False)))
    assert now(step)["borrower:CoreWeave"] == (value, level)


def test_lenders_are_known_from_the_loan_where_the_report_names_none() -> None:
    loan = event(
        "LoanOriginated",
        facility_id="ddtl-2",
        borrower="CoreWeave",
        lenders=["Blackstone"],
        principal_usd=7.5e9,
    )
    assert now(given(WARNING_SIGNS, loan, waiver("2026-01-02")))["lender:Blackstone"] == (1.0, "watch")


def test_names_of_one_company_are_one_subject_and_unknown_names_stay() -> None:
    written = ["Blackstone Inc.", "Blackstone", "The Goldman Sachs Group, Inc.", "Some Fund, LLC"]
    step = given(WARNING_SIGNS, waiver("2026-01-02", borrower="CoreWeave, Inc.", lenders=written))
    subjects = (
        "all",
        "borrower:CoreWeave",
        "lender:Blackstone",
        "lender:Goldman Sachs",
        "lender:Some Fund, LLC",
    )
    assert now(step) == dict.fromkeys(subjects, (1.0, "watch"))
    loan = event(
        "LoanOriginated", facility_id="ddtl-2", borrower="CoreWeave", lenders=written, principal_usd=7.5e9
    )
    assert now(given(WARNING_SIGNS, loan, waiver("2026-01-02"))) == now(step)


def test_a_waiver_expires_after_90_days_by_the_clock_alone_and_keeps_its_row() -> None:
    report = waiver("2026-01-01", lenders=["Ares"])
    assert now(given(WARNING_SIGNS, report, tick("2026-03-31")))["all"] == (1.0, "watch")
    step = given(WARNING_SIGNS, report, tick("2026-03-31"), tick("2026-04-01"))
    assert now(step) == dict.fromkeys(("all", "borrower:CoreWeave", "lender:Ares"), (0.0, "calm"))
    cleared = rows_of(step, SignalRow)[-1]
    assert (cleared.step, cleared.known_at, cleared.evidence) == (
        "cleared",
        noon("2026-04-01"),
        [report.event_id],
    )


def test_any_event_that_moves_the_clock_lets_waivers_expire() -> None:
    headline = event("HeadlinePublished", "2026-04-02", publisher="Bloomberg", title="Nothing happened")
    assert now(given(WARNING_SIGNS, waiver("2026-01-01"), headline))["all"] == (0.0, "calm")


def test_the_oldest_waivers_expire_first_however_late_they_came() -> None:
    journal = (waiver("2026-01-20"), waiver("2026-01-01", "pik_toggle"), waiver("2026-01-10", "forbearance"))
    assert now(given(WARNING_SIGNS, *journal))["all"] == (4.5, "critical")
    assert now(given(WARNING_SIGNS, *journal, tick("2026-04-01")))["all"] == (3.0, "warning")
    assert now(given(WARNING_SIGNS, *journal, tick("2026-04-11")))["all"] == (1.0, "watch")


def test_a_waiver_that_comes_more_than_90_days_late_does_not_count() -> None:
    step = given(WARNING_SIGNS, tick("2026-06-01"), waiver("2026-01-01"))
    assert now(step) == {}


def test_an_expiry_and_a_report_in_one_event_give_one_row_a_subject() -> None:
    step = given(WARNING_SIGNS, waiver("2026-01-01"), waiver("2026-04-01", "forbearance"))
    rows = [row for row in rows_of(step, IndicatorRow) if row.indicator == "credit_waivers"]
    last = [row for row in rows if row.journal_offset == 1]
    assert [(row.subject, row.value) for row in last] == [("all", 2.0), ("borrower:CoreWeave", 2.0)]


def test_a_tick_that_changes_nothing_writes_no_row() -> None:
    step = given(WARNING_SIGNS, waiver("2026-01-01"), tick("2026-01-02"), tick("2026-01-03"))
    assert {row.journal_offset for row in rows_of(step, IndicatorRow)} == {0}


def test_an_analyst_reads_what_happened_why_it_matters_and_where_it_is_written() -> None:
    first = waiver("2026-01-01", source="CoreWeave 8-K", source_url="https://www.sec.gov/8-k")
    second = waiver("2026-01-05", "forbearance", source="CoreWeave 8-K", source_url="https://www.sec.gov/8-k")
    signal = next(
        row for row in rows_of(given(WARNING_SIGNS, first, second), SignalRow) if row.level == "warning"
    )
    assert signal.message == (
        "Credit waivers and defaults (warning, up from watch): 2 cases of relief among all borrowers in the"
        " last 90 days (1 waiver, 1 forbearance), with a severity of 3 in all."
        " Lenders that make exceptions often see trouble before anyone else does; a default is that trouble."
        " Named by S2 (Odd Lots podcast, 6 October 2025). See CoreWeave 8-K (https://www.sec.gov/8-k)."
    )
    assert signal.evidence == [first.event_id, second.event_id]


def test_evidence_stays_short_and_the_newest() -> None:
    start = noon("2026-01-01").date()
    reports = [waiver(str(start + timedelta(days=day)), "amendment") for day in range(30)]
    last = rows_of(given(WARNING_SIGNS, *reports), IndicatorRow)[-1]
    assert last.evidence == [report.event_id for report in reports[-20:]]
