"""A stretch of history as columns: bars of shares, nearly all of it, are no events until one must be seen."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from events.codec import encode
from events.prices import EquityBarClosed
from projections.base import JournaledEvent

Texts = NDArray[np.object_]
Moments = NDArray[np.datetime64]
Numbers = NDArray[np.float64]
Whole = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Bars:
    """Bars of shares as columns: as long as their batch, and empty where another event stands.

    Moments are in UTC, to the microsecond; `code` is the place of the symbol in `symbols`, -1 where
    no bar stands; `payload` is the event as JSON, in today's version. What is in here was validated as
    an event before.
    """

    symbols: tuple[str, ...]
    code: Whole
    event_id: Texts
    occurred_at: Moments
    source: Texts
    certainty: Texts
    payload: Texts
    interval_seconds: Whole
    bucket: Moments
    open_usd: Numbers
    high_usd: Numbers
    low_usd: Numbers
    close_usd: Numbers
    volume: Numbers
    first_at: Moments
    last_at: Moments


@dataclass(frozen=True, slots=True, eq=False)
class EventBatch:
    """Events that follow each other in the order that is folded, each at its place in the journal.

    `now` is the clock of the fold, which goes on from the batch before. `others` are the events
    that are no bars of shares, as a fold takes them, by position in ascending order.
    """

    offset: Whole
    index: Whole
    known_at: Moments
    now: Moments
    bars: Bars
    others: Mapping[int, JournaledEvent]

    def __len__(self) -> int:
        return len(self.offset)

    def part(self, start: int, end: int) -> "EventBatch":
        """Give the events from a position up to, but without, another."""
        if (start, end) == (0, len(self)):
            return self
        bars = {
            one.name: getattr(self.bars, one.name)[start:end] for one in fields(Bars) if one.name != "symbols"
        }
        return EventBatch(
            offset=self.offset[start:end],
            index=self.index[start:end],
            known_at=self.known_at[start:end],
            now=self.now[start:end],
            bars=Bars(self.bars.symbols, **bars),
            others={
                position - start: one for position, one in self.others.items() if start <= position < end
            },
        )

    def journaled(self, position: int) -> JournaledEvent:
        """Give an event as a fold takes it; a bar is read from its JSON."""
        other = self.others.get(position)
        if other is not None:
            return other
        bar = EquityBarClosed.model_validate_json(self.bars.payload[position])
        now = in_utc(self.now[position])
        return JournaledEvent(int(self.offset[position]), int(self.index[position]), now, bar)


def in_utc(moment: Any) -> datetime:
    """Turn a moment of a column into one of Python."""
    made: datetime = moment.item()
    return made.replace(tzinfo=UTC)


def from_utc(moment: datetime) -> np.datetime64:
    """Turn a moment of Python into one of a column."""
    return np.datetime64(moment.astimezone(UTC).replace(tzinfo=None), "us")


def clock(known_at: Moments, before: datetime | None) -> Moments:
    """Compute the clock of a fold over a batch, on from what it was before."""
    now: Moments = np.maximum.accumulate(known_at)
    return now if before is None else np.maximum(now, from_utc(before))


def batch_of(records: Sequence[JournaledEvent]) -> EventBatch:
    """Make a batch of events that are in memory already."""
    size = len(records)
    places = {
        position: record.event
        for position, record in enumerate(records)
        if isinstance(record.event, EquityBarClosed)
    }
    symbols = tuple(dict.fromkeys(bar.symbol for bar in places.values()))
    columns: dict[str, NDArray[Any]] = {
        one.name: _empty(one.name, size) for one in fields(Bars) if one.name != "symbols"
    }
    numbers = {symbol: number for number, symbol in enumerate(symbols)}
    for position, bar in places.items():
        for name, column in columns.items():
            column[position] = _cell(bar, name, numbers)
    return EventBatch(
        offset=np.array([one.offset for one in records], dtype=np.int64),
        index=np.array([one.index for one in records], dtype=np.int64),
        known_at=np.array([from_utc(one.event.known_at) for one in records], dtype="datetime64[us]"),
        now=np.array([from_utc(one.now) for one in records], dtype="datetime64[us]"),
        bars=Bars(symbols, **columns),
        others={position: record for position, record in enumerate(records) if position not in places},
    )


def _empty(name: str, size: int) -> NDArray[Any]:
    match name:
        case "code":
            return np.full(size, -1, dtype=np.int64)
        case "interval_seconds":
            return np.zeros(size, dtype=np.int64)
        case "occurred_at" | "bucket" | "first_at" | "last_at":
            return np.full(size, np.datetime64("NaT"), dtype="datetime64[us]")
        case "event_id" | "source" | "certainty" | "payload":
            return np.full(size, None, dtype=object)
        case _:
            return np.full(size, np.nan)


def _cell(bar: EquityBarClosed, name: str, numbers: Mapping[str, int]) -> Any:
    match name:
        case "code":
            return numbers[bar.symbol]
        case "event_id":
            return str(bar.event_id)
        case "certainty":
            return bar.certainty.value
        case "payload":
            return encode(bar).decode()
        case _:
            value = getattr(bar, name)
            return from_utc(value) if isinstance(value, datetime) else value
