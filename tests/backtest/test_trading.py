"""Orders, costs and capital, recomputed by hand."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ouroboros.backtest.outcomes import DAY
from ouroboros.backtest.prices import Prices
from ouroboros.backtest.returns import daily_returns, performance
from ouroboros.backtest.signals import ActivePeriod
from ouroboros.backtest.study import Action, Draws, Period
from ouroboros.backtest.trading import Holding, Trade, Valuation, closes_of, holdings, trade, valuations_of
from tests.backtest.cases import at, bars, prices_of, result_of, waiver

PERIOD = Period(starts=at("2025-03-01", 0), ends=at("2025-06-01", 0))


def priced(**shares: list[tuple[float, float]]) -> Prices:
    events = [event for symbol, ones in shares.items() for event in bars(symbol, "2025-03-03", ones)]
    return prices_of(list(shares), sorted(events, key=lambda one: one.known_at))


def capital_of(action: Action, prices: Prices, *held: Holding) -> tuple[list[Trade], list[Valuation]]:
    trades = trade(action, prices, held, PERIOD.ends)
    return trades, valuations_of(trades, closes_of(action, prices, PERIOD))


def test_a_share_is_bought_at_the_next_opening_price_and_costs_are_paid_both_ways() -> None:
    action = Action(while_up="s", long=("A",), costs_bps=100)
    prices = priced(A=[(100, 100), (110, 120), (130, 140), (150, 160)])
    trades, valuations = capital_of(action, prices, Holding(at("2025-03-03"), at("2025-03-05")))
    # 1 / 110 shares at 110, 1 % of 1.00 paid; sold at 150, 1 % of 150/110 paid.
    assert [(one.price_usd, round(one.shares, 9)) for one in trades] == [
        (110, round(1 / 110, 9)),
        (150, round(-1 / 110, 9)),
    ]
    assert [one.capital for one in valuations] == pytest.approx(
        [1, 120 / 110 - 0.01, 140 / 110 - 0.01, 150 / 110 - 0.01 - 0.01 * 150 / 110]
    )


def test_half_is_bought_and_half_sold_short() -> None:
    action = Action(while_up="s", long=("A",), short=("B",), costs_bps=0)
    prices = priced(A=[(100, 100), (100, 110)], B=[(50, 50), (50, 40)])
    _, valuations = capital_of(action, prices, Holding(at("2025-03-03"), None))
    assert valuations[-1].capital == pytest.approx(1 + 0.5 * 0.1 + 0.5 * 0.2)
    assert valuations[-1].gross == pytest.approx(0.5 * 1.1 + 0.5 * 0.8)


def test_a_second_holding_is_sized_by_the_capital_of_its_decision() -> None:
    action = Action(while_up="s", long=("A",), costs_bps=0)
    prices = priced(A=[(10, 10), (10, 20), (20, 20), (40, 40), (80, 80)])
    days = [at("2025-03-03") + number * DAY for number in range(4)]
    _, valuations = capital_of(action, prices, Holding(days[0], days[1]), Holding(days[2], None))
    # Doubled from 10 to 20, then from an opening price of 40 to 80.
    assert valuations[-1].capital == pytest.approx(4)


def test_an_exit_and_an_entry_in_the_same_bar_cancel_each_other() -> None:
    action = Action(while_up="s", long=("A",), costs_bps=50)
    prices = priced(A=[(10, 10), (10, 10), (10, 10), (10, 10)])
    first, later = at("2025-03-03"), at("2025-03-04")
    split, whole = (
        capital_of(action, prices, Holding(first, later), Holding(later + timedelta(hours=1), None))[0],
        capital_of(action, prices, Holding(first, None))[0],
    )
    assert split == whole
    assert len(whole) == 1


def test_what_is_called_off_before_it_opens_is_not_traded() -> None:
    action = Action(while_up="s", long=("A",), costs_bps=50)
    held = Holding(at("2025-03-03"), at("2025-03-03", 22))
    assert capital_of(action, priced(A=[(10, 10), (10, 10)]), held)[0] == []


def test_holding_while_a_signal_is_down_is_all_the_rest_of_the_period() -> None:
    def active(begins_at: datetime, ends_at: datetime | None) -> ActivePeriod:
        return ActivePeriod(begins_at, ends_at, (), (), ())

    ones = [active(at("2025-02-01"), at("2025-03-10")), active(at("2025-04-01"), at("2025-04-05"))]
    up = Action(while_up="s", long=("A",), costs_bps=0)
    down = Action(while_down="s", long=("A",), costs_bps=0)
    assert holdings(up, ones, PERIOD) == (
        Holding(PERIOD.starts, at("2025-03-10")),
        Holding(at("2025-04-01"), at("2025-04-05")),
    )
    assert holdings(down, ones, PERIOD) == (
        Holding(at("2025-03-10"), at("2025-04-01")),
        Holding(at("2025-04-05"), None),
    )
    assert holdings(down, [active(at("2025-02-01"), None)], PERIOD) == ()
    assert holdings(down, [], PERIOD) == (Holding(PERIOD.starts, None),)


def test_what_a_share_that_is_held_always_earns_is_what_it_did(tmp_path: Path) -> None:
    prices = [(100.0, 100.0 + number) for number in range(30)]
    action = {"while_down": "waivers", "long": ["CRWV"], "costs_bps": 0}
    result = result_of(tmp_path, bars("CRWV", "2025-03-03", prices), action=action)
    done = result.trials[0].action
    assert done and done.performance and result.always
    assert done.performance.total_return == result.always.total_return == pytest.approx(0.29)


@settings(deadline=None, max_examples=60)
@given(
    moves=st.lists(st.floats(0.8, 1.25), min_size=5, max_size=25),
    bounds=st.lists(st.integers(0, 24), max_size=8),
)
def test_without_costs_capital_is_the_product_of_what_was_held(moves: list[float], bounds: list[int]) -> None:
    closes = [100.0]
    for move in moves:
        closes.append(closes[-1] * move)
    # Each bar opens where the one before closed: what is held for a bar earns its whole move.
    prices = priced(A=[(closes[max(0, at_ - 1)], one) for at_, one in enumerate(closes)])
    cuts = sorted({one for one in bounds if one < len(closes)})
    cuts = cuts[: len(cuts) // 2 * 2]
    days = [at("2025-03-03") + number * DAY for number in range(len(closes))]
    held = [Holding(days[a], days[b]) for a, b in zip(cuts[::2], cuts[1::2], strict=True)]
    _, valuations = capital_of(Action(while_up="s", long=("A",), costs_bps=0), prices, *held)
    expected = 1.0
    for a, b in zip(cuts[::2], cuts[1::2], strict=True):
        expected *= closes[b] / closes[a]
    assert valuations[-1].capital == pytest.approx(expected)


def test_figures_of_returns_are_those_of_their_formulas() -> None:
    capital = [1.01, 0.99, 1.02, 1.05, 1.00, 1.04]
    valuations = [
        Valuation(at("2025-03-03") + number * DAY, one, one / 2) for number, one in enumerate(capital)
    ]
    figures = performance(valuations, [], Draws(100, 1))
    assert figures
    returns = [now / before - 1 for before, now in zip([1.0, *capital], capital, strict=False)]
    mean = sum(returns) / 6
    deviation = (sum((one - mean) ** 2 for one in returns) / 5) ** 0.5
    assert list(daily_returns(capital)) == pytest.approx(returns)
    assert figures.annual_return == pytest.approx(1.04 ** (252 / 6) - 1)
    assert figures.annual_volatility == pytest.approx(deviation * 252**0.5)
    assert figures.sharpe_ratio == pytest.approx(mean / deviation * 252**0.5)
    assert figures.max_drawdown == pytest.approx(1.00 / 1.05 - 1)
    assert figures.exposure == pytest.approx(0.5)
    assert figures.days_invested == 6


def test_a_figure_that_is_not_defined_is_none_and_never_not_a_number(tmp_path: Path) -> None:
    action = {"while_up": "waivers", "long": ["CRWV"], "costs_bps": 0}
    result = result_of(tmp_path, bars("CRWV", "2025-03-03", [(10, 10)] * 30), action=action)
    done = result.trials[0].action
    assert done and done.performance
    assert (done.performance.sharpe_ratio, done.chance, done.performance.sharpe_ratio_interval) == (
        None,
        None,
        None,
    )
    assert done.performance.total_return == 0


def test_capital_that_is_lost_stays_lost(tmp_path: Path) -> None:
    prices = [(10.0, 10.0)] * 5 + [(15.0, 15.0), (25.0, 25.0), (12.0, 12.0), (12.0, 12.0)]
    action = {"while_up": "waivers", "short": ["CRWV"], "costs_bps": 0}
    events = [*bars("CRWV", "2025-03-03", prices), waiver(at("2025-03-04", 22))]
    done = result_of(tmp_path, events, action=action, large_moves_are_real=True).trials[0].action
    assert done and done.performance
    # Sold short at 10, bought back by nobody at 25: at 12 there is nothing left that could recover.
    assert done.performance.total_return == -1
    assert done.performance.max_drawdown == pytest.approx(-1)


def test_what_was_lost_before_prices_came_back_is_lost_by_chance_too(tmp_path: Path) -> None:
    # Sold short at 10, at 25 in between, and at 8 while nobody asks any more.
    prices = [(10.0, 10.0)] * 5 + [(25.0, 25.0)] + [(8.0, 8.0)] * 30
    action = {"while_up": "waivers", "short": ["CRWV"], "costs_bps": 0}
    windows = [{"indicator": "credit_waivers", "days": 7}]
    events = [
        *bars("CRWV", "2025-03-03", prices),
        waiver(at("2025-03-04", 22)),
        waiver(at("2025-03-24", 22), facility_id="another loan"),
    ]
    variants = [{"name": "a week", "windows": windows}]
    result = result_of(tmp_path, events, action=action, variants=variants, large_moves_are_real=True)
    done = result.trials[1].action
    assert done and done.performance and done.chance and len(done.held) == 2
    assert done.chance.observed == done.performance.total_return == -1
    # With nothing left nothing is traded: not the buying back at 8, and not the second selling.
    assert [(one.price_usd, one.shares) for one in done.trades] == [(10, -0.1)]
    assert (done.performance.trades, done.performance.costs) == (1, 0)
