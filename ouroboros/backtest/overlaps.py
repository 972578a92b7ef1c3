"""What stands in several parts of a history: the same event and the same price count once.

Two prices for one bar are refused: which of them was known would depend on the order of the parts.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from math import isclose

import numpy as np

from events.errors import UsageError
from events.prices import EquityBarClosed, GpuBarClosed
from ouroboros.backtest.priced import Priced, priced_by
from ouroboros.history.kinds.bars import ROUNDED
from ouroboros.history.places import place_of
from ouroboros.history.source import History
from projections.event_batch import EventBatch, Whole, in_utc

# A bar of one time in two parts is noticed among so many of the last bars of its series.
BARS_COMPARED = 5

# What has a price, and the length of its bars in seconds.
_Series = tuple[Priced, int]


@dataclass(frozen=True, slots=True)
class _Seen:
    """A bar, and where it stands."""

    part: int
    place: tuple[int, int]
    source: str
    bucket: datetime
    known_at: datetime
    open_usd: float
    close_usd: float


class Overlaps:
    """Takes merged batches in known order, and tells which of their events count."""

    def __init__(self, parts: Sequence[tuple[str, History]]) -> None:
        self._parts = parts
        # 16 bytes an event: what stands in several parts is told by its identity alone.
        self._events: set[bytes] = set()
        self._bars: dict[_Series, list[_Seen]] = {}
        self.same_events = [0] * len(parts)
        self.same_prices = [0] * len(parts)

    def counting(self, batch: EventBatch, part: Whole) -> Whole:
        """Give the positions of the events that count; `part` says where each one is from.

        Raises UsageError where two parts have other prices for the same time.
        """
        if len(self._parts) == 1:
            return np.arange(len(batch))
        counts = np.ones(len(batch), dtype=bool)
        for position, event_id in enumerate(_ids(batch)):
            if event_id in self._events:
                counts[position] = False
                self.same_events[part[position]] += 1
            self._events.add(event_id)
        for series, positions in _series(batch, counts).items():
            for position in self._same(series, batch, part, positions):
                counts[position] = False
                self.same_prices[part[position]] += 1
        return np.flatnonzero(counts)

    def _same(self, series: _Series, batch: EventBatch, part: Whole, positions: Whole) -> Iterator[int]:
        """Find the bars of a series that another part has with the same prices."""
        last = self._bars.setdefault(series, [])
        if len({*(one.part for one in last), *np.unique(part[positions]).tolist()}) == 1:
            last += [_seen(batch, part, one) for one in positions[-BARS_COMPARED:].tolist()]
        else:
            for position in positions.tolist():
                bar = _seen(batch, part, position)
                if any(self._is_same(series, one, bar) for one in last[-BARS_COMPARED:]):
                    yield position
                else:
                    last.append(bar)
        del last[:-BARS_COMPARED]

    def _is_same(self, series: _Series, there: _Seen, bar: _Seen) -> bool:
        if there.part == bar.part or there.bucket != bar.bucket:
            return False
        if isclose(there.open_usd, bar.open_usd, rel_tol=ROUNDED) and isclose(
            there.close_usd, bar.close_usd, rel_tol=ROUNDED
        ):
            return True
        raise UsageError(
            f"{series[0]} of {bar.known_at:%Y-%m-%d %H:%M} UTC opened at {there.open_usd:,.10g} and closed at"
            f" {there.close_usd:,.10g} USD in {self._place(there)}, but at {bar.open_usd:,.10g} and"
            f" {bar.close_usd:,.10g} USD in {self._place(bar)}.",
            "Say `take: facts` under history beside the place whose prices are not to count, or leave one of"
            " the two out.",
        )

    def _place(self, bar: _Seen) -> str:
        name, history = self._parts[bar.part]
        return place_of(history, name, bar.place, bar.source, bar.known_at)


def _ids(batch: EventBatch) -> Iterator[bytes]:
    texts = batch.bars.event_id.tolist()
    for position, text in enumerate(texts):
        other = batch.others.get(position)
        yield bytes.fromhex(text.replace("-", "")) if other is None else other.event.event_id.bytes


def _series(batch: EventBatch, counts: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> Mapping[_Series, Whole]:
    """Sort the bars that count by series."""
    bars = batch.bars
    found: dict[_Series, Whole] = {}
    others: dict[_Series, list[int]] = {}
    at = np.flatnonzero((bars.code >= 0) & counts)
    # By share, then by length; those of one series stay in their order.
    order = at[np.lexsort((bars.interval_seconds[at], bars.code[at]))]
    code, seconds = bars.code[order], bars.interval_seconds[order]
    cuts = np.flatnonzero((np.diff(code) != 0) | (np.diff(seconds) != 0)) + 1
    for start, end in pairwise((0, *cuts.tolist(), len(order))):
        if start < end:
            found[bars.symbols[code[start]], int(seconds[start])] = order[start:end]
    for position, one in batch.others.items():
        event = one.event
        if counts[position] and isinstance(event, EquityBarClosed | GpuBarClosed):
            series = priced_by(event), event.interval_seconds
            others.setdefault(series, []).append(position)
    return found | {
        series: np.sort(np.append(found.get(series, at[:0]), positions))
        for series, positions in others.items()
    }


def _seen(batch: EventBatch, part: Whole, position: int) -> _Seen:
    bars, other = batch.bars, batch.others.get(position)
    place = int(batch.offset[position]), int(batch.index[position])
    if other is not None:
        event = other.event
        assert isinstance(event, EquityBarClosed | GpuBarClosed)  # noqa: S101  only bars are compared
        prices = event.bucket, event.known_at, event.open_usd, event.close_usd
        return _Seen(int(part[position]), place, event.source, *prices)
    return _Seen(
        int(part[position]),
        place,
        str(bars.source[position]),
        in_utc(bars.bucket[position]),
        in_utc(batch.known_at[position]),
        float(bars.open_usd[position]),
        float(bars.close_usd[position]),
    )
