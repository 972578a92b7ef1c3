"""Prices as they were known at a time, and the prices at which orders are filled afterwards.

Whoever decides at a time is given the prices of that time and no other: to ask for a later one
raises LookAhead. Orders are filled at the opening price of the first bar that begins after them.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

import numpy as np

from events.base import Event
from events.families.prices import DAY_SECONDS, GpuBarClosed
from ouroboros.backtest.bars import Gpu, Priced, bars_of
from ouroboros.history.source import History
from projections.event_batch import EventBatch
from projections.facts.gpu_index import GpuIndex, with_gpu_price


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

    def __init__(self, universe: Sequence[Priced], bar_seconds: int, histories: Sequence[History]) -> None:
        self.bar_seconds = bar_seconds
        self.series: dict[Priced, Series] = {priced: Series() for priced in universe}
        # All that has prices and the lengths of its bars, to name where those asked for are missing.
        self.lengths: dict[Priced, set[int]] = {}
        # What has bars of single prices alone; such bars of all are kept apart.
        self.single: frozenset[Priced] = frozenset()
        self._histories = histories
        self._of_singles: dict[Priced, Series] = {priced: Series() for priced in universe}
        self._indices: dict[Priced, GpuIndex] = {}

    def take(self, batch: EventBatch) -> None:
        """Take the bars of a batch, in known order; those of no use here are passed over."""
        bars = bars_of(batch)
        drawn = bars.drawn_by(self._histories)
        kinds = np.stack((bars.code, bars.interval_seconds))[:, ~drawn]
        for code, seconds in np.unique(kinds, axis=1).T.tolist():
            self.lengths.setdefault(bars.priced[code], set()).add(seconds)
        wanted = [code for code, priced in enumerate(bars.priced) if priced in self.series]
        at = np.flatnonzero(
            np.isin(bars.code, wanted) & (drawn | (bars.interval_seconds == self.bar_seconds))
        )
        columns = (bars.bucket, bars.known_at, bars.open_usd, bars.high_usd, bars.low_usd, bars.close_usd)
        rows = zip(
            *(drawn[at], bars.at[at].tolist(), bars.code[at].tolist()),
            *(column[at].tolist() for column in columns),
            strict=True,
        )
        for single, position, code, bucket, known_at, *prices in rows:
            series, priced = self._of_singles if single else self.series, bars.priced[code]
            of_bar: list[float] | None = prices
            if isinstance(priced, Gpu):
                of_bar = self._index(priced, batch.others[position].event)
            if of_bar:
                series[priced].add(bucket.replace(tzinfo=UTC), known_at.replace(tzinfo=UTC), of_bar)

    def _index(self, priced: Gpu, bar: Event) -> list[float] | None:
        """Return the index (USD) of the day of a bar, as it is known with it, in the place of its prices.

        None where too few offers make it.
        """
        assert isinstance(bar, GpuBarClosed)  # noqa: S101  nothing else has prices of GPUs
        if bar.interval_seconds != DAY_SECONDS:
            return [bar.middle_usd] * 4
        index = self._indices[priced] = with_gpu_price(self._indices.get(priced), bar)
        day = index.on(bar.bucket.date())
        return None if day is None or day.is_thin else [day.price_usd] * 4

    def let_single_prices_stand_in(self) -> None:
        """Take bars of single prices, once all is taken, where there are no others of any length."""
        self.single = frozenset(
            priced
            for priced, series in self._of_singles.items()
            if series.bars and priced not in self.lengths
        )
        self.series |= {priced: self._of_singles[priced] for priced in self.single}

    def as_of(self, time: datetime) -> "AsOf":
        """Return the prices that were known at a time."""
        return AsOf(self, time)

    def fill(self, symbol: str, after: datetime, ends: datetime) -> Bar | None:
        """Return the first bar that begins later than `after`; None where none is known before `ends`."""
        series = self.series[symbol]
        # A correction begins with its bar, and stands behind it.
        at = bisect_right(series.begun, after)
        if at == len(series.bars) or series.known[at] >= ends:
            return None
        return series.bars[at]


@dataclass(frozen=True, slots=True)
class AsOf:
    """Prices as they were known at a time."""

    prices: Prices
    time: datetime

    def close_usd(self, symbol: str, at: datetime | None = None) -> float | None:
        """Return the last close that was known `at` a time, that of the prices if none is given.

        None where no price was known. Raises LookAhead for a later time.
        """
        at = self.time if at is None else at
        if at > self.time:
            raise LookAhead(f"the close of {symbol} of {at} was asked for at {self.time}")
        series = self.prices.series[symbol]
        number = bisect_right(series.known, at)
        return series.bars[number - 1].close_usd if number else None
