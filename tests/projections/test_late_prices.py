"""Late and correcting bars: they change the day that they belong to, and with it what is measured now."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given as forall
from hypothesis import settings
from hypothesis import strategies as st

from events.base import Event
from projections.episodes.rows import IndicatorCurrentRow, SignalRow
from projections.warning_signs import WARNING_SIGNS
from tests.given import event, given, rows_of, standing
from tests.projections.lateness import CLOCK, NOW, TODAY, after, ago, found, gpu_bar, measured
from tests.projections.shares import close, held


def share_bar(day: str, high: float, last: float, at: str = "12:00:00", known_on: str = TODAY) -> Event:
    prices = {"open_usd": last, "high_usd": high, "low_usd": last, "close_usd": last}
    times = {"bucket": f"{day}T00:00:00Z", "first_at": f"{day}T00:00:00Z", "last_at": f"{day}T{at}Z"}
    return event("EquityBarClosed", known_on, symbol="ARM", interval_seconds=86_400, **times, **prices)


def pledge(known_on: str, symbol: str = "ARM", facility_id: str = "margin") -> Event:
    named = {"facility_id": facility_id, "borrower": "SoftBank", "principal_usd": 6.5e9}
    return event("LoanOriginated", known_on, **named, collateral={"kind": "shares", "symbol": symbol})


def gpu_median(day: str, high: float, last: float, at: str = "12:00:00", known_on: str = TODAY) -> Event:
    """Close a bar at its high: the index of a day is a median, not its last price."""
    return gpu_bar(day, high, high, at, known_on)


HIGHS = pytest.mark.parametrize(
    ("indicator", "subject", "bar"),
    [("gpu_resale_drawdown", "H100 resale", gpu_median), ("pledged_equity_drawdown", "ARM", share_bar)],
)


@HIGHS
def test_a_late_bar_of_200_days_ago_raises_the_high_and_deepens_today_s_drawdown(
    indicator: str, subject: str, bar: Any
) -> None:
    journal = [pledge(ago(300)), bar(ago(100), 100, 100), bar(TODAY, 90, 90)]
    assert found(given(WARNING_SIGNS, *journal), indicator, subject)[0] == 0.1
    step = after(journal, bar(ago(200), 120, 60))
    assert found(step, indicator, subject)[0] == 0.25
    assert measured(step, indicator, subject)[-1] == (NOW, 0.25)


@HIGHS
def test_that_high_leaves_when_its_own_year_is_over(indicator: str, subject: str, bar: Any) -> None:
    journal = [pledge(ago(300)), bar(ago(100), 100, 100), bar(TODAY, 90, 90), bar(ago(200), 120, 60)]
    last, over = (str((NOW + timedelta(days=days)).date()) for days in (164, 165))
    assert (
        found(given(WARNING_SIGNS, *journal, bar(last, 90, 90, known_on=last)), indicator, subject)[0] == 0.25
    )
    assert (
        found(given(WARNING_SIGNS, *journal, bar(over, 90, 90, known_on=over)), indicator, subject)[0] == 0.1
    )


@HIGHS
def test_a_bar_that_comes_more_than_a_year_late_writes_nothing(
    indicator: str, subject: str, bar: Any
) -> None:
    journal = [pledge(ago(300)), bar(TODAY, 90, 90)]
    late = after(journal, bar(ago(365), 900, 900))
    assert measured(late, indicator, subject) == measured(given(WARNING_SIGNS, *journal), indicator, subject)
    assert found(after(journal, bar(ago(364), 180, 180)), indicator, subject)[0] == 0.5


def test_a_correcting_bar_adds_to_the_high_of_its_day_and_closes_it_only_where_its_prices_came_last() -> None:
    indicator, subject, bar = "pledged_equity_drawdown", "ARM", share_bar
    journal = [pledge(ago(300)), bar(ago(1), 100, 100), bar(TODAY, 90, 90, at="12:00:00")]
    earlier = after(journal, bar(TODAY, 95, 50, at="11:00:00"))
    assert found(earlier, indicator, subject)[0] == 0.1
    higher = after(journal, bar(TODAY, 120, 50, at="11:00:00"))
    assert found(higher, indicator, subject)[0] == 0.25
    later = after(journal, bar(TODAY, 95, 80, at="12:00:01"))
    assert found(later, indicator, subject)[0] == 0.2


def test_a_loan_that_comes_late_is_set_against_the_year_that_went_before_it() -> None:
    journal = [share_bar(ago(200), 100, 100), share_bar(TODAY, 60, 60)]
    assert measured(given(WARNING_SIGNS, *journal), "pledged_equity_drawdown", "ARM") == []
    assert measured(after(journal, pledge(ago(100))), "pledged_equity_drawdown", "ARM") == [(NOW, 0.4)]


def test_an_old_pledge_that_comes_late_does_not_replace_the_newer_one() -> None:
    newer = [share_bar(TODAY, 100, 60), pledge(ago(50), "CRWV"), CLOCK]
    step = after(newer, pledge(ago(300), "ARM"))
    assert measured(step, "pledged_equity_drawdown", "ARM") == []
    unpledged = event(
        "LoanOriginated", ago(50), facility_id="margin", borrower="SoftBank", principal_usd=6.5e9
    )
    step = after([share_bar(TODAY, 100, 60), unpledged, CLOCK], pledge(ago(300), "ARM"))
    assert measured(step, "pledged_equity_drawdown", "ARM") == []


def bar_of(symbol: str, day: str, price: float, at: str = "12:00:00") -> Event:
    return close(day, symbol, price, at).model_copy(update={"known_at": NOW})


BASKETS = [
    bar_of(symbol, day, price)
    for symbol, first in (("CAT", 100), ("GEV", 100), ("ENR.DE", 100), ("BX", 100), ("OWL", 100))
    for day, price in ((ago(90), first), (TODAY, 120 if symbol == "CAT" else 110))
]


def test_a_late_bar_of_the_window_s_first_day_changes_today_s_returns() -> None:
    assert found(given(WARNING_SIGNS, *BASKETS), "crowding", "basket")[0] == 0.5
    step = after(BASKETS, bar_of("CAT", ago(90), 80, at="13:00:00"))
    # CAT made 50 % instead of 20 %, the others 10 % each.
    assert measured(step, "crowding", "basket")[-1] == (NOW, round(50 / 70, 6))
    assert measured(step, "builders_vs_financiers", "builders ahead")[-1] == (NOW, round(0.7 / 3 - 0.1, 6))


def test_a_late_bar_within_the_week_up_to_the_first_day_holds_only_where_there_is_no_closer_one() -> None:
    closer = after(BASKETS, bar_of("CAT", ago(93), 60))
    assert found(closer, "crowding", "basket")[0] == 0.5
    only = [one for one in BASKETS if one.key != "CAT" or one.bucket.date() == NOW.date()]  # type: ignore[attr-defined]
    assert found(given(WARNING_SIGNS, *only), "crowding", "basket")[0] == 0.0
    assert found(after(only, bar_of("CAT", ago(93), 80)), "crowding", "basket")[0] == round(50 / 70, 6)


def test_a_correcting_bar_moves_a_close_only_where_its_prices_came_last() -> None:
    earlier = after(BASKETS, bar_of("CAT", TODAY, 300, at="11:59:59"))
    assert len(measured(earlier, "crowding", "basket")) == len(
        measured(given(WARNING_SIGNS, *BASKETS), "crowding", "basket")
    )
    later = after(BASKETS, bar_of("CAT", TODAY, 160, at="12:00:01"))
    assert found(later, "crowding", "basket")[0] == 0.75


def test_a_level_that_a_late_bar_reaches_waits_from_now_on() -> None:
    late = bar_of("CAT", ago(90), 80, at="13:00:00")
    step = given(WARNING_SIGNS, *held([*BASKETS, late], 14.9))
    assert [row.step for row in rows_of(step, SignalRow) if row.indicator == "crowding"] == []
    step = given(WARNING_SIGNS, *held([*BASKETS, late]))
    told = [(row.known_at, row.level) for row in rows_of(step, SignalRow) if row.indicator == "crowding"]
    assert told == [(NOW + timedelta(minutes=15), "warning")]


SOME_BARS = st.lists(
    st.tuples(
        st.sampled_from(["CAT", "GEV", "ENR.DE", "BX", "OWL", "CRWV"]),
        st.integers(0, 120),
        st.integers(50, 200),
        st.integers(0, 23),
    ),
    max_size=30,
    # Of two prices made at the same moment the journal's order decides.
    unique_by=lambda one: (one[0], one[1], one[3]),
)


@settings(deadline=None)
@forall(bars=SOME_BARS, order=st.randoms(use_true_random=False))
def test_returns_and_moves_are_the_same_in_whatever_order_bars_come(
    bars: list[tuple[str, int, int, int]], order: Any
) -> None:
    journal = [bar_of(symbol, ago(days), price, f"{hour:02}:00:00") for symbol, days, price, hour in bars]
    shuffled = list(journal)
    order.shuffle(shuffled)

    def last(events: list[Event]) -> dict[tuple[str, str], tuple[float, str]]:
        step = given(WARNING_SIGNS, CLOCK, *events)
        current = standing(WARNING_SIGNS, step, IndicatorCurrentRow)
        return {
            (row.indicator, row.subject): (row.value, row.text)
            for row in current.values()
            if row.indicator in {"crowding", "builders_vs_financiers", "neocloud_shock"}
        }

    assert last(shuffled) == last(journal)


def test_a_late_bar_of_the_day_before_changes_today_s_move() -> None:
    journal = [bar_of("CRWV", ago(4), 100), bar_of("CRWV", TODAY, 95)]
    step = after(journal, bar_of("CRWV", ago(1), 110))
    assert measured(step, "neocloud_shock", "CRWV")[-1] == (NOW, round(95 / 110 - 1, 6))
    step = after([*journal, bar_of("CRWV", ago(1), 110)], bar_of("CRWV", ago(1), 100, at="13:00:00"))
    assert found(step, "neocloud_shock", "CRWV") == (-0.05, "calm")
