"""Relief has a life: granted, standing until a day, expired, cured, withdrawn, corrected; so do defaults."""

from datetime import date

import pytest

from events.base import Event
from events.ledger import ledger
from projections.credit.fold import CREDIT
from projections.credit.relief import ReliefRow
from projections.episodes.rows import IndicatorCurrentRow, SignalRow
from projections.warning_signs import WARNING_SIGNS
from tests.given import event, given, rows_of, standing, tick, waiver


def now(subject: str, *journal: Event) -> IndicatorCurrentRow:
    step = given(WARNING_SIGNS, *journal)
    return standing(WARNING_SIGNS, step, IndicatorCurrentRow)["credit_waivers", subject]


def last_signal(*journal: Event, subject: str = "borrower:CoreWeave") -> SignalRow:
    rows = rows_of(given(WARNING_SIGNS, *journal), SignalRow)
    return [row for row in rows if (row.indicator, row.subject) == ("credit_waivers", subject)][-1]


def states(*journal: Event) -> dict[str, tuple[str, date | None]]:
    rows = standing(CREDIT, given(CREDIT, *journal), ReliefRow).values()
    return {f"{row.facility_id} {row.kind}": (row.state, row.ended_on) for row in rows}


def retracted(known_on: str, report: Event) -> Event:
    return event("ReportRetracted", known_on, report_id=str(report.event_id), by="Ada")


DEFAULT = waiver("2026-01-02", "default", lenders=["Ares"])
CURE = waiver("2026-05-05", "default", status="cured", source="8-K")
UNTIL = waiver("2026-01-02", "forbearance", relief_ends="2026-09-01")


def test_relief_stands_until_its_day_however_long_ago_it_was_granted() -> None:
    row = now("borrower:CoreWeave", UNTIL, tick("2026-08-31"))
    assert (row.value, row.level) == (2.0, "warning")
    assert row.text == (
        "1 forbearance for CoreWeave, granted earlier and standing until 1 September 2026, with a severity"
        " of 2 in all"
    )
    over = now("borrower:CoreWeave", UNTIL, tick("2026-08-31"), tick("2026-09-01"))
    assert (over.value, over.level, over.is_old) == (0.0, "calm", False)
    assert over.text == (
        "no new relief for CoreWeave in the last 90 days; the last forbearance ended on 1 September 2026"
    )
    assert "(calm again)" in last_signal(UNTIL, tick("2026-09-01")).message


def test_relief_without_a_day_grows_old_and_is_not_known_to_be_cured() -> None:
    row = now("borrower:CoreWeave", waiver("2026-01-02"), tick("2026-06-01"))
    assert (row.value, row.level, row.is_old) == (0.0, "calm", True)
    assert row.text == (
        "no new relief for CoreWeave in the last 90 days; 1 older case of relief (1 waiver) is not known to"
        " be cured"
    )
    message = last_signal(waiver("2026-01-02"), tick("2026-06-01")).message
    assert message.startswith("Credit waivers and defaults (no longer new): no new relief for CoreWeave")


def test_relief_that_ends_within_the_window_is_still_news() -> None:
    short = waiver("2026-01-02", relief_ends="2026-01-31")
    assert now("all", short, tick("2026-02-10")).value == 1.0
    assert now("all", short, tick("2026-02-10"), tick("2026-05-01")).value == 0.0


def test_a_default_stays_until_it_is_cured_and_is_no_relief() -> None:
    row = now("borrower:CoreWeave", DEFAULT, tick("2028-01-01"))
    assert (row.value, row.level) == (4.0, "critical")
    assert row.text == "1 default of CoreWeave is not cured, with a severity of 4 in all"
    assert now("lender:Ares", DEFAULT).text.startswith("1 default towards Ares is not cured")
    cured = last_signal(DEFAULT, CURE)
    assert (cured.step, cured.level, cured.evidence) == ("cleared", "calm", [CURE.event_id])
    assert "the last default was cured on 5 May 2026" in cured.message
    assert cured.message.endswith("See 8-K.")
    # The lender of the default is not named by the cure.
    assert now("lender:Ares", DEFAULT, CURE).value == 0.0


