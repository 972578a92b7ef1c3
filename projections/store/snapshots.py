"""States of folds in the database, so that a restart folds only the tail of the journal.

A snapshot is a cache: one that this release cannot read is passed over, and the
projection folds from the beginning.
"""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import psycopg
from psycopg.rows import dict_row
from pydantic import ValidationError

from events.errors import UsageError
from projections.base import Projection
from projections.deduplication import DEDUPLICATOR_TYPE, Deduplicator
from projections.store.namespace import LIVE, Namespace

log = logging.getLogger(__name__)

BEFORE_THE_FIRST = -1


@dataclass(frozen=True)
class LoadedProjection:
    """A projection's state, the offset it is folded to, the offset its rows are written to, and by whom."""

    projection: Projection[Any]
    state: Any
    folded: int
    written: int
    owner: UUID | None


@dataclass(frozen=True)
class Loaded:
    """Where a projector starts: the deduplicator lies at the earliest of the projections' snapshots."""

    projections: tuple[LoadedProjection, ...]
    deduplicator: Deduplicator
    taken_to: int


async def load(
    connection: psycopg.AsyncConnection[Any], projections: Sequence[Projection[Any]], namespace: Namespace
) -> Loaded:
    """Read checkpoints and snapshots.

    Raises UsageError where the database was not migrated.
    """
    loaded = tuple([await _load_one(connection, projection, namespace) for projection in projections])
    taken_to = min(one.folded for one in loaded)
    deduplicator = await _load_intake(connection, taken_to, namespace)
    if deduplicator is None:
        fresh = (replace(one, state=one.projection.initial, folded=BEFORE_THE_FIRST) for one in loaded)
        return Loaded(tuple(fresh), Deduplicator(), BEFORE_THE_FIRST)
    return Loaded(loaded, deduplicator, taken_to)


async def save(
    cursor: psycopg.AsyncCursor[Any],
    offset: int,
    deduplicator: Deduplicator,
    states: Iterable[tuple[Projection[Any], Any]],
    namespace: Namespace = LIVE,
) -> None:
    """Write the states at an offset, inside the caller's transaction."""
    await cursor.execute(
        namespace.sql(
            "INSERT INTO {bookkeeping}.intake_snapshot VALUES (%s, %s)"
            " ON CONFLICT (journal_offset) DO NOTHING"
        ),
        (offset, DEDUPLICATOR_TYPE.dump_json(deduplicator)),
    )
    await cursor.executemany(
        namespace.sql(
            "INSERT INTO {bookkeeping}.snapshot VALUES (%s, %s, %s, %s) ON CONFLICT (projection, version)"
            " DO UPDATE SET journal_offset = EXCLUDED.journal_offset, state = EXCLUDED.state"
        ),
        [
            (projection.name, projection.version, offset, projection.state_type.dump_json(state))
            for projection, state in states
        ],
    )
    await cursor.execute(
        namespace.sql(
            "DELETE FROM {bookkeeping}.intake_snapshot i WHERE NOT EXISTS"
            " (SELECT FROM {bookkeeping}.snapshot s WHERE s.journal_offset = i.journal_offset)"
        )
    )


async def _load_one(
    connection: psycopg.AsyncConnection[Any], projection: Projection[Any], namespace: Namespace
) -> LoadedProjection:
    async with connection.cursor(row_factory=dict_row) as cursor:
        try:
            await cursor.execute(
                namespace.sql(
                    "SELECT c.journal_offset AS written, c.owner, s.journal_offset AS folded, s.state"
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
    fresh = LoadedProjection(
        projection, projection.initial, BEFORE_THE_FIRST, found["written"], found["owner"]
    )
    if found["state"] is None:
        return fresh
    try:
        state = projection.state_type.validate_json(found["state"])
    except ValidationError:
        log.warning("The snapshot of %s is of another release; folding from the beginning.", projection.name)
        return fresh
    return replace(fresh, state=state, folded=found["folded"])


async def _load_intake(
    connection: psycopg.AsyncConnection[Any], offset: int, namespace: Namespace
) -> Deduplicator | None:
    if offset == BEFORE_THE_FIRST:
        return Deduplicator()
    found = await (
        await connection.execute(
            namespace.sql("SELECT state FROM {bookkeeping}.intake_snapshot WHERE journal_offset = %s"),
            (offset,),
        )
    ).fetchone()
    return DEDUPLICATOR_TYPE.validate_json(found[0]) if found else None
