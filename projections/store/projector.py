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
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise
from typing import Any
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
from projections.deduplication import deduplicate
from projections.event_batch import EventBatch, Whole, batch_of, from_utc, in_utc
from projections.facts.learning import learn
from projections.kernel import LearnedBatch
from projections.store import checkpoints, snapshots
from projections.store.connection import connected
from projections.store.namespace import LIVE, Namespace
from projections.store.progress import AnyProgress
from projections.store.snapshots import Shared
from projections.store.writing import RowBuffer

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class JournalRecord:
    """A record as it is in the journal."""

    offset: int
    value: bytes
    headers: tuple[tuple[str, bytes], ...]


class Projector:
    """Folds the journal through projections and writes what follows; see the module."""

    def __init__(
        self,
        database: str,
        shared: Shared,
        progress: Sequence[AnyProgress],
        snapshot_events: int,
        *,
        namespace: Namespace = LIVE,
        history_from: datetime | None = None,
    ) -> None:
        self._database = database
        self._shared = shared
        self._progress = progress
        self._snapshot_events = snapshot_events
        self._namespace = namespace
        self._history_from = history_from
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
        async with connected(database) as connection:
            shared, progress = await snapshots.load(connection, projections, namespace)
        return cls(
            database, shared, progress, snapshot_events, namespace=namespace, history_from=history_from
        )

    @property
    def next_offset(self) -> int:
        """Return the offset of the first record that has not been folded."""
        return self._shared.read_offset + 1

    @property
    def committed_offset(self) -> int:
        """Return the last offset whose rows are committed in every projection."""
        return min(reader.committed_offset for reader in self._progress)

    @property
    def max_committed_offset(self) -> int:
        """Return the last offset whose rows are committed in any projection."""
        return max(reader.committed_offset for reader in self._progress)

    @property
    def activity(self) -> int:
        """Return what changes with each record and each attempt to commit: waiting is not stalling."""
        return self._shared.read_offset + self._attempts

    @property
    def now(self) -> datetime:
        """Return the folds' own clock."""
        return self._shared.deduplicator.now

    async def project_records(self, records: Sequence[JournalRecord]) -> None:
        """Project the events of journal records that count; known records are passed over.

        Raises JournalGap, CheckpointMoved, and UnreadableEvent for a foreign record.
        """
        events, offsets = list[JournaledEvent](), list[int]()
        read_offset, deduplicator = self._shared.read_offset, self._shared.deduplicator
        for record in records:
            if record.offset <= read_offset:
                continue
            if record.offset != read_offset + 1:
                raise JournalGap(
                    f"The journal goes from offset {read_offset} to {record.offset}.",
                    "Its records must be kept for ever: check the retention of the topic.",
                )
            runs = decode_record(record.value, record.headers)
            deduplicator, accepted = deduplicate(deduplicator, record.offset, runs)
            read_offset = record.offset
            events += accepted
            offsets += [record.offset] * len(accepted)
        if read_offset > self._shared.read_offset:
            self._shared = replace(self._shared, deduplicator=deduplicator)
            await self._project(batch_of(events), np.array(offsets, dtype=np.int64), read_offset)

    async def project(self, batch: EventBatch) -> None:
        """Project events that are known to count, numbered from `next_offset` on.

        Raises CheckpointMoved.
        """
        if not len(batch):
            return
        numbers = np.arange(self.next_offset, self.next_offset + len(batch))
        deduplicator = replace(self._shared.deduplicator, now=in_utc(batch.now[-1]))
        self._shared = replace(self._shared, deduplicator=deduplicator)
        await self._project(batch, numbers, int(numbers[-1]))

    async def _project(self, batch: EventBatch, offsets: Whole, read_offset: int) -> None:
        """Fold a batch whose events have these offsets into memory, and commit what follows."""
        world, steps = learn(self._shared.world, batch)
        learned = LearnedBatch(batch, self._shared.world, steps)
        buffers = [
            RowBuffer(reader.projection, self._namespace, self._history_from) for reader in self._progress
        ]
        for start, end in pairwise(self._cuts(batch, offsets)):
            part = learned.part(start, end)
            for reader, rows in zip(self._progress, buffers, strict=True):
                if offsets[start] > reader.read_offset:
                    step = reader.projection.project(reader.state, part)
                    reader.state = step.state
                    if offsets[start] > reader.committed_offset:
                        rows.add(step.pieces, in_utc(batch.now[start]))
        for reader in self._progress:
            reader.read_offset = max(reader.read_offset, read_offset)
        self._shared = replace(self._shared, read_offset=read_offset, world=world)
        self._since_snapshot += len(batch)
        if any(reader.committed_offset < read_offset for reader in self._progress):
            await self._commit(buffers, snapshot=self._since_snapshot >= self._snapshot_events)
        self.applied += len(batch)
        # One long fold after another must not starve the heartbeats of everything else.
        await asyncio.sleep(0)

    def _cuts(self, batch: EventBatch, offsets: Whole) -> list[int]:
        """Return where projections begin to read or to write, or where history begins."""
        cuts = {0, len(batch)}
        for reader in self._progress:
            for offset in (reader.read_offset, reader.committed_offset):
                cuts.add(int(np.searchsorted(offsets, offset, "right")))
        if self._history_from is not None:
            cuts.add(int(np.searchsorted(batch.now, from_utc(self._history_from))))
        return sorted(cuts)

    async def snapshot(self) -> None:
        """Keep the states as they are, so that the next start folds only what comes after."""
        if self._since_snapshot and self.committed_offset == self._shared.read_offset:
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
        for reader in self._progress:
            reader.committed_offset = max(reader.committed_offset, self._shared.read_offset)
            reader.owner = self._owner
        if snapshot:
            self._since_snapshot = 0

    async def _try_commit(self, buffers: Sequence[RowBuffer], *, snapshot: bool) -> None:
        connection = await self._connected()
        read_offset = self._shared.read_offset
        async with connection.transaction(), connection.cursor() as cursor:
            if await checkpoints.lock(cursor, self._namespace, self._progress, read_offset, self._owner):
                return
            for rows in buffers:
                await rows.write(cursor)
            if snapshot:
                await snapshots.save(cursor, self._shared, self._progress, self._namespace)
            await checkpoints.move(cursor, self._namespace, self._progress, read_offset, self._owner)

    async def _connected(self) -> psycopg.AsyncConnection[Any]:
        if self._connection is None or self._connection.closed or self._connection.broken:
            self._connection = await psycopg.AsyncConnection.connect(
                self._database, autocommit=True, application_name="ouroboros-projector", connect_timeout=5
            )
        return self._connection
