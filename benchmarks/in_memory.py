"""What live does without the database: events to rows in memory."""

import sys
import time
from collections.abc import Sequence
from typing import Any

import psycopg

from projections.base import Projection
from projections.column_block import Piece
from projections.deduplication import Deduplicator
from projections.event_batch import EventBatch
from projections.facts.learning import learn
from projections.facts.world import World
from projections.kernel import LearnedBatch
from projections.registry import PROJECTIONS
from projections.store import snapshots
from projections.store.progress import BEFORE_THE_FIRST, AnyProgress, ProjectionProgress
from projections.store.projector import Projector
from projections.store.snapshots import Shared
from projections.store.writing import RowBuffer

Parts = dict[str, float]


class Folds:
    """The world and the states of projections, which batches are folded into."""

    def __init__(self, projections: Sequence[Projection[Any]] = PROJECTIONS) -> None:
        self.world = World()
        self._projections = projections
        self._states = {projection.name: projection.initial for projection in projections}

    def fold(self, batch: EventBatch, parts: Parts | None = None) -> list[Sequence[Piece]]:
        """Return the rows of a batch, and add the processor seconds of each part to `parts`."""
        parts = {} if parts is None else parts
        before, began = self.world, time.process_time()
        self.world, steps = learn(before, batch)
        began = note(parts, "facts", began)
        rows = list[Sequence[Piece]]()
        for projection in self._projections:
            step = projection.project(self._states[projection.name], LearnedBatch(batch, before, steps))
            self._states[projection.name] = step.state
            rows.append(step.pieces)
            began = note(parts, projection.name, began)
        return rows


def note(parts: Parts, name: str, began: float) -> float:
    """Add the processor seconds since a time to a part, and return the time now."""
    now = time.process_time()
    parts[name] = parts.get(name, 0.0) + now - began
    return now


class InMemory(Projector):
    """Folds like every projector and throws the rows away instead of writing them."""

    def __init__(self) -> None:
        progress: list[AnyProgress] = [
            ProjectionProgress(projection, projection.initial) for projection in PROJECTIONS
        ]
        super().__init__("", Shared(BEFORE_THE_FIRST, Deduplicator(), World()), progress, sys.maxsize)

    async def _commit(self, buffers: Sequence[RowBuffer], *, snapshot: bool) -> None:
        for progress in self._progress:
            progress.committed_offset = self._shared.read_offset

    async def leave_in(self, database: str, written_to: int) -> None:
        """Leave snapshots of the states in a database, as if rows had been written up to an offset."""
        async with (
            await psycopg.AsyncConnection.connect(database) as connection,
            connection.cursor() as cursor,
        ):
            await snapshots.save(cursor, self._shared, self._progress)
            await cursor.execute("UPDATE ouroboros.checkpoint SET journal_offset = %s", (written_to,))
