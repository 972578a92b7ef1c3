"""Fold events into their own archive: one row each, nothing to remember."""

from dataclasses import dataclass

from events.codec import encode
from events.telling import headline
from projections.base import JournaledEvent, Step
from projections.journal_event.rows import JournalEventRow


@dataclass(frozen=True, slots=True)
class Archive:
    """The archive needs no memory."""


def apply(state: Archive, journaled: JournaledEvent) -> Step[Archive]:
    """Write the event down, with its own `known_at` rather than the folds' clock."""
    event = journaled.event
    row = JournalEventRow(
        known_at=event.known_at,
        journal_offset=journaled.offset,
        journal_index=journaled.index,
        event_id=event.event_id,
        event_type=event.event_type,
        occurred_at=event.occurred_at,
        source=event.source,
        certainty=event.certainty.value,
        key=event.key,
        headline=headline(event),
        payload=encode(event).decode(),
    )
    return Step(state, (row,))
