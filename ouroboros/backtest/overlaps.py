"""What stands in several parts of a history: the same event and the same price count once.

Two prices for one bar are refused: which of them was known would depend on the order of the parts.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from math import isclose
from typing import NamedTuple

import numpy as np

from events.errors import UsageError
from events.families.prices import Bar
from ouroboros.backtest.bars import BatchBars, Priced, bars_of
from ouroboros.history.source import Entry, History
from ouroboros.imports.kinds.bars import ROUNDED
from projections.event_batch import EventBatch, Whole

# A bar of one time in two parts is noticed among so many of the last bars of its series.
BARS_COMPARED = 5

# What has a price, and the length of its bars in seconds.
_Series = tuple[Priced, int]


class _Seen(NamedTuple):
    """A bar, the part that it is of, and where it stands there."""

    part: int
    entry: Entry
    bar: Bar


class Overlaps:
    """Takes merged batches in known order, and says which of their events count."""

    def __init__(self, histories: Sequence[History]) -> None:
        self._histories = histories
        # 16 bytes an event: what stands in several parts is known by its identity alone.
        self._events: set[bytes] = set()
        self._bars: dict[_Series, list[_Seen]] = {}
        self.same_events = [0] * len(histories)
        self.same_prices = [0] * len(histories)

    def counting(self, batch: EventBatch, part: Whole) -> Whole:
        """Return the positions of the events that count; `part` says where each one is from.

        Raises UsageError where two parts have other prices for the same time.
        """
        counts = np.ones(len(batch), dtype=bool)
        if len(self._histories) == 1:
            return np.flatnonzero(counts)
        for position, event_id in enumerate(_ids(batch)):
            if event_id in self._events:
                counts[position] = False
                self.same_events[part[position]] += 1
            self._events.add(event_id)
        bars = bars_of(batch)
        compared = np.flatnonzero(counts[bars.at] & ~bars.drawn_by(self._histories))
        for series, positions in _series(bars, compared):
            for position in self._same(series, batch, part, positions):
                counts[position] = False
                self.same_prices[part[position]] += 1
        return np.flatnonzero(counts)

    def _same(self, series: _Series, batch: EventBatch, part: Whole, positions: Whole) -> Iterator[int]:
        """Yield the bars of a series that another part has with the same prices."""
        last = self._bars.setdefault(series, [])
        if len({*(seen.part for seen in last), *np.unique(part[positions]).tolist()}) == 1:
            last += [_seen(batch, part, position) for position in positions[-BARS_COMPARED:].tolist()]
        else:
            for position in positions.tolist():
                bar = _seen(batch, part, position)
                if any(self._is_same(series, seen, bar) for seen in last[-BARS_COMPARED:]):
                    yield position
                else:
                    last.append(bar)
        del last[:-BARS_COMPARED]

    def _is_same(self, series: _Series, seen: _Seen, other: _Seen) -> bool:
        there, bar = seen.bar, other.bar
        if seen.part == other.part or there.bucket != bar.bucket:
            return False
        if isclose(there.open_usd, bar.open_usd, rel_tol=ROUNDED) and isclose(
            there.close_usd, bar.close_usd, rel_tol=ROUNDED
        ):
            return True
        raise UsageError(
            f"{series[0]} of {bar.known_at:%Y-%m-%d %H:%M} UTC opened at {there.open_usd:,.10g}"
            f" and closed at {there.close_usd:,.10g} USD in {self._address(seen)}, but at"
            f" {bar.open_usd:,.10g} and {bar.close_usd:,.10g} USD in {self._address(other)}.",
            "Say `take: facts` under history beside the place whose prices are not to count, or leave one of"
            " the two out.",
        )

    def _address(self, bar: _Seen) -> str:
        return self._histories[bar.part].address(bar.entry)


def _ids(batch: EventBatch) -> Iterator[bytes]:
    texts = batch.bars.event_id.tolist()
    for position, text in enumerate(texts):
        other = batch.others.get(position)
        yield bytes.fromhex(text.replace("-", "")) if other is None else other.event.event_id.bytes


def _series(bars: BatchBars, compared: Whole) -> Iterator[tuple[_Series, Whole]]:
    """Return the positions of bars by series; those of one series stay in their order."""
    order = compared[np.lexsort((bars.interval_seconds[compared], bars.code[compared]))]
    code, seconds = bars.code[order], bars.interval_seconds[order]
    cuts = np.flatnonzero((np.diff(code) != 0) | (np.diff(seconds) != 0)) + 1
    for start, end in pairwise((0, *cuts.tolist(), len(order))):
        if start < end:
            yield (bars.priced[code[start]], int(seconds[start])), bars.at[order[start:end]]


def _seen(batch: EventBatch, part: Whole, position: int) -> _Seen:
    journaled = batch.journaled(position)
    bar = journaled.event
    assert isinstance(bar, Bar)  # noqa: S101  only bars are compared
    return _Seen(int(part[position]), Entry(journaled.offset, journaled.index, bar), bar)
