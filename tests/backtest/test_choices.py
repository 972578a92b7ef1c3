"""Random dates and choices among variants: they keep what they must, and know nothing of what comes."""

import os
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from events.base import Event
from ouroboros.backtest import trading as trading_module
from ouroboros.backtest.chance import chance_of_return
from ouroboros.backtest.prices import Prices
from ouroboros.backtest.sources import without_its_time
from ouroboros.backtest.study import Action, Draws, Period
from ouroboros.backtest.trading import Holding, Trade
from ouroboros.backtest.trials import return_within
from ouroboros.watchlist import read_watchlist
from tests.backtest.cases import at, bar, bars, prices_of, result_of, waiver

PERIOD = Period(starts=at("2025-03-01", 0), ends=at("2025-06-01", 0))
ACTION = Action(while_up="s", long=("A",), costs_bps=0)


def priced(closes: list[float]) -> Prices:
    return prices_of(["A"], bars("A", "2025-03-03", [(one, one) for one in closes]))


def day(number: int) -> datetime:
    return at("2025-03-03") + timedelta(days=number)


@settings(deadline=None, max_examples=40)
@given(
    lengths=st.lists(st.integers(1, 5), min_size=1, max_size=4),
    seed=st.integers(0, 2**32 - 1),
)
def test_strewn_holdings_keep_their_lengths_and_do_not_touch(lengths: list[int], seed: int) -> None:
    held, first = [], 0
    for length in lengths:
        held.append(Holding(day(first), day(first + length)))
        first += length + 1
    seen: list[list[Holding]] = []

    def trade(_: Action, __: Prices, placed: list[Holding], ___: datetime) -> list[Trade]:
        seen.append(list(placed))
        return []

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(trading_module, "trade", trade)
        chance_of_return(ACTION, priced([10.0] * 40), held, PERIOD, Draws(100, seed))
    assert len(seen) == 101
    for placed in seen[:100]:
        days = [((one.from_at - day(0)).days, ((one.until or day(40)) - day(0)).days) for one in placed]
        assert sorted(b - a for a, b in days) == sorted(lengths)
        assert days == sorted(days)
        assert all(end < begin for (_, end), (begin, _) in pairwise(days))
        assert (days[0][0] >= 0, days[-1][1] <= 40) == (True, True)


def test_the_best_of_all_dates_is_rarely_reached_and_a_flat_price_always() -> None:
    rising_once = [10.0] * 20 + [20.0] * 20
    # Bought at the open of day 19 and sold at that of day 20 or later: the only day that earns.
    held = [Holding(day(18), day(19))]
    lucky = chance_of_return(ACTION, priced(rising_once), held, PERIOD, Draws(1_000, 3))
    flat = chance_of_return(ACTION, priced([10.0] * 40), held, PERIOD, Draws(1_000, 3))
    assert lucky and flat
    assert lucky.observed == pytest.approx(1.0)
    # One placing of 40 earns: 25 of 1,000 draws, give or take three standard deviations of 5.
    assert lucky.p_value == pytest.approx(1 / 40, abs=0.015)
    assert flat.p_value == 1.0


def test_nothing_and_everything_held_leave_nothing_to_chance() -> None:
    prices = priced([10.0] * 10)
    assert chance_of_return(ACTION, prices, [], PERIOD, Draws(100, 1)) is None
    assert chance_of_return(ACTION, prices, [Holding(PERIOD.starts, None)], PERIOD, Draws(100, 1)) is None


def zigzag(change_from: int | None = None) -> list[Event]:
    """Make prices that fall after a waiver; from some day on they rise instead."""
    events: list[Event] = []
    for number in range(80):
        falls = number % 20 > 10
        price = 100.0 - 3 * (number % 20 - 10 if falls else 0)
        if change_from is not None and number >= change_from:
            price = 300.0 - price
        events.append(bar("CRWV", day(number), price, price))
        if number % 20 == 9:
            events.append(waiver(day(number) + timedelta(hours=1), facility_id=f"loan-{number}"))
    return events


@pytest.mark.parametrize("action", [None, {"while_up": "waivers", "short": ["CRWV"], "costs_bps": 5}])
def test_what_is_chosen_at_a_cut_depends_on_nothing_behind_it(
    tmp_path: Path, action: dict[str, object] | None
) -> None:
    variants = [
        {"name": f"{days} days", "windows": [{"indicator": "credit_waivers", "days": days}]}
        for days in (2, 9)
    ]
    period = {"starts": "2025-03-03", "ends": "2025-05-22"}
    more = {"variants": variants, "walk_forward": {"splits": 3}, "period": period, "action": action}
    straight = result_of(tmp_path, zigzag(), large_moves_are_real=True, **more)
    turned = result_of(tmp_path, zigzag(40), large_moves_are_real=True, **more)
    assert [one.starts for one in straight.splits] == [
        at(one, 0) for one in ("2025-03-23", "2025-04-12", "2025-05-02")
    ]
    # The second cut lies at day 40.
    for one, other in zip(straight.splits[:2], turned.splits[:2], strict=True):
        assert (one.chosen, one.return_before) == (other.chosen, other.return_before)
    assert straight.splits[0].return_after == turned.splits[0].return_after
    if action:
        assert straight.splits[1].return_after != turned.splits[1].return_after
        for one in straight.splits:
            before = Period(starts=straight.study.period.starts, ends=one.starts)
            returns = [
                return_within(straight.study, straight.prices, trial.active_periods["waivers"], before)
                for trial in straight.trials
            ]
            assert len(set(returns)) > 1
            assert one.return_before == max(one for one in returns if one is not None)


def test_a_watchlist_is_the_same_whenever_its_file_was_written(tmp_path: Path) -> None:
    path = tmp_path / "desk.yaml"
    path.write_text("watchlist: example\nwindows: {credit_waivers: 5}\n")
    identities = set()
    for seconds in (1_000_000_000, 1_700_000_000):
        os.utime(path, (seconds, seconds))
        identities.add(without_its_time(read_watchlist(path, at("2025-06-01"))).event_id)
    assert len(identities) == 1
