"""The checkpoints of a projector: locked and compared before it writes, moved with what it wrote."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import psycopg

from events.errors import CheckpointMoved, UsageError
from projections.base import Projection
from projections.store.namespace import Namespace


@dataclass(frozen=True, slots=True)
class Left:
    """Where a projector left a projection's checkpoint, and who had moved it there."""

    projection: Projection[Any]
    written: int
    owner: UUID | None


async def lock(
    cursor: psycopg.AsyncCursor[Any], namespace: Namespace, left: Sequence[Left], taken_to: int, owner: UUID
) -> bool:
    """Lock and compare the checkpoints; tell whether the commit up to `taken_to` has gone through before.

    Raises CheckpointMoved when anybody but the owner moved one since, were it to the same offset.
    """
    committed_before = False
    for one in left:
        await cursor.execute(
            namespace.sql(
                "SELECT journal_offset, owner FROM {bookkeeping}.checkpoint"
                " WHERE projection = %s AND version = %s FOR UPDATE"
            ),
            (one.projection.name, one.projection.version),
        )
        found = await cursor.fetchone()
        if found is None:
            raise UsageError(
                f"The database has no schema {namespace.schema(one.projection)}.",
                "Run `ouroboros migrate`.",
            )
        offset, moved_by = found
        if offset == one.written and moved_by in {one.owner, owner}:
            continue
        if one.written < taken_to == offset and moved_by == owner:
            committed_before = True
            continue
        raise CheckpointMoved(
            f"The checkpoint of {one.projection.name} is at {offset}, this projector left it at"
            f" {one.written}: another one has taken over.",
            "Nothing was written. Start this one again; it will wait until it is needed.",
        )
    return committed_before


async def move(
    cursor: psycopg.AsyncCursor[Any], namespace: Namespace, left: Sequence[Left], taken_to: int, owner: UUID
) -> None:
    """Move the checkpoints that are not further already, in the owner's name."""
    await cursor.executemany(
        namespace.sql(
            "UPDATE {bookkeeping}.checkpoint SET journal_offset = greatest(journal_offset, %s), owner = %s,"
            " moved_at = now() WHERE projection = %s AND version = %s"
        ),
        [(taken_to, owner, one.projection.name, one.projection.version) for one in left],
    )
