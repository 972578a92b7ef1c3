"""The archive in the database and the journal on Kafka as histories."""

import asyncio
from collections.abc import AsyncGenerator, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import psycopg
from aiokafka.structs import ConsumerRecord
from psycopg.sql import SQL, Composed

from events.base import Event
from events.errors import JournalGap
from events.journal import decode_record
from ouroboros.history.ordering import ordered
from ouroboros.history.source import Entry, Order, Stored, Unfiled, entry
from projections.deduplication import Deduplicator, deduplicate
from streams.kafka import check_topics, reading_journal
from streams.messages import as_pairs
from streams.settings import Settings

ROWS_AT_ONCE = 5_000

_Records = AsyncGenerator[Sequence[ConsumerRecord], None]


class Archive(Unfiled):
    """The events that the projector archived in the database, read by a server-side cursor.

    With `only` just the events of these types. `last_offset` is the last one that was archived when the
    reading began, -1 where there was none.
    """

    def __init__(self, settings: Settings, only: Iterable[type[Event]] = ()) -> None:
        super().__init__("archive")
        self._settings = settings
        self._only = [kind.__name__ for kind in only]
        self.last_offset = -1

    def _read(self, order: Order, until: datetime | None) -> Iterator[Entry]:
        with psycopg.connect(self._settings.database_url) as connection:
            # One reading sees one state of the archive, with times in UTC.
            connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            connection.execute("SET TIME ZONE 'UTC'")
            row = connection.execute("SELECT max(journal_offset) FROM read.journal_event").fetchone()
            self.last_offset = -1 if row is None or row[0] is None else int(row[0])
            with connection.cursor(name="history") as cursor:
                cursor.itersize = ROWS_AT_ONCE
                cursor.execute(_query(order, until, self._only), {"until": until, "only": self._only})
                for known_at, offset, index, payload in cursor:
                    yield entry(Stored(known_at, offset, index, payload.encode()), self.name)


def _query(order: Order, until: datetime | None, only: Sequence[str]) -> Composed:
    position = "journal_offset, journal_index"
    conditions = [SQL("known_at <= %(until)s")] if until else []
    if only:
        conditions.append(SQL("event_type = ANY(%(only)s)"))
    return SQL(
        "SELECT known_at, journal_offset, journal_index, payload::text FROM read.journal_event{} ORDER BY {}"
    ).format(
        SQL(" WHERE {}").format(SQL(" AND ").join(conditions)) if conditions else SQL(""),
        SQL(position if order is Order.JOURNAL else f"known_at, {position}"),
    )


class Journal(Unfiled):
    """The events that counted in the journal on Kafka, by the projector's own rules, from its beginning.

    `last_offset` is the last one of the journal when the reading began.

    Reading raises UsageError where no broker answers, UnreadableEvent for a record that is none of ours,
    JournalGap where records are missing.
    """

    def __init__(self, settings: Settings) -> None:
        super().__init__("journal")
        self._settings = settings
        self.last_offset = -1

    def _read(self, order: Order, until: datetime | None) -> Iterator[Entry]:
        return ordered(self._counted(), order, until, self.name)

    def _counted(self) -> Iterator[Entry]:
        deduplicator, expected = Deduplicator(), 0
        for records in _from_thread(self._records()):
            for record in records:
                if record.offset != expected:
                    raise JournalGap(
                        f"The journal goes on at offset {record.offset} where {expected} was expected.",
                        "Check the retention of the topic; the archive in the database may have it all.",
                    )
                expected = record.offset + 1
                runs = decode_record(record.value, as_pairs(record.headers))
                deduplicator, accepted = deduplicate(deduplicator, record.offset, runs)
                for journaled in accepted:
                    yield Entry(journaled.offset, journaled.index, journaled.event)

    async def _records(self) -> _Records:
        await check_topics(self._settings)
        async with reading_journal(self._settings) as journal:
            end = await journal.end()
            self.last_offset = end - 1
            async for records in journal.read(0, end):
                yield records


def _from_thread(batches: _Records) -> Iterator[Sequence[ConsumerRecord]]:
    """Read batches in a thread of their own, one ahead: whoever reads may stand inside an event loop."""

    async def read() -> Sequence[ConsumerRecord] | None:
        return await anext(batches, None)

    runner = asyncio.Runner()
    with ThreadPoolExecutor(1, "journal history") as thread:
        try:
            following = thread.submit(runner.run, read())
            while (batch := following.result()) is not None:
                following = thread.submit(runner.run, read())
                yield batch
        finally:
            thread.submit(runner.run, batches.aclose())
            thread.submit(runner.close).result()
