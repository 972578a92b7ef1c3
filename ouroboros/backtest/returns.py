"""Figures of an action's daily returns, with the bounds between which they could as well have been.

Figures are those of empyrical-reloaded, with 252 trading days a year and no risk-free return. Bounds
are the 95 % percentiles of a stationary bootstrap (Politis and Romano, "The stationary bootstrap",
Journal of the American Statistical Association 89, 1994), whose blocks have a mean length of the cube
root of the number of days (Hall, Horowitz and Jing, Biometrika 82, 1995).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from math import isfinite
from statistics import fmean

import empyrical
import numpy as np
from arch.bootstrap import StationaryBootstrap

from ouroboros.backtest.outcomes import Interval
from ouroboros.backtest.study import Draws
from ouroboros.backtest.trading import STARTING_CAPITAL, Trade, Valuation
from projections.event_batch import Numbers

TRADING_DAYS = 252
FEWEST_RETURNS = 20


@dataclass(frozen=True, slots=True)
class Performance:
    """What an action earned; None where a figure is not defined, such as the Sharpe ratio of no trades.

    `exposure` is the mean of the gross value of all positions over the capital, `turnover_a_year` what
    was bought and sold over the mean capital, a year of 252 days.
    """

    total_return: float
    annual_return: float | None
    annual_volatility: float | None
    sharpe_ratio: float | None
    max_drawdown: float
    exposure: float
    days: tuple[date, ...]
    days_invested: int
    turnover_a_year: float
    costs: float
    trades: int
    annual_mean_return_interval: Interval | None
    sharpe_ratio_interval: Interval | None
    capital: tuple[float, ...]


def performance(valuations: Sequence[Valuation], trades: Sequence[Trade], draws: Draws) -> Performance | None:
    """Return the figures of the last valuation of each day (UTC); None without any."""
    closing = {valuation.known_at.date(): valuation for valuation in valuations}
    if not closing:
        return None
    days, last = tuple(closing), list(closing.values())
    capital = [valuation.capital for valuation in last]
    returns = daily_returns(capital)
    invested = [valuation.gross / valuation.capital if valuation.capital > 0 else 0.0 for valuation in last]
    traded = sum(abs(trade.shares) * trade.price_usd for trade in trades)
    years = len(days) / TRADING_DAYS
    mean_bounds, sharpe_bounds = _bounds(returns, draws)
    return Performance(
        days=days,
        capital=tuple(capital),
        total_return=capital[-1] / STARTING_CAPITAL - 1,
        annual_return=_defined(empyrical.annual_return(returns)),
        annual_volatility=_defined(empyrical.annual_volatility(returns)),
        sharpe_ratio=_defined(empyrical.sharpe_ratio(returns)),
        max_drawdown=float(empyrical.max_drawdown(returns)),
        exposure=fmean(invested),
        days_invested=sum(1 for share in invested if share > 0),
        turnover_a_year=traded / (fmean(capital) or 1.0) / years,
        costs=sum(trade.cost for trade in trades),
        trades=len(trades),
        annual_mean_return_interval=mean_bounds,
        sharpe_ratio_interval=sharpe_bounds,
    )


def daily_returns(capital: Sequence[float]) -> Numbers:
    """Divide each day's capital by that of the day before, the first by the capital at the start."""
    levels = np.array([STARTING_CAPITAL, *capital])
    before = levels[:-1]
    # Nothing comes of nothing: capital that was lost stays lost.
    grown: Numbers = np.divide(levels[1:], before, out=np.ones_like(before), where=before > 0)
    return grown - 1


def _bounds(returns: Numbers, draws: Draws) -> tuple[Interval | None, Interval | None]:
    if len(returns) < FEWEST_RETURNS or not np.any(returns):
        return None, None
    block = max(1, round(len(returns) ** (1 / 3)))
    bootstrap = StationaryBootstrap(block, returns, seed=np.random.default_rng(draws.seed))
    drawn = bootstrap.apply(_two_figures, draws.number)
    return _percentiles(drawn[:, 0]), _percentiles(drawn[:, 1])


def _two_figures(returns: Numbers) -> Numbers:
    mean, deviation = returns.mean(), returns.std(ddof=1)
    sharpe = mean / deviation * np.sqrt(TRADING_DAYS) if deviation > 0 else 0.0
    return np.array([mean * TRADING_DAYS, sharpe])


def _percentiles(drawn: Numbers) -> Interval:
    low, high = np.percentile(drawn, [2.5, 97.5])
    return Interval(float(low), float(high))


def _defined(figure: float) -> float | None:
    return float(figure) if isfinite(figure) else None
