"""What an action trades: orders after signals, filled at the next opening prices, with costs.

Shares are counted when an order is filled: weight times the capital at the moment of the decision,
at the closes known then, divided by the opening price at which it is filled. They stay the same until
the position is closed. Idle capital earns nothing, borrowed shares cost nothing, capital begins at 1.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from ouroboros.backtest.prices import AsOf, Bar, LookAhead, Prices
from ouroboros.backtest.signals import Spell
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
        """Value everything at the last closes known at a moment."""
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


def holdings(action: Action, spells: Iterable[Spell], period: Period) -> tuple[Holding, ...]:
    """Say when the action wants to hold within a time; a spell that goes on already counts from its start."""
    starts, ends = period.starts, period.ends
    clipped = [
        (max(one.begins_at, starts), one.ends_at)
        for one in spells
        if one.begins_at < ends and (one.ends_at is None or one.ends_at > starts)
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
    """Find the bars that each order is filled at: the first to begin later than decision and delay.

    Orders that meet in one bar cancel each other: what ends there goes on, what began there never was.
    Raises LookAhead where a bar had begun before its order.
    """
    found: list[Leg] = []
    for symbol in action.symbols:
        side = 1 if symbol in action.long else -1
        own: list[Leg] = []
        for one in held:
            entry = _opening(action, prices, symbol, one.from_at, ends)
            if entry is None:
                continue
            leave = None if one.until is None else _opening(action, prices, symbol, one.until, ends)
            left_at = one.until if leave is not None else None
            if leave is not None and leave.begins_at <= entry.begins_at:
                continue
            before = own[-1].exit if own else None
            if before is not None and before.begins_at >= entry.begins_at:
                own[-1] = own[-1]._replace(left_at=left_at, exit=leave)
            else:
                own.append(Leg(symbol, side, one.from_at, entry, left_at, leave))
        found += own
    return found


def trade(action: Action, prices: Prices, held: Sequence[Holding], ends: datetime) -> Account:
    """Fill the orders of all holdings, in the order of time."""
    account = Account()
    shares: dict[Leg, float] = {}
    # At one moment bars are booked before anything is decided: whoever decides knows them.
    steps: list[tuple[datetime, int, Leg]] = []
    for leg in legs(action, prices, held, ends):
        steps.append((leg.decided_at, _DECIDE, leg))
        steps.append((leg.entry.known_at, _ENTER, leg))
        if leg.exit is not None:
            steps.append((leg.exit.known_at, _LEAVE, leg))
    for moment, step, leg in sorted(steps, key=lambda one: (one[0], one[1], one[2].symbol)):
        if step == _DECIDE:
            capital = max(0.0, account.capital(prices.as_of(moment)))
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
