"""What an action trades: orders after signals, filled at the next opening prices, with costs.

Shares are counted when an order is filled: weight times the capital at the time of the decision,
at the closes known then, divided by the opening price at which it is filled. They stay the same until
the position is closed. Idle capital earns nothing, borrowed shares cost nothing, capital begins at 1.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

import numpy as np

from ouroboros.backtest.outcomes import Numbers
from ouroboros.backtest.prices import AsOf, Bar, LookAhead, Prices
from ouroboros.backtest.signals import ActivePeriod
from ouroboros.backtest.study import Action, Period

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


@dataclass(slots=True)
class Account:
    """Cash and shares, and what has been done so far."""

    cash: float = STARTING_CAPITAL
    shares: dict[str, float] = field(default_factory=dict)
    trades: list[Trade] = field(default_factory=list)

    def capital(self, prices: AsOf) -> float:
        """Value everything at the last closes known at a time."""
        return self.cash + sum(self._values(prices))

    def book(self, trade: Trade) -> None:
        """Pay for a trade."""
        self.cash -= trade.shares * trade.price_usd + trade.cost
        self.shares[trade.symbol] = self.shares.get(trade.symbol, 0.0) + trade.shares
        self.trades.append(trade)

    def _values(self, prices: AsOf) -> Iterator[float]:
        for symbol, held in self.shares.items():
            if held:
                close = prices.close_usd(symbol)
                assert close is not None  # noqa: S101  a trade is booked once its bar, with its close, is known
                yield held * close


def holdings(action: Action, active_periods: Iterable[ActivePeriod], period: Period) -> tuple[Holding, ...]:
    """Return when the action wants to hold within a period; what is up already counts from its start."""
    starts, ends = period.starts, period.ends
    clipped = [
        (max(active.begins_at, starts), active.ends_at)
        for active in active_periods
        if active.begins_at < ends and (active.ends_at is None or active.ends_at > starts)
    ]
    if action.while_up is not None:
        wanted = clipped
    else:
        wanted = []
        free_from: datetime | None = starts
        for begins_at, ended_at in clipped:
            if free_from is not None and begins_at > free_from:
                wanted.append((free_from, begins_at))
            free_from = ended_at
        if free_from is not None and free_from < ends:
            wanted.append((free_from, None))
    return tuple(
        Holding(begins_at, None if ended_at is None or ended_at >= ends else ended_at)
        for begins_at, ended_at in wanted
    )


class Leg(NamedTuple):
    """One share of one holding: the bars at whose opening it begins and ends; it stays where none ends it."""

    symbol: str
    side: int
    decided_at: datetime
    entry: Bar
    left_at: datetime | None
    exit: Bar | None


def legs(action: Action, prices: Prices, held: Sequence[Holding], ends: datetime) -> list[Leg]:
    """Return the bars that each order is filled at: the first to begin later than decision and delay.

    Orders that meet in one bar cancel each other: what ends there goes on, what began there never was.
    Raises LookAhead where a bar had begun before its order.
    """
    found: list[Leg] = []
    for symbol in action.symbols:
        side = 1 if symbol in action.long else -1
        own: list[Leg] = []
        for holding in held:
            entry = _opening(action, prices, symbol, holding.from_at, ends)
            if entry is None:
                continue
            leave = None if holding.until is None else _opening(action, prices, symbol, holding.until, ends)
            left_at = holding.until if leave is not None else None
            if leave is not None and leave.begins_at <= entry.begins_at:
                continue
            before = own[-1].exit if own else None
            if before is not None and before.begins_at >= entry.begins_at:
                own[-1] = own[-1]._replace(left_at=left_at, exit=leave)
            else:
                own.append(Leg(symbol, side, holding.from_at, entry, left_at, leave))
        found += own
    return found


def trade(action: Action, prices: Prices, held: Sequence[Holding], ends: datetime) -> Account:
    """Fill the orders of all holdings, in the order of time."""
    account = Account()
    shares: dict[Leg, float] = {}
    # At one time bars are booked before anything is decided: whoever decides knows them.
    steps: list[tuple[datetime, int, Leg]] = []
    for leg in legs(action, prices, held, ends):
        steps.append((leg.decided_at, _DECIDE, leg))
        steps.append((leg.entry.known_at, _ENTER, leg))
        if leg.exit is not None:
            steps.append((leg.exit.known_at, _LEAVE, leg))
    for time, step, leg in sorted(steps, key=lambda order: (order[0], order[1], order[2].symbol)):
        if step == _DECIDE:
            capital = max(0.0, account.capital(prices.as_of(time)))
            shares[leg] = leg.side * action.weight * capital / leg.entry.open_usd
        elif step == _ENTER:
            account.book(_filled(action, leg, leg.decided_at, leg.entry, shares[leg]))
        elif leg.exit is not None and leg.left_at is not None:
            account.book(_filled(action, leg, leg.left_at, leg.exit, -shares[leg]))
    return account


def _opening(action: Action, prices: Prices, symbol: str, decided_at: datetime, ends: datetime) -> Bar | None:
    bar = prices.fill(symbol, decided_at + action.delay, ends)
    if bar is not None and bar.begins_at <= decided_at + action.delay:
        raise LookAhead(f"{symbol}, decided at {decided_at}, would be traded at {bar.begins_at}")
    return bar


def _filled(action: Action, leg: Leg, decided_at: datetime, bar: Bar, shares: float) -> Trade:
    cost = abs(shares) * bar.open_usd * action.costs_bps * BASIS_POINT
    return Trade(leg.symbol, decided_at, bar.begins_at, bar.known_at, shares, bar.open_usd, cost)


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


def capital(trades: Sequence[Trade], closes: Closes) -> Numbers:
    """Value the capital at each time; 0 from the first one on at which nothing is left."""
    return _capital_and_gross(trades, closes)[0]


def valuations_of(trades: Sequence[Trade], closes: Closes) -> list[Valuation]:
    """Return the capital and the gross value of all positions at each time."""
    levels, gross = _capital_and_gross(trades, closes)
    return [
        Valuation(*valuation) for valuation in zip(closes.times, levels.tolist(), gross.tolist(), strict=True)
    ]


def total_return(levels: Numbers) -> float:
    """Return what the capital has grown by at the last time, 0 where there is none."""
    return float(levels[-1]) / STARTING_CAPITAL - 1 if len(levels) else 0.0


def _capital_and_gross(trades: Sequence[Trade], closes: Closes) -> tuple[Numbers, Numbers]:
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
