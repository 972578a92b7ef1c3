"""What an action trades: orders after signals, filled at the next opening prices, with costs.

Shares are counted when an order is filled: weight times the capital at the time of the decision,
at the closes known then, divided by the opening price at which it is filled. They stay the same until
the position is closed. Idle capital earns nothing, borrowed shares cost nothing, capital begins at 1.
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import NamedTuple

import numpy as np

from ouroboros.backtest.prices import AsOf, Bar, LookAhead, Prices
from ouroboros.backtest.signals import ActivePeriod
from ouroboros.backtest.study import Action, Period
from projections.event_batch import Numbers

STARTING_CAPITAL = 1.0
BASIS_POINT = 1e-4

_LEAVE, _ENTER, _DECIDE = range(3)


class Holding(NamedTuple):
    """A time during which the action wants to hold: decided at its bounds, open where it goes on."""

    from_at: datetime
    until: datetime | None


class Trade(NamedTuple):
    """An order that was filled: shares bought (or sold, below 0), and what the trade cost in capital.

    It is filled at the opening price of a bar, and in the books once that bar is known.
    """

    symbol: str
    decided_at: datetime
    filled_at: datetime
    known_at: datetime
    shares: float
    price_usd: float
    cost: float


def holdings(action: Action, active_periods: Iterable[ActivePeriod], period: Period) -> tuple[Holding, ...]:
    """Return when the action wants to hold within a period; what is up already counts from its start."""
    starts, ends = period.starts, period.ends
    wanted = [
        (max(active.begins_at, starts), min(active.ends_at or ends, ends))
        for active in active_periods
        if active.begins_at < ends and (active.ends_at is None or active.ends_at > starts)
    ]
    if action.while_down is not None:
        # The ends of what is up and the beginnings of what is up next bound what is down.
        bounds = [starts, *chain.from_iterable(wanted), ends]
        wanted = [
            (begins_at, until)
            for begins_at, until in zip(bounds[::2], bounds[1::2], strict=True)
            if begins_at < until
        ]
    return tuple(Holding(begins_at, until if until < ends else None) for begins_at, until in wanted)


class Order(NamedTuple):
    """The time of a decision, and the bar at whose opening it is filled."""

    decided_at: datetime
    bar: Bar


class Leg(NamedTuple):
    """One share of one holding; it stays where no order ends it."""

    symbol: str
    side: int
    entry: Order
    exit: Order | None


def legs(action: Action, prices: Prices, held: Sequence[Holding], ends: datetime) -> list[Leg]:
    """Return the orders of each share, each filled by the first bar to begin later than decision and delay.

    Orders that meet in one bar cancel each other: what ends there goes on, what began there never was.
    Raises LookAhead where a bar had begun before its order.
    """
    found: list[Leg] = []
    for symbol in action.symbols:
        side = 1 if symbol in action.long else -1
        own: list[Leg] = []
        for holding in held:
            entry = _order(action, prices, symbol, holding.from_at, ends)
            leave = _order(action, prices, symbol, holding.until, ends) if holding.until else None
            if entry is None or (leave and leave.bar.begins_at <= entry.bar.begins_at):
                continue
            before = own[-1].exit if own else None
            if before and before.bar.begins_at >= entry.bar.begins_at:
                own[-1] = own[-1]._replace(exit=leave)
            else:
                own.append(Leg(symbol, side, entry, leave))
        found += own
    return found


def trade(action: Action, prices: Prices, held: Sequence[Holding], ends: datetime) -> list[Trade]:
    """Fill the orders of all holdings, in the order of time."""
    trades: list[Trade] = []
    cash = STARTING_CAPITAL
    shares: defaultdict[str, float] = defaultdict(float)
    sizes: dict[Leg, float] = {}
    # At one time bars are booked before anything is decided: whoever decides knows them.
    steps: list[tuple[datetime, int, Leg, Order]] = []
    for leg in legs(action, prices, held, ends):
        steps.append((leg.entry.decided_at, _DECIDE, leg, leg.entry))
        steps.append((leg.entry.bar.known_at, _ENTER, leg, leg.entry))
        if leg.exit is not None:
            steps.append((leg.exit.bar.known_at, _LEAVE, leg, leg.exit))
    for time, step, leg, order in sorted(steps, key=lambda step: (step[0], step[1], step[2].symbol)):
        opened = order.bar.open_usd
        if step == _DECIDE:
            capital = max(0.0, cash + sum(_values(shares, prices.as_of(time))))
            sizes[leg] = leg.side * action.weight * capital / opened
            continue
        size = sizes[leg] if step == _ENTER else -sizes[leg]
        cost = abs(size) * opened * action.costs_bps * BASIS_POINT
        trades.append(
            Trade(leg.symbol, order.decided_at, order.bar.begins_at, order.bar.known_at, size, opened, cost)
        )
        cash -= size * opened + cost
        shares[leg.symbol] += size
    return trades


def _order(action: Action, prices: Prices, symbol: str, decided_at: datetime, ends: datetime) -> Order | None:
    placed_at = decided_at + action.delay
    bar = prices.fill(symbol, placed_at, ends)
    if bar is None:
        return None
    if bar.begins_at <= placed_at:
        raise LookAhead(f"{symbol}, decided at {decided_at}, would be traded at {bar.begins_at}")
    return Order(decided_at, bar)


def _values(shares: Mapping[str, float], prices: AsOf) -> Iterator[float]:
    for symbol, held in shares.items():
        if held:
            close = prices.close_usd(symbol)
            assert close is not None  # noqa: S101  a trade is booked once its bar, with its close, is known
            yield held * close


class Valuation(NamedTuple):
    """The capital after a bar, and the gross value of all positions."""

    known_at: datetime
    capital: float
    gross: float


@dataclass(frozen=True, slots=True, eq=False)
class Closes:
    """The times of a period at which a bar was known, and each share's last close known at each of them.

    A share that had no price yet has a close of 0: nobody holds it.
    """

    times: Sequence[datetime]
    usd: Mapping[str, Numbers]


def closes_of(action: Action, prices: Prices, period: Period) -> Closes:
    """Return the closes of an action's shares."""
    series = {symbol: prices.series[symbol] for symbol in action.symbols}
    known = {time for of_share in series.values() for time in of_share.known}
    times = sorted(time for time in known if period.starts <= time < period.ends)
    usd = {
        symbol: np.array([0.0, *(bar.close_usd for bar in of_share.bars)])[
            [bisect_right(of_share.known, time) for time in times]
        ]
        for symbol, of_share in series.items()
    }
    return Closes(times, usd)


