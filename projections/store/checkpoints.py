"""The checkpoints of a projector: locked and compared before it writes, moved with what it wrote."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import psycopg

from events.errors import CheckpointMoved, UsageError
from projections.store.namespace import Namespace
from projections.store.progress import AnyProgress


async def lock(
    cursor: psycopg.AsyncCursor[Any],
    namespace: Namespace,
    progress: Sequence[AnyProgress],
    read_offset: int,
    owner: UUID,
) -> bool:
    """Lock and compare the checkpoints; return whether the commit up to `read_offset` went through before.

    Raises CheckpointMoved when anybody but the owner moved one since, were it to the same offset.
    """
    committed_before = False
    for reader in progress:
        await cursor.execute(
            namespace.sql(
                "SELECT journal_offset, owner FROM {bookkeeping}.checkpoint"
                " WHERE projection = %s AND version = %s FOR UPDATE"
            ),
            (reader.projection.name, reader.projection.version),
        )
        found = await cursor.fetchone()
        if found is None:
            raise UsageError(
                f"The database has no schema {namespace.schema(reader.projection)}.",
                "Run `ouroboros migrate`.",
            )
        offset, moved_by = found
        if offset == reader.committed_offset and moved_by in {reader.owner, owner}:
            continue
        if reader.committed_offset < read_offset == offset and moved_by == owner:
            committed_before = True
            continue
        raise CheckpointMoved(
            f"The checkpoint of {reader.projection.name} is at {offset}, this projector left it at"
            f" {reader.committed_offset}: another one has taken over.",
            "Nothing was written. Start this one again; it will wait until it is needed.",
        )
    return committed_before


async def move(
    cursor: psycopg.AsyncCursor[Any],
    namespace: Namespace,
    progress: Sequence[AnyProgress],
    read_offset: int,
    owner: UUID,
) -> None:
    """Move the checkpoints that are not further already, in the owner's name."""
    await cursor.executemany(
        namespace.sql(
            "UPDATE {bookkeeping}.checkpoint SET journal_offset = greatest(journal_offset, %s), owner = %s,"
            " moved_at = now() WHERE projection = %s AND version = %s"
        ),
        [(read_offset, owner, reader.projection.name, reader.projection.version) for reader in progress],
    )
