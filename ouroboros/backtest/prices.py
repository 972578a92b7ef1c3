"""Prices as they were known at a moment, and the prices at which orders are filled afterwards.

Whoever decides at a moment is given the prices of that moment and no other: to ask for a later one
raises LookAhead. Orders are filled at the opening price of the first bar that begins after them.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from events.prices import EquityBarClosed


class LookAhead(RuntimeError):
    """Stop a rule that asks for what was not known yet: a bug, which no result survives."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar as it was first known; `corrects` says that it adds to the one before."""

    begins_at: datetime
    known_at: datetime
    open_usd: float
    close_usd: float
    opens_apart: bool = True
    corrects: bool = False


@dataclass(slots=True)
class Series:
    """The bars of one share in the order in which they were known."""

    bars: list[Bar] = field(default_factory=list)
    known: list[datetime] = field(default_factory=list)
    begun: list[datetime] = field(default_factory=list)

    def add(self, event: EquityBarClosed) -> None:
        """Take the next bar; a bar of an older interval than the newest comes too late to matter."""
        bucket = event.bucket
        # A bar that opens, rises and falls nowhere was made of its close alone.
        apart = not (event.open_usd == event.high_usd == event.low_usd == event.close_usd)
        if self.begun and bucket < self.begun[-1]:
            return
        again = bool(self.begun) and bucket == self.begun[-1]
        opened = self.bars[-1].open_usd if again else event.open_usd
        self.bars.append(Bar(bucket, event.known_at, opened, event.close_usd, apart, again))
        self.known.append(event.known_at)
        self.begun.append(bucket)


class Prices:
    """The bars of the shares of a universe, of one length."""

    def __init__(self, universe: Sequence[str], bar_seconds: int) -> None:
        self.bar_seconds = bar_seconds
        self.series: dict[str, Series] = {symbol: Series() for symbol in universe}
        # Lengths of other bars, to tell of where those that are asked for are missing.
        self.lengths: dict[str, set[int]] = {}

    def add(self, event: EquityBarClosed) -> None:
        """Take a bar, in known order; what is of other shares or lengths is passed over."""
        series = self.series.get(event.symbol)
        if series is None:
            return
        if event.interval_seconds == self.bar_seconds:
            series.add(event)
        else:
            self.lengths.setdefault(event.symbol, set()).add(event.interval_seconds)

    def as_of(self, moment: datetime) -> "AsOf":
        """Give the prices that were known at a moment."""
        return AsOf(self, moment)

    def fill(self, symbol: str, after: datetime, ends: datetime) -> Bar | None:
        """Find the first bar that begins later than `after`; None where none is known before `ends`."""
        series = self.series[symbol]
        # A correction begins with its bar, and stands behind it.
        at = bisect_right(series.begun, after)
        if at == len(series.bars) or series.known[at] >= ends:
            return None
        return series.bars[at]


@dataclass(frozen=True, slots=True)
class AsOf:
    """Prices as they were known at a moment."""

    prices: Prices
    moment: datetime

    def close_usd(self, symbol: str, at: datetime | None = None) -> float | None:
        """Give the last close that was known `at` a time, the moment itself if none is given.

        None where no price was known. Raises LookAhead for a time after the moment.
        """
        at = self.moment if at is None else at
        if at > self.moment:
            raise LookAhead(f"the close of {symbol} of {at} was asked for at {self.moment}")
        series = self.prices.series[symbol]
        place = bisect_right(series.known, at)
        return series.bars[place - 1].close_usd if place else None
