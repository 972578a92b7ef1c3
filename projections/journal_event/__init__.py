"""The archive: every event that counted, kept where no broker can lose it."""

from pydantic import TypeAdapter

from projections.base import Projection, Table
from projections.journal_event.fold import Archive, apply
from projections.journal_event.rows import JournalEventRow

JOURNAL_EVENT = Projection(
    name="journal_event",
    version=1,
    initial=Archive(),
    apply=apply,
    state_type=TypeAdapter(Archive),
    tables=(Table("journal_event", JournalEventRow, time_column="known_at"),),
)
