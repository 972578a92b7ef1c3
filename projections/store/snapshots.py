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
from pydantic import ValidationError

from events.errors import UsageError
from projections.base import Projection
from projections.intake import INTAKE_TYPE, Intake

log = logging.getLogger(__name__)

BEFORE_THE_FIRST = -1


@dataclass(frozen=True)
class LoadedProjection:
    """A projection's state, the offset it is folded to, and the offset its rows are written to."""

    projection: Projection[Any]
    state: Any
    folded: int
    written: int


@dataclass(frozen=True)
class Loaded:
    """Where a projector starts: the intake lies at the earliest of the projections' snapshots."""

    projections: tuple[LoadedProjection, ...]
    intake: Intake
    taken_to: int


async def load(connection: psycopg.AsyncConnection[Any], projections: Sequence[Projection[Any]]) -> Loaded:
    """Read checkpoints and snapshots.

    Raises UsageError where the database was not migrated.
    """
    loaded = tuple([await _load_one(connection, projection) for projection in projections])
    taken_to = min(one.folded for one in loaded)
    intake = await _load_intake(connection, taken_to)
    if intake is None:
        fresh = (LoadedProjection(one.projection, one.projection.initial, -1, one.written) for one in loaded)
        return Loaded(tuple(fresh), Intake(), BEFORE_THE_FIRST)
    return Loaded(loaded, intake, taken_to)


async def save(
    cursor: psycopg.AsyncCursor[Any],
    offset: int,
    intake: Intake,
    states: Iterable[tuple[Projection[Any], Any]],
) -> None:
    """Write the states at an offset, inside the caller's transaction."""
    await cursor.execute(
        "INSERT INTO ouroboros.intake_snapshot VALUES (%s, %s) ON CONFLICT (journal_offset) DO NOTHING",
        (offset, INTAKE_TYPE.dump_json(intake)),
    )
    await cursor.executemany(
        "INSERT INTO ouroboros.snapshot VALUES (%s, %s, %s, %s) ON CONFLICT (projection, version)"
        " DO UPDATE SET journal_offset = EXCLUDED.journal_offset, state = EXCLUDED.state",
        [
            (projection.name, projection.version, offset, projection.state_type.dump_json(state))
            for projection, state in states
        ],
    )
    await cursor.execute(
        "DELETE FROM ouroboros.intake_snapshot i WHERE NOT EXISTS"
        " (SELECT FROM ouroboros.snapshot s WHERE s.journal_offset = i.journal_offset)"
    )


async def _load_one(
    connection: psycopg.AsyncConnection[Any], projection: Projection[Any]
) -> LoadedProjection:
    async with connection.cursor(row_factory=dict_row) as cursor:
        try:
            await cursor.execute(
                "SELECT c.journal_offset AS written, s.journal_offset AS folded, s.state"
                " FROM ouroboros.checkpoint c LEFT JOIN ouroboros.snapshot s USING (projection, version)"
                " WHERE c.projection = %s AND c.version = %s",
                (projection.name, projection.version),
            )
        except (psycopg.errors.UndefinedTable, psycopg.errors.InvalidSchemaName):
            found = None
        else:
            found = await cursor.fetchone()
    if found is None:
        raise UsageError(f"The database has no place for {projection.schema}.", "Run `ouroboros migrate`.")
    if found["state"] is None:
        return LoadedProjection(projection, projection.initial, BEFORE_THE_FIRST, found["written"])
    try:
        state = projection.state_type.validate_json(found["state"])
    except ValidationError:
        log.warning("The snapshot of %s is of another release; folding from the beginning.", projection.name)
        return LoadedProjection(projection, projection.initial, BEFORE_THE_FIRST, found["written"])
    return LoadedProjection(projection, state, found["folded"], found["written"])


async def _load_intake(connection: psycopg.AsyncConnection[Any], offset: int) -> Intake | None:
    if offset == BEFORE_THE_FIRST:
        return Intake()
    found = await (
        await connection.execute(
            "SELECT state FROM ouroboros.intake_snapshot WHERE journal_offset = %s", (offset,)
        )
    ).fetchone()
    return INTAKE_TYPE.validate_json(found[0]) if found else None
