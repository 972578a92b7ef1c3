"""`ouroboros replay promote`: rebuilt tables take the place of the live ones, in one transaction.

The checkpoints get a new owner. So a worker that runs finds at its next commit that they moved,
writes nothing and stops; started again, it loads the snapshots that came with the rebuilt tables.
"""

from typing import Any

import psycopg
from psycopg.sql import SQL, Identifier

from events.errors import UsageError
from ouroboros.replay import register
from ouroboros.replay.rebuilding import fold
from projections.registry import PROJECTIONS
from projections.store.migration import lock_migrations, show_live
from projections.store.namespace import LIVE, Namespace
from projections.warning_signs import WARNING_SIGNS
from streams.settings import Settings

ATTEMPTS = 5
# Whoever reads the old tables is waited for no longer than this, and then once more.
LOCK_TIMEOUT = "10s"


async def promote(settings: Settings, schema: str) -> int:
    """Catch up with the journal and take the place of the live tables; return the journal offset.

    Raises UsageError where this is no rebuild of the whole journal, or the live tables are never met.
    """
    with register.holding(settings.database_url, schema) as connection:
        found = register.registered(connection, schema)
        if not found.plan.is_whole_journal:
            raise UsageError(
                f"The replay {schema} cannot go live: it was made of {found.plan}.",
                "Only one of the whole journal can: `ouroboros replay --source journal --into ...`.",
            )
        register.check_versions(connection, schema)
        for _ in range(ATTEMPTS):
            await fold(settings, connection, found, None)
            try:
                offset = _go_live(connection, schema)
            except (psycopg.errors.LockNotAvailable, psycopg.errors.DeadlockDetected):
                continue
            if offset is not None:
                return offset
    raise UsageError(
        f"The replay {schema} could not take the place of the live tables: they are written faster than it"
        " catches up, or are being read all the time.",
        "Stop the worker, or long queries, and promote again.",
    )


def _go_live(connection: psycopg.Connection[Any], schema: str) -> int | None:
    """Put the rebuilt tables where the live ones are; nothing where these are further."""
    namespace = register.namespace_of(schema)
    with connection.transaction():
        connection.execute(SQL("SET LOCAL lock_timeout = {}").format(LOCK_TIMEOUT))
        lock_migrations(connection)
        # Until the end no projector commits, and no signal is sent.
        connection.execute("LOCK TABLE ouroboros.checkpoint, ouroboros.delivery IN EXCLUSIVE MODE")
        live = register.offsets(connection, LIVE)
        rebuilt = register.offsets(connection, namespace)
        if live.keys() != rebuilt.keys():
            raise UsageError(
                "The database was prepared by another release, with other projections.",
                "Run `ouroboros migrate` first.",
            )
        if any(rebuilt[name] < offset for name, offset in live.items()):
            return None
        _leave_unsent_what_is_past(connection, namespace, live[WARNING_SIGNS.name])
        for projection in PROJECTIONS:
            _rename(connection, projection.schema, _old(schema, projection.schema))
            _rename(connection, namespace.schema(projection), projection.schema)
            show_live(connection, projection)
        _move_bookkeeping(connection, namespace)
        for projection in PROJECTIONS:
            _drop(connection, _old(schema, projection.schema))
        _drop(connection, schema)
        register.forget(connection, schema)
        return min(rebuilt.values())


def _leave_unsent_what_is_past(
    connection: psycopg.Connection[Any], namespace: Namespace, live_offset: int
) -> None:
    """Count as sent what the live tables had gone past without sending it.

    A signal that only the rebuilt tables know of is in `read.signal`; sent now, it would look new.
    """
    connection.execute(
        SQL(
            "INSERT INTO ouroboros.delivery (message_id)"
            " SELECT message_id FROM {rebuilt} WHERE journal_offset <= %s"
            " AND NOT EXISTS (SELECT FROM {live} live WHERE live.message_id = {rebuilt}.message_id)"
            " ON CONFLICT (message_id) DO NOTHING"
        ).format(
            rebuilt=Identifier(namespace.schema(WARNING_SIGNS), "outbox"),
            live=Identifier(LIVE.schema(WARNING_SIGNS), "outbox"),
        ),
        (live_offset,),
    )


def _move_bookkeeping(connection: psycopg.Connection[Any], namespace: Namespace) -> None:
    with connection.cursor() as cursor:
        cursor.executemany(
            "DELETE FROM ouroboros.snapshot WHERE projection = %s AND version = %s", register.VERSIONS
        )
    connection.execute(
        namespace.sql(
            "UPDATE ouroboros.checkpoint c SET journal_offset = r.journal_offset, moved_at = now(),"
            " owner = gen_random_uuid() FROM {bookkeeping}.checkpoint r"
            " WHERE c.projection = r.projection AND c.version = r.version"
        )
    )
    connection.execute(
        namespace.sql(
            "INSERT INTO ouroboros.intake_snapshot SELECT * FROM {bookkeeping}.intake_snapshot"
            " ON CONFLICT (journal_offset) DO UPDATE SET state = EXCLUDED.state"
        )
    )
    connection.execute(namespace.sql("INSERT INTO ouroboros.snapshot SELECT * FROM {bookkeeping}.snapshot"))


def _old(schema: str, live: str) -> str:
    return f"{schema}_old_{live}"


def _rename(connection: psycopg.Connection[Any], schema: str, to: str) -> None:
    connection.execute(SQL("ALTER SCHEMA {} RENAME TO {}").format(Identifier(schema), Identifier(to)))


def _drop(connection: psycopg.Connection[Any], schema: str) -> None:
    connection.execute(SQL("DROP SCHEMA {} CASCADE").format(Identifier(schema)))