def valuations_of(trades: Sequence[Trade], closes: Closes) -> list[Valuation]:
    """Return the capital and the gross value of all positions at each time."""
    levels, gross = _capital_and_gross(trades, closes)
    return list(map(Valuation, closes.times, levels.tolist(), gross.tolist()))


def total_return(
    action: Action, prices: Prices, held: Sequence[Holding], closes: Closes, ends: datetime
) -> float:
    """Return what the capital has grown by at the last of the closes, 0 where there is none."""
    levels, _ = _capital_and_gross(trade(action, prices, held, ends), closes)
    return float(levels[-1]) / STARTING_CAPITAL - 1 if len(levels) else 0.0


def _capital_and_gross(trades: Sequence[Trade], closes: Closes) -> tuple[Numbers, Numbers]:
    """Value the positions at each time; 0 from the first one on at which nothing is left."""
    paid = np.zeros(len(closes.times))
    bought = {symbol: np.zeros(len(closes.times)) for symbol in closes.usd}
    for trade in trades:
        at = bisect_left(closes.times, trade.known_at)
        paid[at] += trade.shares * trade.price_usd + trade.cost
        bought[trade.symbol][at] += trade.shares
    values = [np.cumsum(shares) * closes.usd[symbol] for symbol, shares in bought.items()]
    levels = STARTING_CAPITAL - np.cumsum(paid) + np.sum(values, axis=0)
    lost = np.logical_or.accumulate(levels <= 0)
    return np.where(lost, 0.0, levels), np.where(lost, 0.0, np.sum(np.abs(values), axis=0))
