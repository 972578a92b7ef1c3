"""The projector at work: a Faust agent on the journal, and one transactional writer behind it.

Whenever the journal's partition is given to this worker, the projector is loaded anew: from
its snapshots, then by reading the tail of the journal up to its present end. Faust's own
position only trails behind: what it redelivers is passed over by offset.
"""

import asyncio
import logging
import time
from collections.abc import Sequence
from typing import Any

from events.errors import JournalGap
from events.topics import JOURNAL
from projections.base import Projection
from projections.store.projector import JournalRecord, Projector
from streams.faust_app import Failure, consume, create_app
from streams.kafka import EndOffsets, reading_journal
from streams.messages import as_pairs
from streams.roles import Health, Loop, Role
from streams.settings import Settings

log = logging.getLogger(__name__)

PROGRESS_SECONDS = 5


class ProjectorRole(Role):
    """Folds the journal as a member of the projectors' group, which one member at a time can do."""

    def __init__(
        self,
        settings: Settings,
        projections: Sequence[Projection[Any]],
        failure: Failure,
        committed: asyncio.Event,
        name: str = "projector",
    ) -> None:
        self.name = name
        self._settings = settings
        self._projections = projections
        self._committed = committed
        self._assigned = asyncio.Event()
        self._busy = asyncio.Lock()
        self.projector: Projector | None = None
        self.app = create_app(settings, name)
        consume(self.app, settings, [JOURNAL], "project", failure.guard(self._work))
        self.app.on_partitions_assigned.connect(self._on_assigned)
        self.app.on_partitions_revoked.connect(self._on_revoked)

    async def prepare(self) -> None:
        """Check that the database has the tables of every projection."""
        projector = await self._load()
        await projector.close()

    def loops(self) -> Sequence[Loop]:
        """Return what runs beside the agent."""
        return [self._catch_up_when_assigned]

    async def stop(self) -> None:
        """Write snapshots of the states for a quick start."""
        async with self._busy:
            if self.projector:
                await self.projector.snapshot()

    async def close(self) -> None:
        """Disconnect from the database."""
        if self.projector:
            await self.projector.close()

    async def lag(self, ends: EndOffsets) -> int | None:
        """Return how many records of the journal are not written; None while another worker is on duty."""
        if not self._assigned.is_set() or self.projector is None:
            return None
        return max(0, await ends.of_journal() - 1 - self.projector.committed_offset)

    def health(self) -> Health:
        """Return how many events were folded, and the folds' own clock; an attempt to commit is progress."""
        projector = self.projector
        return Health(projector.applied, projector.activity, projector.now) if projector else Health(0, 0)

    async def _work(self, batch: list[Any]) -> None:
        async with self._busy:
            projector = await self._loaded()
            if projector is None:
                return
            await projector.project_records([_journal_record(event.message) for event in batch])
        for event in batch:
            event.ack()
        self._committed.set()

    async def _on_assigned(self, _app: Any, assigned: Any, **_: Any) -> None:
        if any(partition.topic == self._settings.topic(JOURNAL) for partition in assigned):
            self._assigned.set()

    async def _on_revoked(self, _app: Any, revoked: Any, **_: Any) -> None:
        """Finish the batch in hand, so that the next projector finds the checkpoint where it stays."""
        if any(partition.topic == self._settings.topic(JOURNAL) for partition in revoked):
            self._assigned.clear()
            async with self._busy:
                projector, self.projector = self.projector, None
            if projector:
                await projector.close()

    async def _catch_up_when_assigned(self) -> None:
        while True:
            await self._assigned.wait()
            async with self._busy:
                await self._loaded()
            self._committed.set()
            await asyncio.sleep(0.2)

    async def _loaded(self) -> Projector | None:
        """Return a projector that is up to date; None when the partition was taken away meanwhile."""
        if self.projector is None:
            projector = await self._load()
            try:
                if await self._catch_up(projector):
                    self.projector = projector
            finally:
                if self.projector is None:
                    await projector.close()
        return self.projector

    async def _load(self) -> Projector:
        return await Projector.load(
            self._settings.database_url, self._projections, self._settings.snapshot_events
        )

    async def _catch_up(self, projector: Projector) -> bool:
        async with reading_journal(self._settings) as journal:
            end = await journal.end()
            if projector.max_committed_offset >= end:
                raise JournalGap(
                    f"The database has applied the journal up to offset {projector.max_committed_offset},"
                    f" but this journal ends before offset {end}.",
                    "Point OUROBOROS_KAFKA and OUROBOROS_DATABASE at servers that belong together.",
                )
            if end - projector.next_offset > 0:
                log.info("%s: folding %d journal records", self.name, end - projector.next_offset)
            reported_at = time.monotonic()
            async for records in journal.read(projector.next_offset, end):
                if not self._assigned.is_set():
                    return False
                await projector.project_records([_journal_record(record) for record in records])
                if time.monotonic() - reported_at > PROGRESS_SECONDS:
                    reported_at = time.monotonic()
                    log.info("%s: folded to journal offset %d of %d", self.name, projector.next_offset, end)
        return self._assigned.is_set()


def _journal_record(message: Any) -> JournalRecord:
    """Convert a message of the journal, as Faust or as aiokafka gives it."""
    return JournalRecord(message.offset, message.value, as_pairs(message.headers))
