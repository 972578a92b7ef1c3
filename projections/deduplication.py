"""Which events of the journal count: each fact once, whatever was delivered twice.

Two rules, both functions of journal order alone, so that every reader agrees:

* A run whose source has already been read up to its offset is a redelivery.
* A fact whose id was seen before was sent twice by its source. Bars are not remembered
  here: there are millions of them, and the price projection knows the parts of each.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from uuid import UUID

from pydantic import TypeAdapter
from rpds import HashTrieMap, HashTrieSet

from events.base import Event
from events.families.clock import ClockTicked
from events.families.prices import Bar
from events.journal import Run
from projections.base import JournaledEvent
from projections.persistent import PersistentMap, PersistentSet

BEGINNING = datetime(1990, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Deduplicator:
    """How far each source has been read, the ids of all facts, and the folds' clock."""

    marks: PersistentMap[str, int] = HashTrieMap()
    seen: PersistentSet[UUID] = HashTrieSet()
    now: datetime = BEGINNING


DEDUPLICATOR_TYPE: TypeAdapter[Deduplicator] = TypeAdapter(Deduplicator)


def deduplicate(
    deduplicator: Deduplicator, offset: int, runs: Sequence[Run]
) -> tuple[Deduplicator, list[JournaledEvent]]:
    """Read the runs of the journal record at `offset`: what counts, and the deduplicator after it."""
    marks, seen, now = deduplicator.marks, deduplicator.seen, deduplicator.now
    taken: list[JournaledEvent] = []
    index = 0
    for run in runs:
        if run.offset <= marks.get(run.source, -1):
            index += len(run.events)
            continue
        marks = marks.insert(run.source, run.offset)
        for event in run.events:
            if _is_new(event, seen, now):
                if not isinstance(event, Bar | ClockTicked):
                    seen = seen.insert(event.event_id)
                now = max(now, event.known_at)
                taken.append(JournaledEvent(offset, index, now, event))
            index += 1
    return replace(deduplicator, marks=marks, seen=seen, now=now), taken


def _is_new(event: Event, seen: PersistentSet[UUID], now: datetime) -> bool:
    if isinstance(event, ClockTicked):
        return event.known_at > now
    return isinstance(event, Bar) or event.event_id not in seen
