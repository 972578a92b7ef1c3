"""The one writer: folds records of the journal and commits rows and checkpoint together.

The guarantee: each event counts exactly once in every read model, whatever is redelivered.
One transaction, in this order:

1. Lock the checkpoints. One that is not where this projector left it means that another
   has taken over: `CheckpointMoved`, nothing is written.
2. Write the rows, signals for the outbox among them.
3. Now and then, write snapshots of the states.
4. Move the checkpoints, and commit.

Only after the commit may the caller acknowledge the records to Kafka. A connection that is
lost is made anew and the same rows are tried again; whether a commit whose answer was lost
went through is read off the checkpoint, which names its owner.
"""

import asyncio
import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Generic, TypeVar
from uuid import UUID, uuid4

import numpy as np
import psycopg
from tenacity import (
    AsyncRetrying,
    before_sleep_log,
    retry_if_exception_type,
    wait_exponential_jitter,
)

from events.errors import JournalGap
from events.journal import decode_record
from projections.base import JournaledEvent, Projection
from projections.bulk.folding import fold_batch
from projections.column_block import ColumnBlock
from projections.deduplication import Deduplicator, deduplicate
from projections.event_batch import EventBatch, from_utc, in_utc
from projections.store import checkpoints, snapshots
from projections.store.namespace import LIVE, Namespace
from projections.store.writing import RowBuffer

log = logging.getLogger(__name__)

S = TypeVar("S")


@dataclass(frozen=True, slots=True)
class JournalRecord:
    """A record as it lies in the journal."""

    offset: int
    value: bytes
    headers: tuple[tuple[str, bytes], ...]


@dataclass
class Progress(Generic[S]):
    """A projection, its state in memory, how far that is folded and written, and who wrote last."""

    projection: Projection[S]
    state: S
    folded: int
    written: int
    owner: UUID | None = None

    def fold(self, offset: int, events: Iterable[JournaledEvent], rows: RowBuffer) -> None:
        """Fold the events of one record, unless a snapshot held them already."""
        if offset <= self.folded:
            return
        for journaled in events:
            step = self.projection.apply(self.state, journaled)
            self.state = step.state
            if offset > self.written:
                rows.add(step.rows, journaled.now)
        self.folded = offset

    def fold_batch(self, first: int, batch: EventBatch, rows: RowBuffer) -> None:
        """Fold a batch whose events are numbered from `first` on, but for what a snapshot held already.

        All its rows are taken to be of the moment of its first event.
        """
        start, unwritten = (
            min(max(to + 1 - first, 0), len(batch)) for to in (self.folded, max(self.folded, self.written))
        )
        for begin, end in ((start, unwritten), (unwritten, len(batch))):
            if begin == end:
                continue
            step = fold_batch(self.projection, self.state, batch.part(begin, end))
            self.state = step.state
            for piece in step.pieces if begin == unwritten else ():
                now = in_utc(batch.now[0])
                if isinstance(piece, ColumnBlock):
                    rows.add_columns(piece, now)
                else:
                    rows.add(piece, now)
        self.folded = max(self.folded, first + len(batch) - 1)