def test_a_cure_that_comes_first_cures_what_comes_late_and_nothing_that_happened_later() -> None:
    again = waiver("2026-06-01", "default")
    assert states(CURE, DEFAULT) == {"f default": ("cured", date(2026, 5, 5))}
    assert now("all", DEFAULT, CURE, again).value == 4.0


def test_a_cure_may_be_a_typo_too() -> None:
    assert now("all", DEFAULT, CURE, retracted("2026-05-06", CURE)).value == 4.0


def test_a_default_that_was_a_typo_can_be_withdrawn_long_after() -> None:
    assert now("all", DEFAULT, tick("2026-08-01"), retracted("2026-08-02", DEFAULT)).value == 0.0
    right = waiver("2026-08-02", "amendment", corrects=str(DEFAULT.event_id))
    assert now("all", DEFAULT, tick("2026-08-01"), right).value == 0.5
    assert states(DEFAULT, retracted("2026-08-02", DEFAULT)) == {"f default": ("gone", None)}


def test_a_correction_may_say_until_when_relief_stands() -> None:
    later = waiver("2026-01-05", "forbearance", relief_ends="2027-01-01", corrects=str(UNTIL.event_id))
    assert now("all", UNTIL, later, tick("2026-12-31")).value == 2.0


@pytest.mark.parametrize("status", ["cured", "withdrawn"])
def test_what_is_over_is_over_for_the_loan_and_the_kind_that_are_named(status: str) -> None:
    other = waiver("2026-01-03", "forbearance", facility_id="g", relief_ends="2026-09-01")
    over = waiver("2026-02-01", "forbearance", status=status)
    assert states(UNTIL, other, DEFAULT, over) == {
        "f forbearance": (status, date(2026, 2, 1)),
        "g forbearance": ("standing", None),
        "f default": ("standing", None),
    }
    assert now("all", UNTIL, other, DEFAULT, over).value == 6.0


def test_a_cure_that_names_no_loan_cures_the_only_one_and_none_of_two() -> None:
    unnamed = event(
        "CreditWaiverReported", "2026-05-05", borrower="CoreWeave", kind="default", status="cured"
    )
    other = waiver("2026-01-03", "default", facility_id="g")
    assert now("all", DEFAULT, unnamed).value == 0.0
    assert now("all", DEFAULT, other, unnamed).value == 8.0
    named = unnamed.model_copy(update={"fact_id": str(other.event_id)})
    assert states(DEFAULT, other, named)["g default"] == ("cured", date(2026, 5, 5))
    assert now("all", DEFAULT, other, named).value == 4.0


def test_two_sources_of_one_cure_are_one_and_cure_once() -> None:
    wire = waiver("2026-05-04", "default", status="cured", source="newswire", certainty="reported")
    assert now("all", DEFAULT, wire, CURE).value == 0.0


def test_states_of_relief_end_by_the_clock() -> None:
    assert states(UNTIL, waiver("2026-01-03")) == {
        "f forbearance": ("standing", None),
        "f waiver": ("granted", None),
    }
    assert states(UNTIL, tick("2026-09-01"))["f forbearance"] == ("expired", date(2026, 9, 1))


def test_coreweave_s_waiver_of_december_2025_stands_until_october_2027() -> None:
    known = [one for one in ledger() if one.event_type == "CreditWaiverReported"]
    march = now("borrower:CoreWeave", *known, tick("2026-03-31"), tick("2026-04-15"))
    # The waiver alone: the amendment of September and the waiver of 2024 have no stated end.
    assert (march.value, march.level) == (1.0, "watch")
    assert march.text == (
        "1 waiver for CoreWeave, granted earlier and standing until 1 October 2027, with a severity of"
        " 1 in all; 2 older cases of relief (1 amendment, 1 waiver) are not known to be cured"
    )
    # New until 31 March: 0.5 of 2 October had left the window on 31 December.
    assert now("borrower:CoreWeave", *known).value == 1.0
    assert now("borrower:CoreWeave", *known, tick("2027-10-01")).value == 0.0
