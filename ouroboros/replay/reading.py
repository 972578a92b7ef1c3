"""What a replay reads: the records of the journal as a projector does, or the events of any history."""

from collections.abc import AsyncIterator, Iterator, Sequence
from itertools import islice, takewhile
from pathlib import Path

import numpy as np
import psycopg

from events.errors import JournalGap
from ouroboros.history import batches
from ouroboros.history.exported import Exported
from ouroboros.history.manifest import MANIFEST, read_manifest
from ouroboros.history.source import History, Order, journaled
from ouroboros.replay.plan import Plan
from projections.base import JournaledEvent
from projections.event_batch import EventBatch, from_utc
from projections.store.projector import JournalRecord
from streams.kafka import PartitionReader, check_topics, reading_journal
from streams.messages import as_pairs
from streams.settings import Settings

EVENTS_AT_ONCE = 5_000
BATCH_EVENTS = batches.EVENTS_AT_ONCE


async def records(journal: PartitionReader, start: int, end: int) -> AsyncIterator[list[JournalRecord]]:
    """Read the records of the journal from `start` up to, but without, `end`."""
    if start > end:
        raise JournalGap(
            f"The replay has folded the journal up to offset {start - 1}, but this one ends before {end}.",
            "Point OUROBOROS_KAFKA and OUROBOROS_DATABASE at servers that belong together.",
        )
    async for batch in journal.read(start, end):
        yield [JournalRecord(one.offset, one.value, as_pairs(one.headers)) for one in batch]


def counted(
    history: History, plan: Plan, last_offset: int | None, folded: int
) -> Iterator[Sequence[JournaledEvent]]:
    """Read the events that a plan is about, without the first `folded` of them, EVENTS_AT_ONCE at a time.

    What has an offset beyond `last_offset` came after the replay was begun.
    """
    entries = history.entries(plan.order, plan.as_known_at)
    begun = (one for one in entries if last_offset is None or one.offset <= last_offset)
    events = takewhile(lambda one: plan.to_time is None or one.now <= plan.to_time, journaled(begun))
    left = islice(events, folded, None)
    while batch := list(islice(left, EVENTS_AT_ONCE)):
        yield batch


def in_batches(history: History, plan: Plan) -> Exported | None:
    """Give the export that a plan can be read out of in batches, if it is one."""
    if isinstance(history, Exported) and history.manifest.format == "parquet" and plan.order is Order.JOURNAL:
        return history
    return None


def batched(export: Exported, plan: Plan, folded: int) -> Iterator[EventBatch]:
    """Read the events that a plan is about, without the first `folded` of them, BATCH_EVENTS at a time."""
    read = 0
    for batch in batches.batches(export, BATCH_EVENTS):
        end = int(np.searchsorted(batch.now, from_utc(plan.to_time), "right")) if plan.to_time else len(batch)
        start = min(max(folded - read, 0), end)
        if start < end:
            yield batch.part(start, end)
        if end < len(batch):
            return
        read += len(batch)


async def last_offset_of(settings: Settings, plan: Plan) -> int | None:
    """Tell where a source ends now, if what it gets later could come in between.

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


def count_of(settings: Settings, plan: Plan) -> int | None:
    """Count the events of a source, where that can be told without reading it."""
    match plan.source:
        case "archive":
            return _ask(settings, "SELECT count(*) FROM read.journal_event")
        case "journal" | "ledger":
            return None
        case folder if (Path(folder) / MANIFEST).is_file():
            return read_manifest(Path(folder)).events
        case _:
            return None


def _ask(settings: Settings, question: str) -> int:
    with psycopg.connect(settings.database_url) as connection:
        row = connection.execute(question).fetchone()
    return int(row[0]) if row else 0
