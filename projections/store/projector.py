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
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar
from uuid import UUID, uuid4

import psycopg
from tenacity import (
    AsyncRetrying,
    before_sleep_log,
    retry_if_exception_type,
    wait_exponential_jitter,
)

from events.errors import CheckpointMoved, JournalGap, UsageError
from events.journal import decode_record
from projections.base import Projection, Recorded
from projections.intake import Intake, take_in
from projections.store import snapshots
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
    """A projection, its state in memory, and how far that is folded and written."""

    projection: Projection[S]
    state: S
    folded: int
    written: int

    def fold(self, offset: int, events: Iterable[Recorded], rows: RowBuffer) -> None:
        """Fold the events of one record, unless a snapshot held them already."""
        if offset <= self.folded:
            return
        for recorded in events:
            step = self.projection.apply(self.state, recorded)
            self.state = step.state
            if offset > self.written:
                rows.add(step.rows)
        self.folded = offset


class Projector:
    """Folds the journal through projections and writes what follows; see the module."""

    def __init__(
        self,
        database: str,
        progress: Sequence[Progress[Any]],
        intake: Intake,
        taken_to: int,
        snapshot_events: int,
    ) -> None:
        self._database = database
        self._progress = progress
        self._intake = intake
        self._taken_to = taken_to
        self._snapshot_events = snapshot_events
        self._since_snapshot = 0
        self._connection: psycopg.AsyncConnection[Any] | None = None
        self._owner: UUID = uuid4()
        self.applied = 0
        self._attempts = 0

    @classmethod
    async def load(
        cls, database: str, projections: Sequence[Projection[Any]], snapshot_events: int
    ) -> "Projector":
        """Start from the snapshots; the caller then gives the records from `next_offset` on.

        Records that the checkpoints have behind them are folded again, and write nothing.
        """
        async with await psycopg.AsyncConnection.connect(database) as connection:
            loaded = await snapshots.load(connection, projections)
        progress = [
            Progress(one.projection, one.state, one.folded, one.written) for one in loaded.projections
        ]
        return cls(database, progress, loaded.intake, loaded.taken_to, snapshot_events)

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
        new = [record for record in records if record.offset >= self.next_offset]
        if not new:
            return
        buffers = [RowBuffer(one.projection) for one in self._progress]
        count = 0
        for record in new:
            if record.offset != self.next_offset:
                raise JournalGap(
                    f"The journal goes from offset {self._taken_to} to {record.offset}.",
                    "Its records must be kept for ever: check the retention of the topic.",
                )
            runs = decode_record(record.value, record.headers)
            self._intake, taken = take_in(self._intake, record.offset, runs)
            for one, rows in zip(self._progress, buffers, strict=True):
                one.fold(record.offset, taken, rows)
            self._taken_to = record.offset
            count += len(taken)
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
            one.written = max(one.written, self._taken_to)
        if snapshot:
            self._since_snapshot = 0

    async def _try_commit(self, buffers: Sequence[RowBuffer], *, snapshot: bool) -> None:
        connection = await self._connected()
        async with connection.transaction(), connection.cursor() as cursor:
            if await self._lock_checkpoints(cursor):
                return
            for rows in buffers:
                await rows.write(cursor)
            if snapshot:
                states = [(one.projection, one.state) for one in self._progress]
                await snapshots.save(cursor, self._taken_to, self._intake, states)
            await cursor.executemany(
                "UPDATE ouroboros.checkpoint SET journal_offset = greatest(journal_offset, %s), owner = %s,"
                " moved_at = now() WHERE projection = %s AND version = %s",
                [
                    (self._taken_to, self._owner, one.projection.name, one.projection.version)
                    for one in self._progress
                ],
            )

    async def _lock_checkpoints(self, cursor: psycopg.AsyncCursor[Any]) -> bool:
        """Lock and compare the checkpoints; tell whether this very commit has gone through before.

        Raises CheckpointMoved when another projector wrote since.
        """
        committed_before = False
        for one in self._progress:
            await cursor.execute(
                "SELECT journal_offset, owner FROM ouroboros.checkpoint"
                " WHERE projection = %s AND version = %s FOR UPDATE",
                (one.projection.name, one.projection.version),
            )
            found = await cursor.fetchone()
            if found is None:
                raise UsageError(
                    f"The database has no place for {one.projection.schema}.", "Run `ouroboros migrate`."
                )
            offset, owner = found
            if offset == one.written:
                continue
            if one.written < self._taken_to == offset and owner == self._owner:
                committed_before = True
                continue
            raise CheckpointMoved(
                f"The checkpoint of {one.projection.name} is at {offset}, this projector left it at"
                f" {one.written}: another one has taken over.",
                "Nothing was written. Start this one again; it will wait until it is needed.",
            )
        return committed_before

    async def _connected(self) -> psycopg.AsyncConnection[Any]:
        if self._connection is None or self._connection.closed or self._connection.broken:
            self._connection = await psycopg.AsyncConnection.connect(
                self._database, autocommit=True, application_name="ouroboros-projector", connect_timeout=5
            )
        return self._connection
