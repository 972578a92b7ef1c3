"""Single prices, where there are no bars: closes as the sequencer would have drawn them."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from events.base import Event
from events.codec import decode_document
from events.errors import UsageError
from events.families.prices import EquityPriced, GpuPriced, Tick
from ouroboros.backtest.bars import Gpu
from ouroboros.backtest.prices import Prices
from streams.messages import Message
from streams.sequencer.conflation import Conflation
from tests.backtest.cases import at, bar, gpu_bar, prices_of, result_of, waiver

H100 = Gpu(model="H100", basis="rental_hour")
RENTAL = {"model": "H100", "basis": "rental_hour"}
DAY = 86_400


def gpu_price(time: datetime, price: float, known_at: datetime | None = None) -> Tick:
    return single(time, price, known_at, event_type="GpuPriced", is_average=True, **RENTAL)


def share_price(time: datetime, price: float) -> Tick:
    return single(time, price, event_type="EquityPriced", symbol="CRWV")


def single(time: datetime, price: float, known_at: datetime | None = None, **more: Any) -> Tick:
    made = decode_document(
        {
            "occurred_at": time.isoformat(),
            "known_at": (known_at or time).isoformat(),
            "source": "test",
            "certainty": "reported",
            "price_usd": price,
            **more,
        }
    )
    assert isinstance(made, EquityPriced | GpuPriced)
    return made


def drawn_live(ticks: Sequence[Tick]) -> list[Event]:
    conflation = Conflation(DAY)
    closed = [
        one
        for offset, tick in enumerate(ticks)
        for one in conflation.add(Message("gpu.prices", 0, offset, 0, None, b"", ()), [tick], 0.0)
    ]
    return [event for one in (*closed, *conflation.close_all()) for event in one.run.events]


def by_day(prices: Prices) -> dict[datetime, tuple[float, float, datetime]]:
    """Tell of each bar its opening price, its last close, and when that was known."""
    return {one.begins_at: (one.open_usd, one.close_usd, one.known_at) for one in prices.series[H100].bars}


@settings(deadline=None, max_examples=100)
@given(
    st.lists(st.tuples(st.integers(0, 10 * DAY), st.floats(0.5, 9)), min_size=1, max_size=30),
)
def test_single_prices_close_as_the_bars_that_are_drawn_of_them_live(made: list[tuple[int, float]]) -> None:
    start = datetime(2025, 3, 3, tzinfo=UTC)
    ticks = [gpu_price(start + timedelta(seconds=seconds), price) for seconds, price in sorted(made)]
    ticks = list({one.event_id: one for one in ticks}.values())
    singles, bars = prices_of([H100], ticks), prices_of([H100], drawn_live(ticks))
    singles.let_single_prices_stand_in()
    assert singles.single == {H100}
    assert by_day(singles) == by_day(bars)


def test_an_average_that_was_known_later_takes_the_place_of_the_one_before() -> None:
    late = gpu_price(at("2025-03-03", 9), 1.0, known_at=at("2025-03-03", 22))
    prices = prices_of([H100], [gpu_price(at("2025-03-03", 21), 2.0), late])
    prices.let_single_prices_stand_in()
    assert [one.close_usd for one in prices.series[H100].bars] == [1.0]


def test_where_there_are_bars_single_prices_are_none() -> None:
    events = [share_price(at("2025-03-03", 15), 90.0), bar("CRWV", at("2025-03-03"), 100, 101)]
    prices = prices_of(["CRWV", "ARM"], events)
    prices.let_single_prices_stand_in()
    assert prices.single == frozenset()
    assert [(one.open_usd, one.close_usd) for one in prices.series["CRWV"].bars] == [(100, 101)]
    # Bars of another length are to be asked for by it.
    minutes = bar("CRWV", at("2025-03-03"), 100, 101, interval_seconds=60)
    prices = prices_of(["CRWV"], [share_price(at("2025-03-03", 15), 90.0), minutes])
    prices.let_single_prices_stand_in()
    assert prices.single == frozenset()


def test_a_study_of_single_prices_gives_what_it_gives_of_bars(tmp_path: Path) -> None:
    days = [at("2025-03-04", 0) + timedelta(days=number) for number in range(60)]
    closes = [2.0 if number < 6 else 1.5 for number in range(60)]
    signal = waiver(at("2025-03-05", 22))
    changes = {"universe": [RENTAL], "outcome": {**RENTAL, "falls": 0.2, "within_days": 7}}
    of_bars = result_of(tmp_path, [*map(gpu_bar, days, closes), signal], **changes)
    of_singles = result_of(tmp_path, [*map(gpu_price, days, closes), signal], **changes)
    assert of_singles.trials == of_bars.trials
    assert of_singles.trials[0].signals["waivers"].score.hits == 1
    told = "H100 (rental_hour) has single prices and no bars: the first of a day is its open"
    assert any(note.startswith(told) for note in of_singles.notes)
    assert not any(note.startswith(told) for note in of_bars.notes)


def test_signs_of_gpu_prices_rest_on_single_prices_as_on_the_bars_drawn_of_them(tmp_path: Path) -> None:
    # A fall of 25 % below the high of the year on the tenth day, with two prices on each.
    prices = [2.0] * 9 + [1.5] * 51
    ticks = [
        gpu_price(at("2025-03-04", hour) + timedelta(days=number), price)
        for number, price in enumerate(prices)
        for hour in (9, 15)
    ]
    condition = {"indicator": "gpu_resale_drawdown", "level": "warning"}
    changes = {
        "universe": [RENTAL],
        "outcome": {**RENTAL, "falls": 0.2, "within_days": 7},
        "signals": {"cheaper": {"of": [condition]}},
    }
    bars = drawn_live(ticks)
    of_ticks, of_bars = (result_of(tmp_path, events, **changes) for events in (ticks, bars))
    (period,) = of_ticks.trials[0].active_periods["cheaper"]
    # A day's bar is known when its last price is.
    assert period.begins_at == at("2025-03-13", 15)
    assert of_ticks.trials == of_bars.trials
    # It rests on the bars, which the history can find again.
    assert period.evidence[0] == bars[9].event_id
    assert set(period.evidence) <= of_ticks.evidence.keys() <= {bar.event_id for bar in bars}


def test_too_few_single_prices_are_told_to_be_such(tmp_path: Path) -> None:
    events = [share_price(at("2025-03-04"), 100.0), share_price(at("2025-04-04"), 101.0)]
    with pytest.raises(UsageError, match="CRWV has single prices only, and none between 4 March 2025 and"):
        result_of(tmp_path, events)
