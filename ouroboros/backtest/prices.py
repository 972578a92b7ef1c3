"""Prices as they were known at a moment, and the prices at which orders are filled afterwards.

Whoever decides at a moment is given the prices of that moment and no other: to ask for a later one
raises LookAhead. Orders are filled at the opening price of the first bar that begins after them.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

import numpy as np

from events.prices import EquityBarClosed, EquityPriced, GpuBarClosed, GpuPriced, Tick
from ouroboros.backtest.priced import Priced, priced_by
from ouroboros.backtest.single_prices import bucket_of
from projections.event_batch import EventBatch


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
    """The bars of one share or GPU model in the order in which they were known."""

    bars: list[Bar] = field(default_factory=list)
    known: list[datetime] = field(default_factory=list)
    begun: list[datetime] = field(default_factory=list)
    # When the newest single price was made: one that was made before it is no close.
    newest: datetime | None = None

    def add(self, bucket: datetime, known_at: datetime, prices: Sequence[float]) -> None:
        """Take the next bar, its open, high, low and close in USD; an older one comes too late to matter."""
        opened, high, low, closed = prices
        # A bar that opens, rises and falls nowhere was made of its close alone.
        apart = not (opened == high == low == closed)
        if self.begun and bucket < self.begun[-1]:
            return
        again = bool(self.begun) and bucket == self.begun[-1]
        first = self.bars[-1].open_usd if again else opened
        self.bars.append(Bar(bucket, known_at, first, closed, apart, again))
        self.known.append(known_at)
        self.begun.append(bucket)


class Prices:
    """The bars of a universe, of one length."""

    def __init__(self, universe: Sequence[Priced], bar_seconds: int) -> None:
        self.bar_seconds = bar_seconds
        self.series: dict[Priced, Series] = {one: Series() for one in universe}
        # All that has prices and the lengths of its bars, to tell of where those asked for are missing.
        self.lengths: dict[Priced, set[int]] = {}
        # What has single prices in place of bars; bars are drawn of all of them.
        self.single: frozenset[Priced] = frozenset()
        self._singles: dict[Priced, Series] = {one: Series() for one in universe}

    def take(self, batch: EventBatch) -> None:
        """Take the bars of a batch, in known order; those of no use here are passed over."""
        bars = batch.bars
        kinds = np.stack((bars.code, bars.interval_seconds))[:, bars.code >= 0]
        for code, seconds in np.unique(kinds, axis=1).T.tolist():
            self.lengths.setdefault(bars.symbols[code], set()).add(seconds)
        wanted = [code for code, symbol in enumerate(bars.symbols) if symbol in self.series]
        at = np.flatnonzero(np.isin(bars.code, wanted) & (bars.interval_seconds == self.bar_seconds))
        columns = (bars.bucket, batch.known_at, bars.open_usd, bars.high_usd, bars.low_usd, bars.close_usd)
        rows = zip(at.tolist(), bars.code[at].tolist(), *(one[at].tolist() for one in columns), strict=True)
        found = [
            (position, bars.symbols[code], bucket.replace(tzinfo=UTC), known_at.replace(tzinfo=UTC), prices)
            for position, code, bucket, known_at, *prices in rows
        ]
        for position, one in batch.others.items():
            bar = one.event
            if isinstance(bar, EquityPriced | GpuPriced):
                self._take_single(bar)
            elif isinstance(bar, EquityBarClosed | GpuBarClosed):
                priced = priced_by(bar)
                self.lengths.setdefault(priced, set()).add(bar.interval_seconds)
                if priced in self.series and bar.interval_seconds == self.bar_seconds:
                    prices = [bar.open_usd, bar.high_usd, bar.low_usd, bar.close_usd]
                    found.append((position, priced, bar.bucket, bar.known_at, prices))
        for _, priced, bucket, known_at, prices in sorted(found, key=lambda one: one[0]):
            self.series[priced].add(bucket, known_at, prices)

    def let_single_prices_stand_in(self) -> None:
        """Take single prices for bars, once all is taken, where there are none of any length."""
        self.single = frozenset(
            one for one, drawn in self._singles.items() if drawn.bars and one not in self.lengths
        )
        self.series |= {one: self._singles[one] for one in self.single}

    def _take_single(self, tick: Tick) -> None:
        """Draw a bar as one is drawn live: its first price opens it, each further one corrects its close."""
        series = self._singles.get(priced_by(tick))
        if series is None or (series.newest is not None and tick.occurred_at < series.newest):
            return
        series.newest = tick.occurred_at
        bucket = bucket_of(tick.occurred_at, self.bar_seconds)
        series.add(bucket, tick.known_at, [tick.price_usd] * 4)

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
