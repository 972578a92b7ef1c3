"""The history of a study: its parts as one, in the order in which the world could know them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import chain
from typing import NamedTuple
from uuid import UUID, uuid5

import numpy as np
import orjson

from events.base import EVENT_ID_NAMESPACE, Certainty
from events.families.desk import WatchlistChanged
from events.words import count, listed
from ouroboros.backtest.bars import Priced, bars_of, check_last_prices
from ouroboros.backtest.overlaps import Overlaps
from ouroboros.backtest.study import HistoryPart, Variant
from ouroboros.history.batches import batches, in_whole_moments, merged, picked
from ouroboros.history.source import History, Order
from projections.base import JournaledEvent
from projections.event_batch import EventBatch, batch_of, in_utc

EVENTS_AT_ONCE = 20_000
EVENTS_KEPT = 50_000


class Part(NamedTuple):
    """A part of the history, as the study names it, and what is there."""

    stated: HistoryPart
    history: History


@dataclass(slots=True)
class PartSummary:
    """What was read of a part, once all of it was.

    Of `events`, those that an earlier part has too count there: the same events, or other ones with
    the same prices. `priced` has bars; `drawn` are bars of single prices.
    """

    events: int = 0
    first_known_at: datetime | None = None
    last_known_at: datetime | None = None
    same_events: int = 0
    same_prices: int = 0
    drawn: int = 0
    priced: set[Priced] = field(default_factory=set)
    hashes: Mapping[str, str] = field(default_factory=dict)


class Source:
    """Histories read as one before a time; what stands in several counts once.

    A history of at most EVENTS_KEPT events is read once and kept, a longer one is read again each time.
    """

    def __init__(self, parts: Sequence[Part], before: datetime) -> None:
        self.parts = tuple(parts)
        self.histories = tuple(part.history for part in parts)
        self._before = before
        self._kept: list[EventBatch] | None = None
        self.summaries: tuple[PartSummary, ...] = ()

    def batches(self, in_front: Sequence[WatchlistChanged] = ()) -> Iterator[EventBatch]:
        """Read all parts in known order, behind what is put in front of them.

        Raises UsageError where two parts have other prices for the same bar.
        """
        batches = in_whole_moments(self._read() if self._kept is None else self._kept, "known_at")
        first = next(batches, None)
        if first is None:
            return
        starts_at = in_utc(first.known_at[0])
        times = {"occurred_at": starts_at, "known_at": starts_at}
        desk = [
            JournaledEvent(offset, 0, starts_at, changed.model_copy(update=times))
            for offset, changed in enumerate(in_front)
        ]
        if desk:
            yield batch_of(desk)
        offset = len(desk)
        for batch in chain([first], batches):
            numbered = _numbered(batch, offset)
            yield numbered
            offset = int(numbered.offset[-1]) + 1

    def notes(self, universe: Sequence[Priced]) -> Iterator[str]:
        """Yield what of the parts did not count, and why."""
        for part, summary in zip(self.parts, self.summaries, strict=True):
            name = part.stated.read
            if summary.same_events:
                events = count(summary.same_events, "event")
                yield f"{name} repeats {events} of another part of the history; each counts once."
            if summary.same_prices:
                bars = count(summary.same_prices, "bar")
                yield f"{name} has the prices of another part of the history for {bars}; each counts once."
            if summary.priced and summary.priced.isdisjoint(universe):
                others = listed(sorted(map(str, summary.priced)), 3)
                yield f"{name} has no price of the universe, but of {others}."
            if summary.drawn:
                bars = count(summary.drawn, "bar")
                closes = "closes where there are no other bars"
                yield f"{name} has {bars} of single prices: signals rest on them, and {closes}."

    def _read(self) -> Iterator[EventBatch]:
        """Read all parts once, and keep what is small."""
        overlaps = Overlaps(self.histories)
        summaries = [PartSummary() for _ in self.parts]
        kept: list[EventBatch] = []
        size = 0
        readings = [self._part(part, about) for part, about in zip(self.parts, summaries, strict=True)]
        for batch, part in merged(readings):
            counting = overlaps.counting(batch, part)
            taken = batch if len(counting) == len(batch) else picked(batch, counting)
            if not len(taken):
                continue
            size += len(taken)
            if size <= EVENTS_KEPT:
                kept.append(taken)
            else:
                kept.clear()
            yield taken
        for number, about in enumerate(summaries):
            about.same_events, about.same_prices = overlaps.same_events[number], overlaps.same_prices[number]
            about.hashes = self.parts[number].history.hashes
        self._kept, self.summaries = kept if size <= EVENTS_KEPT else None, tuple(summaries)

    def _part(self, part: Part, summary: PartSummary) -> Iterator[EventBatch]:
        until = self._before - datetime.resolution
        for whole in batches(part.history, Order.KNOWN, until, EVENTS_AT_ONCE):
            batch = _taken(whole, part.stated.take)
            if not len(batch):
                continue
            bars = bars_of(batch)
            check_last_prices(batch, bars, part.history)
            summary.events += len(batch)
            summary.first_known_at = summary.first_known_at or in_utc(batch.known_at[0])
            summary.last_known_at = in_utc(batch.known_at[-1])
            drawn = bars.drawn_by(self.histories)
            summary.drawn += int(drawn.sum())
            summary.priced.update(bars.priced[code] for code in np.unique(bars.code[~drawn]).tolist())
            yield batch


def _taken(batch: EventBatch, what: str) -> EventBatch:
    """Leave out what does not count of a part."""
    if what == "everything":
        return batch
    prices = np.zeros(len(batch), dtype=bool)
    prices[bars_of(batch).at] = True
    return picked(batch, np.flatnonzero(prices if what == "prices" else ~prices))


def _numbered(batch: EventBatch, offset: int) -> EventBatch:
    """Return events one moment an offset, with the clock, which in known order is `known_at` itself."""
    begins = np.append(True, batch.known_at[1:] != batch.known_at[:-1])
    moments = np.cumsum(begins) - 1
    offsets = offset + moments
    indices = np.arange(len(batch)) - np.flatnonzero(begins)[moments]
    others = {
        position: JournaledEvent(
            int(offsets[position]), int(indices[position]), journaled.event.known_at, journaled.event
        )
        for position, journaled in batch.others.items()
    }
    return replace(batch, offset=offsets, index=indices, now=batch.known_at, others=others, read={})


def parameters(variant: Variant) -> WatchlistChanged:
    """Return the event that sets parameters for a whole history; its identity follows from them."""
    own = variant.model_dump(mode="json", include={"thresholds", "windows"})
    content = {"watchlist": variant.name, **own}
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
    """Return a watchlist with an identity that does not depend on when its file was written."""
    content = watchlist.model_dump(mode="json", exclude={"event_id", "occurred_at", "known_at"})
    return watchlist.model_copy(update={"event_id": _identity(content)})


def _identity(content: Mapping[str, object]) -> UUID:
    text = orjson.dumps(content, option=orjson.OPT_SORT_KEYS).decode()
    return uuid5(EVENT_ID_NAMESPACE, f"backtest\n{text}")
