"""What a replay reads: the records of the journal as a projector does, or the events of any history."""

from collections.abc import AsyncIterator, Iterator

import numpy as np
import psycopg

from events.errors import JournalGap
from ouroboros.history.batches import batches, picked
from ouroboros.history.exported import Exported
from ouroboros.history.served import Archive
from ouroboros.history.source import History, Order
from ouroboros.replay.plan import Plan
from projections.event_batch import EventBatch, from_utc
from projections.store.projector import JournalRecord
from streams.kafka import PartitionReader, check_topics, reading_journal
from streams.messages import as_pairs
from streams.settings import Settings

EVENTS_AT_ONCE = 65_536


async def records(journal: PartitionReader, start: int, end: int) -> AsyncIterator[list[JournalRecord]]:
    """Read the records of the journal from `start` up to, but without, `end`."""
    if start > end:
        raise JournalGap(
            f"The replay has folded the journal up to offset {start - 1}, but this one ends before {end}.",
            "Point OUROBOROS_KAFKA and OUROBOROS_DATABASE at servers that belong together.",
        )
    async for batch in journal.read(start, end):
        yield [JournalRecord(record.offset, record.value, as_pairs(record.headers)) for record in batch]


def batches_of(history: History, plan: Plan, last_offset: int | None, folded: int) -> Iterator[EventBatch]:
    """Read the events that a plan is about, without the first `folded` of them.

    What has an offset beyond `last_offset` came after the replay was begun.
    """
    read = 0
    for whole in batches(history, plan.order, plan.as_known_at, EVENTS_AT_ONCE):
        batch = whole if last_offset is None else picked(whole, np.flatnonzero(whole.offset <= last_offset))
        end = int(np.searchsorted(batch.now, from_utc(plan.to_time), "right")) if plan.to_time else len(batch)
        start = min(max(folded - read, 0), end)
        if start < end:
            yield batch.part(start, end)
        if end < len(batch):
            return
        read += len(batch)


async def last_offset_of(settings: Settings, plan: Plan) -> int | None:
    """Return the last offset of a source as it is now, if what it gets later could come in between.

    In the order in which things became known it does: late events belong before what was read.
    """
    if plan.order is Order.JOURNAL:
        return None
    match plan.source:
        case "archive":
            return _ask(settings, "SELECT coalesce(max(journal_offset), -1) FROM read.journal_event")
        case "journal":
            await check_topics(settings)
            async with reading_journal(settings) as journal:
                return await journal.end() - 1
        case _:
            return None


def count_of(settings: Settings, history: History) -> int | None:
    """Return the number of events of a history, where that is known without reading it."""
    match history:
        case Archive():
            return _ask(settings, "SELECT count(*) FROM read.journal_event")
        case Exported():
            return history.manifest.events
        case _:
            return None


def _ask(settings: Settings, question: str) -> int:
    with psycopg.connect(settings.database_url) as connection:
        row = connection.execute(question).fetchone()
    return int(row[0]) if row else 0
