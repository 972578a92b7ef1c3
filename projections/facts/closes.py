"""Daily closes of a few shares, as many days of them as are needed, whatever order they come in.

A share is followed from when it is named: what its price was before then is not known here. Estimates,
such as the round quotes of a source, stand in only for a share of which no other close is known: certainty
decides, whichever came first.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from statistics import fmean
from typing import NamedTuple
from uuid import UUID

from events.families.prices import EquityBarClosed
from events.words import day as day_in_words
from projections.facts.year import is_estimate
from projections.persistent import PersistentMap

# Markets close for weekends and holidays; what is older than this says nothing of a day.
WITHIN = timedelta(days=7)
ONE_DAY = timedelta(days=1)
# A hostile price must not become an infinity.
GREATEST_RATIO = 1e6
# A sentence names so many shares; the others it counts.
MOST_NAMED = 5
# A basket says something where more than this part of its shares has prices near both days.
LEAST_PART = 0.5
NEEDED = "more than half of the shares"


class Close(NamedTuple):
    """The last price of a day (USD), when it was made, and the event that brought it."""

    day: date
    price_usd: float
    at: datetime
    event_id: UUID
    is_estimate: bool = False


# Of one share, one a day, the oldest first; all estimates, or none.
Closes = tuple[Close, ...]
NO_CLOSES: Closes = ()


class Move(NamedTuple):
    """A share between two closes; `change` is new / old - 1, six decimals, so that 10 % is 10 %."""

    symbol: str
    change: float
    old: Close
    new: Close

    @property
    def name(self) -> str:
        """Return the share in words, which say where a price is a quote."""
        return f"{self.symbol} as quoted" if self.new.is_estimate else self.symbol


class Basket(NamedTuple):
    """The shares of a basket, and how far those moved that have a close near both days."""

    symbols: tuple[str, ...]
    moves: tuple[Move, ...]
    newest: date
    days: timedelta

    @property
    def is_known(self) -> bool:
        """Return whether enough of the shares have prices to speak of the basket."""
        return len(self.moves) > LEAST_PART * len(self.symbols)

    @property
    def mean(self) -> float:
        """Return the mean change of the shares that have prices."""
        return fmean([move.change for move in self.moves])

    @property
    def rests_on(self) -> str:
        """Write the shares that it rests on, and of how many they are: CAT, GEV, 2 of 3."""
        names = listed(tuple(move.name for move in self.moves))
        return f"{names}, {len(self.moves)} of {len(self.symbols)}"

    def missing(self, of: str, needed: str = NEEDED) -> str:
        """Write what a basket, `of` whose shares it is, lacks to say anything."""
        found = len(self.moves)
        have = f"{found} {'has' if found == 1 else 'have'} a price"
        near = f"both near {day_in_words(self.newest)} and {self.days.days} days before"
        rests = f" ({listed(tuple(move.name for move in self.moves))})" if found else ""
        return (
            f"of the {len(self.symbols)} shares of the {of} ({listed(self.symbols)}) {have} {near}{rests},"
            f" and {needed} must have one"
        )


def with_close(closes: Closes, bar: EquityBarClosed, kept: timedelta) -> Closes:
    """Take in the close of a bar, and let go of the days that lie `kept` or more before the newest one.

    A day's close is the price that was made last, however late it comes; an estimate is none beside other
    closes. The very same closes come back where the bar changes nothing.
    """
    close = Close(bar.bucket.date(), bar.close_usd, bar.last_at, bar.event_id, is_estimate(bar))
    if closes and close.is_estimate is not closes[-1].is_estimate:
        return closes if close.is_estimate else (close,)
    index = _first_from(closes, close.day)
    same_day = index < len(closes) and closes[index].day == close.day
    if same_day and close.at < closes[index].at:
        return closes
    if closes and close.day <= closes[-1].day - kept:
        return closes
    # Nearly every price is one of the newest day.
    oldest = max(close.day, closes[-1].day if closes else close.day) - kept
    first = _first_from(closes, oldest + ONE_DAY)
    return (*closes[first:index], close, *closes[index + same_day :])


def close_on(closes: Closes, day: date) -> Close | None:
    """Find the close that holds on a day: the day's own, or the last one of the week up to it."""
    # The day asked for is mostly that of the newest close.
    end = len(closes) if closes and closes[-1].day <= day else _first_from(closes, day + ONE_DAY)
    if not end or closes[end - 1].day <= day - WITHIN:
        return None
    return closes[end - 1]


def newest_days(closes: Closes, length: timedelta) -> Closes:
    """Return the newest close and those that lie less than `length` before it."""
    return closes[_first_from(closes, closes[-1].day - length + ONE_DAY) :] if closes else closes


def of_shares(closes: PersistentMap[str, Closes], symbols: Iterable[str]) -> dict[str, Closes]:
    """Return the closes of those of the shares that have any."""
    return {symbol: of_share for symbol in symbols if (of_share := closes.get(symbol))}


def basket(closes: Mapping[str, Closes], symbols: tuple[str, ...], newest: date, days: timedelta) -> Basket:
    """Measure the shares that have a close on both the day `newest` and `days` before, in their order."""
    found = list[Move]()
    before = newest - days
    for symbol in symbols:
        of_share = closes.get(symbol, NO_CLOSES)
        old = close_on(of_share, before)
        new = old and close_on(of_share, newest)
        if old and new:
            found.append(Move(symbol, change(old, new), old, new))
    return Basket(symbols, tuple(found), newest, days)


def closes_in(moves: Iterable[Move]) -> Iterator[UUID]:
    """Return the events of the closes of some shares, those first that moved most."""
    for move in sorted(moves, key=lambda move: (-abs(move.change), move.symbol)):
        yield from (move.new.event_id, move.old.event_id)


def newest(closes: Mapping[str, Closes]) -> Close | None:
    """Find the newest close of any of these shares: of the newest day the one that was made last."""
    newest_of_each = (of_share[-1] for of_share in closes.values())
    return max(newest_of_each, key=lambda close: (close.day, close.at), default=None)


def change(old: Close, new: Close) -> float:
    """Return new / old - 1; six decimals."""
    return round(min(new.price_usd / old.price_usd, GREATEST_RATIO) - 1, 6)


def signed(share: float) -> str:
    """Write a change with its sign and one decimal: +12.3 %."""
    return f"{share * 100:+.1f} %"


def listed(symbols: Sequence[str]) -> str:
    """Write the shares of a basket, the first ones by name: CAT, ENR.DE, GEV."""
    more = len(symbols) - MOST_NAMED
    return ", ".join(symbols[:MOST_NAMED]) + (f" and {more} more" if more > 0 else "")


def _first_from(closes: Closes, day: date) -> int:
    """Return the index of the first close of a day or later."""
    # Closes are compared by their day first, and what is shorter comes before.
    index: int = bisect_left(closes, (day,))
    return index
