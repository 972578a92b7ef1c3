"""The archive: every event that counted, kept where no broker can lose it."""

from pydantic import TypeAdapter

from events.base import Event
from projections.base import Projection, Table
from projections.journal_event.fold import project
from projections.journal_event.rows import JournalEventRow

JOURNAL_EVENT = Projection(
    name="journal_event",
    version=1,
    initial=None,
    reads=(Event,),
    project=project,
    state_type=TypeAdapter(None),
    tables=(Table("journal_event", JournalEventRow, time_column="known_at"),),
)
