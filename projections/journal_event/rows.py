"""The table of the archive."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID


class JournalEventRow(NamedTuple):
    """One event as the journal holds it; `headline` tells it in one line, `payload` is its JSON."""

    known_at: datetime
    journal_offset: int
    journal_index: int
    event_id: UUID
    event_type: str
    occurred_at: datetime
    source: str
    certainty: str
    key: str
    headline: str
    payload: str
