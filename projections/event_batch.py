"""A stretch of history as columns: bars of shares, nearly all of it, are no events until one must be seen."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from events.codec import encode
from events.families.prices import EquityBarClosed
from projections.base import JournaledEvent

Texts = NDArray[np.object_]
Times = NDArray[np.datetime64]
Numbers = NDArray[np.float64]
Whole = NDArray[np.int64]

_NUMBERS = ("open_usd", "high_usd", "low_usd", "close_usd", "volume")
_TIMES = ("occurred_at", "bucket", "first_at", "last_at")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NOT_A_TIME = np.datetime64("NaT", "us")


@dataclass(frozen=True, slots=True, eq=False)
class Bars:
    """Bars of shares as columns: as long as their batch, and empty where another event stands.

    Times are in UTC, to the microsecond; `code` is the place of the symbol in `symbols`, -1 where
    no bar stands; `payload` is the event as JSON, in today's version. What is in here was validated as
    an event before.
    """

    symbols: tuple[str, ...]
    code: Whole
    event_id: Texts
    occurred_at: Times
    source: Texts
    certainty: Texts
    payload: Texts
    interval_seconds: Whole
    bucket: Times
    open_usd: Numbers
    high_usd: Numbers
    low_usd: Numbers
    close_usd: Numbers
    volume: Numbers
    first_at: Times
    last_at: Times


@dataclass(frozen=True, slots=True, eq=False)
class EventBatch:
    """Events that follow each other in the order that is folded, each at its place in the journal.

    `now` is the clock of the fold, which goes on from the batch before. `others` are the events
    that are no bars of shares, as a fold takes them, by position in ascending order; `read` are bars
    that were events before they became columns.
    """

    offset: Whole
    index: Whole
    known_at: Times
    now: Times
    bars: Bars
    others: Mapping[int, JournaledEvent]
    read: Mapping[int, JournaledEvent] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.offset)

    def part(self, start: int, end: int) -> "EventBatch":
        """Return the events from a position up to, but without, another."""
        if (start, end) == (0, len(self)):
            return self
        bars = {
            column.name: getattr(self.bars, column.name)[start:end]
            for column in fields(Bars)
            if column.name != "symbols"
        }
        return EventBatch(
            offset=self.offset[start:end],
            index=self.index[start:end],
            known_at=self.known_at[start:end],
            now=self.now[start:end],
            bars=Bars(self.bars.symbols, **bars),
            others=_between(self.others, start, end),
            read=_between(self.read, start, end),
        )

    def journaled(self, position: int) -> JournaledEvent:
        """Return an event as a fold takes it; a bar is read from its JSON."""
        known = self.others.get(position) or self.read.get(position)
        if known is not None:
            return known
        bar = EquityBarClosed.model_validate_json(self.bars.payload[position])
        now = in_utc(self.now[position])
        return JournaledEvent(int(self.offset[position]), int(self.index[position]), now, bar)


def _between(events: Mapping[int, JournaledEvent], start: int, end: int) -> dict[int, JournaledEvent]:
    return {position - start: event for position, event in events.items() if start <= position < end}


def in_utc(time: Any) -> datetime:
    """Convert a time of a column to one of Python."""
    made: datetime = time.item()
    return made.replace(tzinfo=UTC)


def from_utc(time: datetime) -> np.datetime64:
    """Convert a time of Python to one of a column."""
    return np.datetime64(time.astimezone(UTC).replace(tzinfo=None), "us")


def clock(known_at: Times, before: datetime | None) -> Times:
    """Return the clock of a fold over a batch, on from what it was before."""
    now: Times = np.maximum.accumulate(known_at)
    return now if before is None else np.maximum(now, from_utc(before))


def batch_of(events: Sequence[JournaledEvent]) -> EventBatch:
    """Return a batch of events that are in memory already."""
    at = [position for position, journaled in enumerate(events) if type(journaled.event) is EquityBarClosed]
    read = {position: events[position] for position in at}
    bars: list[Any] = [journaled.event for journaled in read.values()]
    return EventBatch(
        offset=np.array([journaled.offset for journaled in events], dtype=np.int64),
        index=np.array([journaled.index for journaled in events], dtype=np.int64),
        known_at=_times([journaled.event.known_at for journaled in events]),
        now=_times([journaled.now for journaled in events]),
        bars=_columns(bars, at, len(events)) if at else _no_bars(len(events)),
        others=dict(enumerate(events)) if not at else {
            position: journaled for position, journaled in enumerate(events) if position not in read
        },
        read=read,
    )  # fmt: skip


def _columns(bars: Sequence[Any], at: Sequence[int], size: int) -> Bars:
    codes: dict[str, int] = {}
    code = [codes.setdefault(bar.symbol, len(codes)) for bar in bars]
    numbers = {
        name: _filled(at, [getattr(bar, name) for bar in bars], np.full(size, np.nan)) for name in _NUMBERS
    }
    times = {
        name: _filled(at, _times([getattr(bar, name) for bar in bars]), np.full(size, _NOT_A_TIME))
        for name in _TIMES
    }
    return Bars(
        symbols=tuple(codes),
        code=_filled(at, code, np.full(size, -1, dtype=np.int64)),
        event_id=_texts(at, [str(bar.event_id) for bar in bars], size),
        source=_texts(at, [bar.source for bar in bars], size),
        certainty=_texts(at, [bar.certainty.value for bar in bars], size),
        payload=_texts(at, [encode(bar).decode() for bar in bars], size),
        interval_seconds=_filled(at, [bar.interval_seconds for bar in bars], np.zeros(size, dtype=np.int64)),
        **numbers,
        **times,
    )


@lru_cache(maxsize=1_024)
def _no_bars(size: int) -> Bars:
    # Nobody writes into the columns of a batch.
    return _columns((), (), size)


def _filled(at: Sequence[int], values: Any, column: NDArray[Any]) -> NDArray[Any]:
    if len(at):
        column[at] = values
    return column


def _texts(at: Sequence[int], texts: list[str], size: int) -> Texts:
    return _filled(at, texts, np.full(size, None, dtype=object))


def _times(times: Sequence[datetime]) -> Times:
    # A third of what numpy takes to read the times itself.
    since = [time - _EPOCH for time in times]
    microseconds = [86_400_000_000 * age.days + 1_000_000 * age.seconds + age.microseconds for age in since]
    return np.array(microseconds, dtype=np.int64).view("datetime64[us]")
