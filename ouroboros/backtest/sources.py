"""The history of a study: its parts as one, in the order in which the world could know them."""

import heapq
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import chain
from typing import NamedTuple
from uuid import UUID, uuid5

import orjson

from events.base import EVENT_ID_NAMESPACE, Certainty, Event
from events.desk import ThresholdOverride, WatchlistChanged, WindowOverride
from events.errors import UsageError
from events.prices import EquityBarClosed
from ouroboros.history.source import Entry, History, Order, recorded
from projections.base import Recorded

# A share's bar of one time in two places is noticed among so many of its last bars.
BARS_COMPARED = 5
EVENTS_KEPT = 50_000


class _Place(NamedTuple):
    part: int
    entry: Entry


class Source:
    """Histories under their names, read until a moment; a fact that stands in several counts once.

    A history of at most EVENTS_KEPT events is read once and kept, a longer one is read again each time.
    """

    def __init__(self, parts: Sequence[tuple[str, History]], until: datetime) -> None:
        self._parts = tuple(parts)
        self._until = until
        self._kept: list[Event] | None = None

    def recorded(self, in_front: Sequence[WatchlistChanged] = ()) -> Iterator[Recorded]:
        """Read all parts in known order, behind what is put in front of them.

        Raises UsageError where two parts have other prices for the same share and time.
        """
        events = self._read_once() if self._kept is None else iter(self._kept)
        first = next(events, None)
        if first is None:
            return
        desk: list[Event] = [_known_at(one, first.known_at) for one in in_front]
        everything = chain(desk, [first], events)
        yield from recorded(Entry(offset, 0, event) for offset, event in enumerate(everything))

    @property
    def hashes(self) -> dict[str, str]:
        """Give the hashes of what was read, by part and file."""
        return {
            name if place == name else f"{name}: {place}": digest
            for name, history in self._parts
            for place, digest in sorted(history.hashes.items())
        }

    def _read_once(self) -> Iterator[Event]:
        kept: list[Event] | None = []
        for event in self._once(self._merged()):
            if kept is not None:
                kept.append(event)
                if len(kept) > EVENTS_KEPT:
                    kept = None
            yield event
        self._kept = kept

    def _merged(self) -> Iterator[_Place]:
        readings = [self._read(part, history) for part, (_, history) in enumerate(self._parts)]
        return iter(heapq.merge(*readings, key=_known_order))

    def _read(self, part: int, history: History) -> Iterator[_Place]:
        for entry in history.entries(Order.KNOWN, self._until):
            # The end of a period is the first moment after it.
            if entry.event.known_at < self._until:
                yield _Place(part, entry)

    def _once(self, places: Iterable[_Place]) -> Iterator[Event]:
        if len(self._parts) == 1:
            yield from (place.entry.event for place in places)
            return
        # 16 bytes an event: what stands in several places is told by its identity alone.
        seen: set[bytes] = set()
        bars: dict[tuple[str, int], list[tuple[int, EquityBarClosed]]] = {}
        for part, entry in places:
            event = entry.event
            if event.event_id.bytes in seen:
                continue
            seen.add(event.event_id.bytes)
            if isinstance(event, EquityBarClosed) and self._stands_already(part, event, bars):
                continue
            yield event

    def _stands_already(
        self, part: int, bar: EquityBarClosed, bars: dict[tuple[str, int], list[tuple[int, EquityBarClosed]]]
    ) -> bool:
        last = bars.setdefault((bar.symbol, bar.interval_seconds), [])
        for other, there in last:
            if other == part or there.bucket != bar.bucket:
                continue
            if (there.open_usd, there.close_usd) == (bar.open_usd, bar.close_usd):
                return True
            raise UsageError(
                f"{bar.symbol} of {bar.last_at:%Y-%m-%d %H:%M} UTC closed at {there.close_usd:,.10g} USD in"
                f" {self._parts[other][0]}, and at {bar.close_usd:,.10g} USD in {self._parts[part][0]}.",
                "Name one of the two under history, or import the files together: the import tells which"
                " price it keeps.",
            )
        last.append((part, bar))
        del last[:-BARS_COMPARED]
        return False


def parameters(
    name: str, thresholds: Sequence[ThresholdOverride], windows: Sequence[WindowOverride]
) -> WatchlistChanged:
    """Make the event that sets parameters for a whole history; its identity follows from them."""
    content = {
        "watchlist": name,
        "thresholds": [one.model_dump(mode="json") for one in thresholds],
        "windows": [one.model_dump(mode="json") for one in windows],
    }
    return WatchlistChanged.model_validate(
        {
            "event_id": _identity(content),
            "occurred_at": "2000-01-01T00:00:00Z",
            "known_at": "2000-01-01T00:00:00Z",
            "source": "backtest",
            "certainty": Certainty.STATED,
            **content,
        }
    )


def without_its_time(watchlist: WatchlistChanged) -> WatchlistChanged:
    """Give a watchlist an identity that does not depend on when its file was written."""
    content = watchlist.model_dump(mode="json", exclude={"event_id", "occurred_at", "known_at"})
    return watchlist.model_copy(update={"event_id": _identity(content)})


def _identity(content: Mapping[str, object]) -> UUID:
    text = orjson.dumps(content, option=orjson.OPT_SORT_KEYS).decode()
    return uuid5(EVENT_ID_NAMESPACE, f"backtest\n{text}")


def _known_at(changed: WatchlistChanged, moment: datetime) -> WatchlistChanged:
    return changed.model_copy(update={"occurred_at": moment, "known_at": moment})


def _known_order(place: _Place) -> tuple[datetime, int, int, int]:
    entry = place.entry
    return entry.event.known_at, place.part, entry.offset, entry.index
