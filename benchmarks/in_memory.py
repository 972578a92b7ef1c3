"""The projector as it is, but for the database: records to rows in memory."""

import sys
from collections.abc import Sequence

import psycopg

from projections.deduplication import Deduplicator
from projections.registry import PROJECTIONS
from projections.store import snapshots
from projections.store.projector import Progress, Projector
from projections.store.snapshots import BEFORE_THE_FIRST
from projections.store.writing import RowBuffer


class InMemory(Projector):
    """Folds like every projector and throws the rows away instead of writing them."""

    def __init__(self) -> None:
        progress = [Progress(one, one.initial, BEFORE_THE_FIRST, BEFORE_THE_FIRST) for one in PROJECTIONS]
        super().__init__("", progress, Deduplicator(), BEFORE_THE_FIRST, snapshot_events=sys.maxsize)

    async def _commit(self, buffers: Sequence[RowBuffer], *, snapshot: bool) -> None:
        for one in self._progress:
            one.written = self._taken_to

    async def leave_in(self, database: str, written_to: int) -> None:
        """Leave snapshots of the states in a database, as if rows had been written up to an offset."""
        async with (
            await psycopg.AsyncConnection.connect(database) as connection,
            connection.cursor() as cursor,
        ):
            states = [(one.projection, one.state) for one in self._progress]
            await snapshots.save(cursor, self._taken_to, self._intake, states)
            await cursor.execute("UPDATE ouroboros.checkpoint SET journal_offset = %s", (written_to,))
