"""States of folds in the database, so that a restart folds only the tail of the journal.

A snapshot is a cache: one that this release cannot read is passed over, and the
projection folds from the beginning.
"""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg.rows import dict_row
from pydantic import TypeAdapter, ValidationError

from events.errors import UsageError
from projections.base import Projection
from projections.deduplication import DEDUPLICATOR_TYPE, Deduplicator
from projections.facts.world import VERSION, World
from projections.store.namespace import LIVE, Namespace
from projections.store.progress import BEFORE_THE_FIRST, AnyProgress, ProjectionProgress

log = logging.getLogger(__name__)

WORLD_TYPE: TypeAdapter[World] = TypeAdapter(World)


@dataclass(frozen=True)
class Shared:
    """What all projections of a projector share, as it is after an offset of the journal."""

    read_offset: int
    deduplicator: Deduplicator
    world: World


async def load(
    connection: psycopg.AsyncConnection[Any], projections: Sequence[Projection[Any]], namespace: Namespace
) -> tuple[Shared, list[AnyProgress]]:
    """Read checkpoints and snapshots; what is shared lies at the earliest of the projections' snapshots.

    Raises UsageError where the database was not migrated.
    """
    progress = [await _load_progress(connection, projection, namespace) for projection in projections]
    shared = await _load_shared(connection, min(reader.read_offset for reader in progress), namespace)
    if shared is None:
        shared = Shared(BEFORE_THE_FIRST, Deduplicator(), World())
        for reader in progress:
            reader.restart()
    return shared, progress


async def save(
    cursor: psycopg.AsyncCursor[Any],
    shared: Shared,
    progress: Iterable[AnyProgress],
    namespace: Namespace = LIVE,
) -> None:
    """Write the states at an offset, inside the caller's transaction."""
    offset = shared.read_offset
    await cursor.execute(
        namespace.sql(
            "INSERT INTO {bookkeeping}.intake_snapshot VALUES (%s, %s)"
            " ON CONFLICT (journal_offset) DO NOTHING"
        ),
        (offset, DEDUPLICATOR_TYPE.dump_json(shared.deduplicator)),
    )
    await cursor.execute(
        namespace.sql(
            "INSERT INTO {bookkeeping}.world_snapshot VALUES (%s, %s, %s) ON CONFLICT (journal_offset)"
            " DO UPDATE SET version = EXCLUDED.version, state = EXCLUDED.state"
        ),
        (offset, VERSION, WORLD_TYPE.dump_json(shared.world)),
    )
    await cursor.executemany(
        namespace.sql(
            "INSERT INTO {bookkeeping}.snapshot VALUES (%s, %s, %s, %s) ON CONFLICT (projection, version)"
            " DO UPDATE SET journal_offset = EXCLUDED.journal_offset, state = EXCLUDED.state"
        ),
        [
            (
                reader.projection.name,
                reader.projection.version,
                offset,
                reader.projection.state_type.dump_json(reader.state),
            )
            for reader in progress
        ],
    )
    for statement in (
        namespace.sql(
            "DELETE FROM {bookkeeping}.intake_snapshot i WHERE NOT EXISTS"
            " (SELECT FROM {bookkeeping}.snapshot s WHERE s.journal_offset = i.journal_offset)"
        ),
        namespace.sql(
            "DELETE FROM {bookkeeping}.world_snapshot w WHERE NOT EXISTS"
            " (SELECT FROM {bookkeeping}.snapshot s WHERE s.journal_offset = w.journal_offset)"
        ),
    ):
        await cursor.execute(statement)


async def _load_progress(
    connection: psycopg.AsyncConnection[Any], projection: Projection[Any], namespace: Namespace
) -> AnyProgress:
    async with connection.cursor(row_factory=dict_row) as cursor:
        try:
            await cursor.execute(
                namespace.sql(
                    "SELECT c.journal_offset AS committed, c.owner, s.journal_offset AS read, s.state"
                    " FROM {bookkeeping}.checkpoint c"
                    " LEFT JOIN {bookkeeping}.snapshot s USING (projection, version)"
                    " WHERE c.projection = %s AND c.version = %s"
                ),
                (projection.name, projection.version),
            )
        except (psycopg.errors.UndefinedTable, psycopg.errors.InvalidSchemaName):
            found = None
        else:
            found = await cursor.fetchone()
    if found is None:
        raise UsageError(f"The database has no schema {projection.schema}.", "Run `ouroboros migrate`.")
    progress = ProjectionProgress(
        projection, projection.initial, BEFORE_THE_FIRST, found["committed"], found["owner"]
    )
    if found["state"] is None:
        return progress
    try:
        progress.state = projection.state_type.validate_json(found["state"])
    except ValidationError:
        log.warning("The snapshot of %s is of another release; folding from the beginning.", projection.name)
        return progress
    progress.read_offset = found["read"]
    return progress


async def _load_shared(
    connection: psycopg.AsyncConnection[Any], offset: int, namespace: Namespace
) -> Shared | None:
    if offset == BEFORE_THE_FIRST:
        return None
    cursor = await connection.execute(
        namespace.sql(
            "SELECT i.state, w.state FROM {bookkeeping}.intake_snapshot i"
            " JOIN {bookkeeping}.world_snapshot w USING (journal_offset)"
            " WHERE journal_offset = %s AND w.version = %s"
        ),
        (offset, VERSION),
    )
    found = await cursor.fetchone()
    if found is None:
        return None
    try:
        return Shared(offset, DEDUPLICATOR_TYPE.validate_json(found[0]), WORLD_TYPE.validate_json(found[1]))
    except ValidationError:
        log.warning("The snapshot of the facts is of another release; folding from the beginning.")
        return None
