"""The database made ready: schemas, tables, hypertables, the views of `read`, the read-only role.

Running it again changes nothing. It works on plain PostgreSQL; where TimescaleDB is at hand,
history becomes hypertables, and compression is asked for where the licence has it.
"""

from collections.abc import Callable, Sequence
from typing import Any

import psycopg
from psycopg.sql import SQL
from tenacity import retry, retry_if_exception_message, stop_after_delay, wait_fixed

from projections.base import Projection
from projections.store import tables
from projections.store.namespace import LIVE
from projections.store.reader import READER, prepare_reader
from projections.store.timescale import describe, timescale_of

# One migration at a time; the number means nothing but must be the same everywhere.
_LOCK = 7_026_011_803

Report = Callable[[str], None]


def migrate(
    database: str, projections: Sequence[Projection[Any]], reader_password: str | None, report: Report
) -> None:
    """Bring the database to this release in one transaction.

    Raises psycopg.Error; the transaction then leaves everything as it was.
    """
    with psycopg.connect(database) as connection:
        lock_migrations(connection)
        timescale = timescale_of(connection)
        tables.make_bookkeeping(connection, LIVE)
        connection.execute(SQL(tables.script("projections.store", "schema.sql")))
        for projection in projections:
            if tables.make_tables(connection, LIVE, projection, timescale):
                report(f"Made the tables of {projection.schema}.")
                _send_nothing_of_the_past(connection, projection)
            tables.refresh_reference(connection, LIVE, projection)
            _promote(connection, projection, report)
        try:
            _prepare_reader(connection, reader_password)
        except psycopg.errors.InsufficientPrivilege:
            report(
                f"The role {READER} could not be prepared: this user may not make roles."
                " Have an administrator run `ouroboros migrate` once."
            )
    report(describe(timescale))


# Roles belong to the whole server, where a migration of another database may be changing this one.
@retry(
    retry=retry_if_exception_message(match="tuple concurrently updated"),
    stop=stop_after_delay(10),
    wait=wait_fixed(0.1),
    reraise=True,
)
def _prepare_reader(connection: psycopg.Connection[Any], password: str | None) -> None:
    with connection.transaction():
        prepare_reader(connection, password)


def lock_migrations(connection: psycopg.Connection[Any]) -> None:
    """Wait until nobody else changes what schemas there are, until the end of the transaction."""
    connection.execute("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))


def show_live(connection: psycopg.Connection[Any], projection: Projection[Any]) -> None:
    """Let the views of `read` show this version, and take note of it."""
    tables.show(connection, LIVE, projection)
    connection.execute(
        "INSERT INTO ouroboros.live_version VALUES (%s, %s)"
        " ON CONFLICT (projection) DO UPDATE SET version = EXCLUDED.version",
        (projection.name, projection.version),
    )


def _send_nothing_of_the_past(connection: psycopg.Connection[Any], projection: Projection[Any]) -> None:
    """Let a version that is made beside the live one send only what comes after that one's checkpoint."""
    connection.execute(
        "INSERT INTO ouroboros.sends_after SELECT c.projection, %s, c.journal_offset"
        " FROM ouroboros.live_version live"
        " JOIN ouroboros.checkpoint c ON c.projection = live.projection AND c.version = live.version"
        " WHERE live.projection = %s",
        (projection.version, projection.name),
    )


def _promote(connection: psycopg.Connection[Any], projection: Projection[Any], report: Report) -> None:
    """Let the views show this version, once it has caught up with the one they show now."""
    behind = connection.execute(
        "SELECT live.version FROM ouroboros.live_version live"
        " JOIN ouroboros.checkpoint old ON old.projection = live.projection AND old.version = live.version"
        " JOIN ouroboros.checkpoint new ON new.projection = live.projection AND new.version = %s"
        " WHERE live.projection = %s AND new.journal_offset < old.journal_offset",
        (projection.version, projection.name),
    ).fetchone()
    if behind:
        report(
            f"{projection.schema} is catching up beside version {behind[0]}, which is still shown;"
            " run `ouroboros migrate` again when it has."
        )
    else:
        show_live(connection, projection)
