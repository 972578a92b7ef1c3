"""The composite of S2's five signs."""

from datetime import timedelta
from uuid import UUID

from events.base import Event
from projections.base import Step
from projections.definition import Level
from projections.episodes.rows import IndicatorCurrentRow, IndicatorRow, SignalRow
from projections.facts.world import World
from projections.indicator import EVIDENCE_LIMIT, ActivePeriod, Measurement, View
from projections.indicators import DEFINITIONS
from projections.indicators.bubble_break import INDICATOR, SIGNS, measure
from projections.warning_signs import WARNING_SIGNS
from projections.warning_signs.fold import WarningSigns
from tests.given import event, given, gpu_bar, noon, promise, rows_of, standing, tick, waiver


def default(known_on: str, borrower: str = "CoreWeave") -> Event:
    return waiver(known_on, "default", borrower=borrower)


def forbearance(known_on: str) -> Event:
    return waiver(known_on, "forbearance")


def now(step: Step[WarningSigns]) -> IndicatorCurrentRow:
    return standing(WARNING_SIGNS, step, IndicatorCurrentRow)["bubble_break", "all"]


def test_signs_below_warning_do_not_count() -> None:
    step = given(WARNING_SIGNS, waiver("2026-01-01", "waiver"), promise("2026-01-01", "2026-03-01"))
    assert not [row for row in rows_of(step, IndicatorRow) if row.indicator == "bubble_break"]


def test_each_sign_counts_once_however_many_of_its_subjects_are_up() -> None:
    row = now(given(WARNING_SIGNS, default("2026-01-01"), default("2026-01-02", borrower="Oracle")))
    assert (row.value, row.level) == (1.0, "watch")


def test_three_signs_are_critical_and_are_told_with_their_parts() -> None:
    defaulted, later = default("2026-01-05"), promise("2026-02-01", "2026-12-01")
    high, low = gpu_bar("2026-01-02", 30_000), gpu_bar("2026-02-03", 20_000)
    step = given(WARNING_SIGNS, promise("2026-01-01", "2026-06-01"), high, defaulted, later, low)
    row = now(step)
    assert (row.value, row.level) == (3.0, "critical")
    assert row.text == (
        "3 of 5 signs have been at warning or above in the last 90 days:"
        " falling GPU prices (worst H100 resale: warning, since 3 February 2026),"
        " credit waivers and defaults (worst all: critical, since 5 January 2026),"
        " late power (worst operator:Oracle: critical, since 1 February 2026)"
    )
    assert set(row.evidence) >= {defaulted.event_id, later.event_id, high.event_id, low.event_id}
    steps = [one for one in rows_of(step, SignalRow) if one.indicator == "bubble_break"]
    assert [(one.step, one.level) for one in steps] == [
        ("opened", "watch"),
        ("escalated", "warning"),
        ("escalated", "critical"),
    ]


def test_a_sign_counts_for_90_days_after_it_has_calmed_down() -> None:
    # The forbearance leaves its own window on 1 April, and this one 90 days later.
    calm = (forbearance("2026-01-01"), tick("2026-04-01"))
    assert now(given(WARNING_SIGNS, *calm)).text.endswith("since 1 January 2026 until 1 April 2026)")
    assert now(given(WARNING_SIGNS, *calm, tick("2026-06-29"))).value == 1.0
    over = given(WARNING_SIGNS, *calm, tick("2026-06-30"))
    assert (now(over).value, now(over).level) == (0.0, "calm")
    assert now(over).text == "none of the 5 signs has been at warning or above in the last 90 days"
    assert rows_of(over, SignalRow)[-1].known_at == noon("2026-06-30")


def test_a_sign_that_comes_back_counts_from_then_on() -> None:
    step = given(WARNING_SIGNS, forbearance("2026-01-01"), tick("2026-04-01"), forbearance("2026-05-01"))
    assert now(step).text.endswith("(worst all: warning, since 1 May 2026)")


def test_what_was_at_warning_by_a_watchlist_alone_counts_too() -> None:
    levels = {"watch": 0.5, "warning": 1, "critical": 9}
    change = event(
        "WatchlistChanged",
        "2026-01-03",
        watchlist="w",
        thresholds=[{"indicator": "credit_waivers", **levels}],
    )
    step = given(WARNING_SIGNS, waiver("2026-01-01", "waiver"), change)
    assert (now(step).value, now(step).level) == (1.0, "watch")
    assert change.event_id in now(step).evidence


def test_thresholds_and_window_can_be_changed_by_a_watchlist() -> None:
    levels = {"watch": 1, "warning": 1, "critical": 2}
    change = event(
        "WatchlistChanged",
        "2026-04-05",
        watchlist="w",
        thresholds=[{"indicator": "bubble_break", **levels}],
        windows=[{"indicator": "bubble_break", "days": 2}],
    )
    before = given(WARNING_SIGNS, forbearance("2026-01-01"), tick("2026-04-01"))
    assert (now(before).value, now(before).level) == (1.0, "watch")
    after = given(WARNING_SIGNS, forbearance("2026-01-01"), tick("2026-04-01"), change)
    assert (now(after).value, now(after).level) == (0.0, "calm")
    during = given(
        WARNING_SIGNS, forbearance("2026-01-01"), change.model_copy(update={"known_at": noon("2026-01-03")})
    )
    assert (now(during).value, now(during).level) == (1.0, "warning")


def up(indicator: str, number: int) -> tuple[tuple[str, str], ActivePeriod]:
    evidence = tuple(UUID(int=100 * number + event_number) for event_number in range(20))
    return (indicator, "all"), ActivePeriod(Level.WARNING, noon("2026-01-01"), None, evidence)


def measured(*periods: tuple[tuple[str, str], ActivePeriod]) -> Measurement:
    view = View(World(), noon("2026-02-01"), timedelta(days=90), dict(periods))
    measurement = measure(view, "all")
    assert measurement is not None
    return measurement


def test_every_part_keeps_some_evidence_and_all_of_it_stays_short() -> None:
    measurement = measured(*(up(sign, number) for number, sign in enumerate(SIGNS)))
    assert measurement.value == len(SIGNS) == 5
    parts = {event_id.int // 100 for event_id in measurement.evidence}
    assert parts == set(range(len(SIGNS)))
    assert len(measurement.evidence) <= EVIDENCE_LIMIT


def test_a_sign_that_is_not_one_of_the_five_counts_nothing() -> None:
    assert measured(up("circularity", 1)).value == 0.0
    assert "circularity" not in INDICATOR.reads_signals


def test_it_is_made_of_signs_that_are_computed() -> None:
    assert set(SIGNS) & DEFINITIONS.keys() >= {"credit_waivers", "power_delay", "gpu_resale_drawdown"}
