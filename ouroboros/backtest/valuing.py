"""What an action has earned: its capital, valued at the last close known of each share.

Capital that falls to nothing stays there, wherever prices go afterwards.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

import numpy as np

from ouroboros.backtest.crossings import Numbers
from ouroboros.backtest.prices import Prices
from ouroboros.backtest.study import Action, Period
from ouroboros.backtest.trading import STARTING_CAPITAL, Trade


class Mark(NamedTuple):
    """The capital after a bar, and the gross value of all positions."""

    known_at: datetime
    capital: float
    gross: float


@dataclass(frozen=True, slots=True, eq=False)
class Closes:
    """The moments of a period at which a bar was known, and each share's last close known at each of them.

    A share that had no price yet has a close of 0: nobody holds it.
    """

    moments: Sequence[datetime]
    usd: Mapping[str, Numbers]


def closes_of(action: Action, prices: Prices, period: Period) -> Closes:
    """Take the closes of an action's shares."""
    series = {symbol: prices.series[symbol] for symbol in action.symbols}
    known = {moment for one in series.values() for moment in one.known}
    moments = sorted(one for one in known if period.starts <= one < period.ends)
    usd = {
        symbol: np.array([0.0, *(bar.close_usd for bar in one.bars)])[
            [bisect_right(one.known, moment) for moment in moments]
        ]
        for symbol, one in series.items()
    }
    return Closes(moments, usd)


def capital(trades: Sequence[Trade], closes: Closes) -> Numbers:
    """Value the capital at each moment; 0 from the first one on at which nothing is left."""
    return _capital_and_gross(trades, closes)[0]


def course(trades: Sequence[Trade], closes: Closes) -> list[Mark]:
    """Give the capital and the gross value of all positions at each moment."""
    levels, gross = _capital_and_gross(trades, closes)
    return [Mark(*one) for one in zip(closes.moments, levels.tolist(), gross.tolist(), strict=True)]


def total_return(levels: Numbers) -> float:
    """Give what the capital has grown by at the last moment, 0 where there is none."""
    return float(levels[-1]) / STARTING_CAPITAL - 1 if len(levels) else 0.0


def _capital_and_gross(trades: Sequence[Trade], closes: Closes) -> tuple[Numbers, Numbers]:
    paid = np.zeros(len(closes.moments))
    bought = {symbol: np.zeros(len(closes.moments)) for symbol in closes.usd}
    for one in trades:
        at = bisect_left(closes.moments, one.known_at)
        paid[at] += one.shares * one.price_usd + one.cost
        bought[one.symbol][at] += one.shares
    values = [np.cumsum(shares) * closes.usd[symbol] for symbol, shares in bought.items()]
    levels = STARTING_CAPITAL - np.cumsum(paid) + np.sum(values, axis=0)
    lost = np.logical_or.accumulate(levels <= 0)
    return np.where(lost, 0.0, levels), np.where(lost, 0.0, np.sum(np.abs(values), axis=0))