class Projector:
    """Folds the journal through projections and writes what follows; see the module."""

    def __init__(
        self,
        database: str,
        progress: Sequence[Progress[Any]],
        deduplicator: Deduplicator,
        taken_to: int,
        snapshot_events: int,
        *,
        namespace: Namespace = LIVE,
        history_from: datetime | None = None,
    ) -> None:
        self._namespace = namespace
        self._history_from = history_from
        self._database = database
        self._progress = progress
        self._intake = deduplicator
        self._taken_to = taken_to
        self._snapshot_events = snapshot_events
        self._since_snapshot = 0
        self._connection: psycopg.AsyncConnection[Any] | None = None
        self._owner: UUID = uuid4()
        self.applied = 0
        self._attempts = 0

    @classmethod
    async def load(
        cls,
        database: str,
        projections: Sequence[Projection[Any]],
        snapshot_events: int,
        *,
        namespace: Namespace = LIVE,
        history_from: datetime | None = None,
    ) -> "Projector":
        """Start from the snapshots; the caller then gives the records from `next_offset` on.

        Records that the checkpoints have behind them are folded again, and write nothing.
        With `history_from`, history begins there: what comes of earlier events is not written.
        """
        async with await psycopg.AsyncConnection.connect(database) as connection:
            loaded = await snapshots.load(connection, projections, namespace)
        progress = [
            Progress(one.projection, one.state, one.folded, one.written, one.owner)
            for one in loaded.projections
        ]
        return cls(
            database,
            progress,
            loaded.deduplicator,
            loaded.taken_to,
            snapshot_events,
            namespace=namespace,
            history_from=history_from,
        )

    @property
    def next_offset(self) -> int:
        """Name the offset of the first record that has not been folded."""
        return self._taken_to + 1

    @property
    def written_to(self) -> int:
        """Name the last offset whose rows are committed in every projection."""
        return min(one.written for one in self._progress)

    @property
    def ahead_of(self) -> int:
        """Name the last offset whose rows are committed in any projection."""
        return max(one.written for one in self._progress)

    @property
    def progress(self) -> int:
        """Change with every record folded and every attempt to commit: waiting is not standing still."""
        return self._taken_to + self._attempts

    @property
    def now(self) -> datetime:
        """Tell the folds' own clock."""
        return self._intake.now

    async def project(self, records: Sequence[JournalRecord]) -> None:
        """Fold records and commit what follows; known ones are passed over.

        Raises JournalGap, CheckpointMoved, and UnreadableEvent for a foreign record.
        """
        await self._write(self._taken(record for record in records if record.offset >= self.next_offset))

    async def project_counted(self, events: Sequence[JournaledEvent]) -> None:
        """Fold events that are known to count, numbered from `next_offset` on, and commit what follows.

        Raises CheckpointMoved.
        """
        await self._write(self._numbered(events))

    async def project_batch(self, batch: EventBatch) -> None:
        """Fold a batch as `project_counted` folds its events.

        Raises CheckpointMoved.
        """
        buffers = self._buffers()
        begins = np.searchsorted(batch.now, from_utc(self._history_from)) if self._history_from else 0
        for part in (batch.part(0, int(begins)), batch.part(int(begins), len(batch))):
            if not len(part):
                continue
            for one, rows in zip(self._progress, buffers, strict=True):
                one.fold_batch(self.next_offset, part, rows)
            self._taken_to += len(part)
            self._intake = replace(self._intake, now=in_utc(part.now[-1]))
        if len(batch):
            await self._written(buffers, len(batch))

    def _taken(self, records: Iterable[JournalRecord]) -> Iterator[tuple[int, Sequence[JournaledEvent]]]:
        for record in records:
            if record.offset != self.next_offset:
                raise JournalGap(
                    f"The journal goes from offset {self._taken_to} to {record.offset}.",
                    "Its records must be kept for ever: check the retention of the topic.",
                )
            runs = decode_record(record.value, record.headers)
            self._intake, taken = deduplicate(self._intake, record.offset, runs)
            yield record.offset, taken

    def _numbered(self, events: Sequence[JournaledEvent]) -> Iterator[tuple[int, Sequence[JournaledEvent]]]:
        for number, journaled in enumerate(events, self.next_offset):
            self._intake = replace(self._intake, now=journaled.now)
            yield number, (journaled,)

    async def _write(self, read: Iterable[tuple[int, Sequence[JournaledEvent]]]) -> None:
        before, count = self._taken_to, 0
        buffers = self._buffers()
        for offset, events in read:
            for one, rows in zip(self._progress, buffers, strict=True):
                one.fold(offset, events, rows)
            self._taken_to = offset
            count += len(events)
        if self._taken_to > before:
            await self._written(buffers, count)

    def _buffers(self) -> list[RowBuffer]:
        return [RowBuffer(one.projection, self._namespace, self._history_from) for one in self._progress]

    async def _written(self, buffers: Sequence[RowBuffer], count: int) -> None:
        """Commit what so many events gave."""
        self._since_snapshot += count
        if any(one.written < self._taken_to for one in self._progress):
            await self._commit(buffers, snapshot=self._since_snapshot >= self._snapshot_events)
        self.applied += count
        # One long fold after another must not starve the heartbeats of everything else.
        await asyncio.sleep(0)

    async def snapshot(self) -> None:
        """Keep the states as they are, so that the next start folds only what comes after."""
        if self._since_snapshot and self.written_to == self._taken_to:
            await self._commit([], snapshot=True)

    async def close(self) -> None:
        """Let go of the database."""
        if self._connection is not None:
            await self._connection.close()
            self._connection = None

    async def _commit(self, buffers: Sequence[RowBuffer], *, snapshot: bool) -> None:
        retrying = AsyncRetrying(
            retry=retry_if_exception_type((psycopg.OperationalError, psycopg.InterfaceError)),
            wait=wait_exponential_jitter(multiplier=0.1, max=2),
            before_sleep=before_sleep_log(log, logging.WARNING),
        )
        async for attempt in retrying:
            self._attempts += 1
            with attempt:
                await self._try_commit(buffers, snapshot=snapshot)
        for one in self._progress:
            one.written, one.owner = max(one.written, self._taken_to), self._owner
        if snapshot:
            self._since_snapshot = 0

    async def _try_commit(self, buffers: Sequence[RowBuffer], *, snapshot: bool) -> None:
        connection = await self._connected()
        async with connection.transaction(), connection.cursor() as cursor:
            left = [checkpoints.Left(one.projection, one.written, one.owner) for one in self._progress]
            if await checkpoints.lock(cursor, self._namespace, left, self._taken_to, self._owner):
                return
            for rows in buffers:
                await rows.write(cursor)
            if snapshot:
                states = [(one.projection, one.state) for one in self._progress]
                await snapshots.save(cursor, self._taken_to, self._intake, states, self._namespace)
            await checkpoints.move(cursor, self._namespace, left, self._taken_to, self._owner)

    async def _connected(self) -> psycopg.AsyncConnection[Any]:
        if self._connection is None or self._connection.closed or self._connection.broken:
            self._connection = await psycopg.AsyncConnection.connect(
                self._database, autocommit=True, application_name="ouroboros-projector", connect_timeout=5
            )
        return self._connection
