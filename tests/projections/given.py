"""Given, when, then for folds: events in their order, the rows they give, the state they leave."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, TypeVar

from events.base import Event
from events.codec import decode_document
from events.journal import Run
from projections.base import JournaledEvent, Projection, Step, fold
from projections.deduplication import Deduplicator, deduplicate

S = TypeVar("S")
R = TypeVar("R")


def event(event_type: str, known_on: str = "2026-01-01", **fields: Any) -> Event:
    """Make an event out of a few fields, known at noon of a day."""
    noon = f"{known_on}T12:00:00Z"
    common = {"occurred_at": noon, "known_at": noon, "source": "test", "certainty": "stated"}
    return decode_document({"event_type": event_type, **common, **fields})


def journaled(events: Iterable[Event]) -> list[JournaledEvent]:
    """Put events into a journal, one a record, and read it."""
    deduplicator, taken = Deduplicator(), list[JournaledEvent]()
    for offset, one in enumerate(events):
        deduplicator, new = deduplicate(deduplicator, offset, [Run("test/0", offset, (one,))])
        taken += new
    return taken


def given(projection: Projection[S], *events: Event) -> Step[S]:
    """Fold events from the beginning."""
    return fold(projection, projection.initial, journaled(events))


def rows_of(step: Step[Any], kind: type[R]) -> list[R]:
    """Pick the rows of one table, in their order."""
    return [row for row in step.rows if isinstance(row, kind)]


def standing(projection: Projection[Any], step: Step[Any], kind: type[R]) -> dict[tuple[Any, ...], R]:
    """Keep the last row of each key, as the table of this row would."""
    (key,) = (table.key for table in projection.tables if table.row is kind)
    return {tuple(getattr(row, name) for name in key): row for row in rows_of(step, kind)}


def noon(day: str) -> datetime:
    """Name the moment at which `event` makes things known on a day."""
    return datetime.fromisoformat(day).replace(hour=12, tzinfo=UTC)
