"""The history of a study: its parts as one, in the order in which the world could know them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple
from uuid import UUID, uuid5

import numpy as np
import orjson

from events.base import EVENT_ID_NAMESPACE, Certainty, Event
from events.desk import ThresholdOverride, WatchlistChanged, WindowOverride
from events.prices import EquityBarClosed, EquityPriced, GpuBarClosed, GpuPriced
from events.words import count, listed
from ouroboros.backtest.early_bars import check_last_prices
from ouroboros.backtest.overlaps import Overlaps
from ouroboros.backtest.priced import Priced, priced_by
from ouroboros.backtest.study import HistoryPart
from ouroboros.history.joining import merged, picked
from ouroboros.history.known_batches import known_batches
from ouroboros.history.source import History
from projections.base import JournaledEvent
from projections.event_batch import EventBatch, batch_of, in_utc

EVENTS_KEPT = 50_000

PRICES = (EquityBarClosed, EquityPriced, GpuBarClosed, GpuPriced)
TICKS = (EquityPriced, GpuPriced)


class Part(NamedTuple):
    """A place of the history, as the study names it, and what is there."""

    stated: HistoryPart
    history: History


@dataclass(slots=True)
class Told:
    """What was read of a part, once all of it was.

    Of `events`, those that an earlier part has too count there: the same events, or other ones that tell
    of the same prices. `priced` has bars; `ticks` are single prices.
    """

    events: int = 0
    first_known_at: datetime | None = None
    last_known_at: datetime | None = None
    same_events: int = 0
    same_prices: int = 0
    ticks: int = 0
    priced: set[Priced] = field(default_factory=set)
    hashes: Mapping[str, str] = field(default_factory=dict)


class Source:
    """Histories read as one until a moment; what stands in several counts once.

    A history of at most EVENTS_KEPT events is read once and kept, a longer one is read again each time.
    """

    def __init__(self, parts: Sequence[Part], until: datetime) -> None:
        self.parts = tuple(parts)
        self._until = until
        self._kept: list[EventBatch] | None = None
        self.told: tuple[Told, ...] = ()

    def batches(self, in_front: Sequence[WatchlistChanged] = ()) -> Iterator[EventBatch]:
        """Read all parts in known order, behind what is put in front of them.

        Raises UsageError where two parts have other prices for the same bar.
        """
        batches = self._read() if self._kept is None else iter(self._kept)
        first = next(batches, None)
        if first is None:
            return
        moment = in_utc(first.known_at[0])
        desk = [
            JournaledEvent(offset, 0, moment, _known_at(changed, moment))
            for offset, changed in enumerate(in_front)
        ]
        if desk:
            yield batch_of(desk)
        offset = len(desk)
        yield (taken := _placed(first, offset))
        for batch in batches:
            offset += len(taken)
            yield (taken := _placed(batch, offset))

    def notes(self, universe: Sequence[Priced]) -> Iterator[str]:
        """Tell what of the parts did not count, and why."""
        for part, told in zip(self.parts, self.told, strict=True):
            name = part.stated.read
            if told.same_events:
                events = count(told.same_events, "event")
                yield f"{name} repeats {events} of another part of the history; each counts once."
            if told.same_prices:
                bars = count(told.same_prices, "bar")
                yield f"{name} has the prices of another part of the history for {bars}; each counts once."
            if told.priced and told.priced.isdisjoint(universe):
                others = listed(sorted(map(str, told.priced)), 3)
                yield f"{name} has no price of the universe, but of {others}."
            if told.ticks:
                prices = count(told.ticks, "single price")
                yield f"{name} has {prices}: signals rest on them, and closes where there are no bars."

    def _read(self) -> Iterator[EventBatch]:
        """Read all parts once, and keep what is small."""
        overlaps = Overlaps([(one.stated.read, one.history) for one in self.parts])
        told = [Told() for _ in self.parts]
        kept: list[EventBatch] | None = []
        size = 0
        readings = [self._part(one, about) for one, about in zip(self.parts, told, strict=True)]
        for batch, part in merged(readings):
            counting = overlaps.counting(batch, part)
            taken = batch if len(counting) == len(batch) else picked(batch, counting)
            if not len(taken):
                continue
            size += len(taken)
            if size > EVENTS_KEPT:
                kept = None
            if kept is not None:
                kept.append(taken)
            yield taken
        for number, about in enumerate(told):
            about.same_events, about.same_prices = overlaps.same_events[number], overlaps.same_prices[number]
            about.hashes = self.parts[number].history.hashes
        self._kept, self.told = kept, tuple(told)

    def _part(self, part: Part, told: Told) -> Iterator[EventBatch]:
        for whole in known_batches(part.history, self._until):
            batch = _taken(whole, part.stated.take)
            if not len(batch):
                continue
            check_last_prices(batch, part.stated.read, part.history)
            told.events += len(batch)
            told.first_known_at = told.first_known_at or in_utc(batch.known_at[0])
            told.last_known_at = in_utc(batch.known_at[-1])
            codes = np.unique(batch.bars.code)
            told.priced.update(batch.bars.symbols[code] for code in codes[codes >= 0].tolist())
            for one in batch.others.values():
                if isinstance(one.event, TICKS):
                    told.ticks += 1
                elif isinstance(one.event, EquityBarClosed | GpuBarClosed):
                    told.priced.add(priced_by(one.event))
            yield batch


def _taken(batch: EventBatch, what: str) -> EventBatch:
    """Leave out what does not count of a part."""
    if what == "everything":
        return batch
    prices = batch.bars.code >= 0
    for position, one in batch.others.items():
        prices[position] = isinstance(one.event, PRICES)
    return picked(batch, np.flatnonzero(prices if what == "prices" else ~prices))


def _placed(batch: EventBatch, offset: int) -> EventBatch:
    """Give events places one behind the other, and the clock, which in known order is `known_at` itself."""
    return EventBatch(
        offset=np.arange(offset, offset + len(batch)),
        index=np.zeros(len(batch), dtype=np.int64),
        known_at=batch.known_at,
        now=batch.known_at,
        bars=batch.bars,
        others={
            position: JournaledEvent(offset + position, 0, one.event.known_at, one.event)
            for position, one in batch.others.items()
        },
    )


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


def _known_at(changed: WatchlistChanged, moment: datetime) -> Event:
    return changed.model_copy(update={"occurred_at": moment, "known_at": moment})
