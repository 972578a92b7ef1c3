"""What comes late: the clock has reached TODAY, and an event says of itself how many days ago it was."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from events.base import Event
from projections.base import Step
from projections.episodes.rows import IndicatorCurrentRow, IndicatorRow, SignalRow
from projections.warning_signs import WARNING_SIGNS
from projections.warning_signs.fold import WarningSigns
from tests.given import event, given, noon, rows_of, standing

TODAY = "2026-06-30"
NOW = noon(TODAY)
CLOCK = event("ClockTicked", TODAY)


def ago(days: int) -> str:
    """Name the day so many days before today."""
    return str((NOW - timedelta(days=days)).date())


def found(step: Step[WarningSigns], indicator: str, subject: str) -> tuple[float, str]:
    """Give the value and the level at which a subject stands."""
    row = standing(WARNING_SIGNS, step, IndicatorCurrentRow)[indicator, subject]
    return row.value, row.level


def measured(step: Step[WarningSigns], indicator: str, subject: str = "all") -> list[tuple[datetime, float]]:
    """Give all that was ever measured of a subject, and when it was written down."""
    rows = rows_of(step, IndicatorRow)
    return [(row.known_at, row.value) for row in rows if (row.indicator, row.subject) == (indicator, subject)]


def after(journal: Sequence[Event], *late: Event) -> Step[WarningSigns]:
    """Fold a journal and what comes late to it, which may only add rows, all of them of now."""
    step, before = given(WARNING_SIGNS, *journal, *late), given(WARNING_SIGNS, *journal)
    assert step.rows[: len(before.rows)] == before.rows
    made = [row for row in step.rows[len(before.rows) :] if isinstance(row, IndicatorRow | SignalRow)]
    assert {row.known_at for row in made} <= {max(one.known_at for one in journal)}
    return step


def gpu_bar(day: str, high: float, last: float, at: str = "12:00:00", known_on: str = TODAY) -> Event:
    """Close a bar of resale prices, known today unless said otherwise."""
    prices = {"open_usd": last, "high_usd": high, "low_usd": last, "close_usd": last}
    times = {"bucket": f"{day}T00:00:00Z", "first_at": f"{day}T00:00:00Z", "last_at": f"{day}T{at}Z"}
    named = {"model": "H100", "basis": "resale", "interval_seconds": 86_400}
    return event("GpuBarClosed", known_on, **named, **times, **prices)
