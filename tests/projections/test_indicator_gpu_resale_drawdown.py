from datetime import date, timedelta

from hypothesis import given as forall
from hypothesis import settings
from hypothesis import strategies as st

from events.base import Event
from events.families.prices import GpuBarClosed
from projections.base import Step
from projections.episodes.rows import IndicatorCurrentRow, IndicatorRow
from projections.facts.gpu_index import GpuIndex, fall_of, with_gpu_price
from projections.facts.year import A_YEAR
from projections.warning_signs import WARNING_SIGNS
from projections.warning_signs.fold import WarningSigns
from tests.given import event, given, noon, rows_of, standing

START = date(2024, 1, 1)
NOW = noon("2026-07-01")


def bar(day: str, high: float, close: float, basis: str = "resale", known: str | None = None) -> Event:
    return event(
        "GpuBarClosed",
        known or day,
        model="H100",
        basis=basis,
        interval_seconds=86_400,
        bucket=f"{day}T00:00:00Z",
        open_usd=close,
        high_usd=high,
        low_usd=close,
        close_usd=close,
        first_at=f"{day}T00:00:00Z",
        last_at=f"{day}T12:00:00Z",
    )


def late(high: float, close: float) -> Event:
    """Return a bar of New Year's Day that is known a month later."""
    return bar("2026-01-01", high, close, known="2026-02-01")


def now(step: Step[WarningSigns]) -> dict[str, tuple[float, str]]:
    rows = standing(WARNING_SIGNS, step, IndicatorCurrentRow).values()
    return {row.subject: (row.value, row.level) for row in rows if row.indicator == "gpu_resale_drawdown"}


def test_a_tenth_below_the_year_s_high_is_exactly_at_watch() -> None:
    step = given(WARNING_SIGNS, bar("2026-01-01", 30_000, 30_000), bar("2026-02-01", 27_500, 27_000))
    assert now(step) == {"H100 resale": (0.1, "watch")}


def test_the_bases_stand_apart_and_asking_prices_do_not_count() -> None:
    step = given(
        WARNING_SIGNS,
        bar("2026-01-25", 30_000, 30_000),
        bar("2026-01-01", 4, 4, "rental_hour"),
        bar("2026-01-01", 40_000, 40_000, "list"),
        bar("2026-02-01", 2, 2, "rental_hour"),
        bar("2026-02-01", 10_000, 10_000, "list"),
    )
    assert now(step) == {"H100 resale": (0.0, "calm"), "H100 rental_hour": (0.5, "critical")}


def test_a_high_counts_for_a_year() -> None:
    high = bar("2025-01-01", 40_000, 40_000)
    assert now(given(WARNING_SIGNS, high, bar("2025-12-31", 30_000, 30_000)))["H100 resale"][0] == 0.25
    assert now(given(WARNING_SIGNS, high, bar("2026-01-01", 30_000, 30_000)))["H100 resale"][0] == 0.0


def test_a_late_bar_raises_the_high_and_is_not_the_newest_price() -> None:
    step = given(WARNING_SIGNS, bar("2026-02-01", 30_000, 30_000), late(40_000, 40_000))
    assert now(step)["H100 resale"] == (0.25, "warning")


def test_a_late_bar_that_changes_nothing_gives_no_row() -> None:
    step = given(WARNING_SIGNS, bar("2026-02-01", 30_000, 30_000), late(20_000, 5_000))
    assert [row.journal_offset for row in rows_of(step, IndicatorRow)] == [0]


def test_the_evidence_is_the_newest_price_and_the_high() -> None:
    first, second = bar("2026-01-01", 40_000, 40_000), bar("2026-02-01", 30_000, 30_000)
    rows = rows_of(given(WARNING_SIGNS, first, second), IndicatorRow)
    last = [row for row in rows if row.indicator == "gpu_resale_drawdown"][-1]
    assert last.evidence == [second.event_id, first.event_id]
    assert last.text == (
        "the median resale price of the H100 is 25.0 % below its high of the past year:"
        " $40,000.00 on 1 January 2026 (a publisher's figure),"
        " now $30,000.00 on 1 February 2026 (a publisher's figure)"
    )


DAYS_AND_PRICES = st.lists(st.tuples(st.integers(0, 900), st.integers(1, 50)), min_size=1, max_size=80)


@settings(deadline=None)
@forall(DAYS_AND_PRICES)
def test_the_window_knows_the_year_s_high_whatever_the_order_of_bars(bars: list[tuple[int, int]]) -> None:
    index: GpuIndex | None = None
    for place, (day, price) in enumerate(bars):
        one = bar(str(START + timedelta(days=day)), price, price)
        assert isinstance(one, GpuBarClosed)
        index = with_gpu_price(index, one)
        # What is a year older than the newest bar so far is gone for good, as its high counts no more.
        seen = bars[: place + 1]
        newest = max(day for day, _ in seen)
        # Of averages of one day the one that is known last holds.
        recent = {day: price for day, price in seen if day > newest - A_YEAR.days}
        fall = fall_of(index, NOW, 0.2)
        assert fall
        assert fall.high.price_usd == max(recent.values())
        assert fall.now.price_usd == recent[newest]
        assert len(index.days) == len(recent) <= A_YEAR.days
        assert 0 <= fall.share < 1
