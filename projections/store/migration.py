"""The database made ready: schemas, tables, hypertables, the views of `read`, the read-only role.

Running it again changes nothing. It works on plain PostgreSQL; where TimescaleDB is at hand,
history becomes hypertables, and compression is asked for where the licence has it.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import psycopg
from psycopg.sql import SQL, Identifier, Literal

from projections.base import Projection, Table

READER = "ouroboros_reader"
CHUNK = "30 days"
COMPRESS_AFTER = "90 days"
# One migration at a time; the number means nothing but must be the same everywhere.
_LOCK = 7_026_011_803

Report = Callable[[str], None]


@dataclass(frozen=True)
class Timescale:
    """Which TimescaleDB the database has, if any."""

    version: str | None
    community: bool


def migrate(
    database: str, projections: Sequence[Projection[Any]], reader_password: str | None, report: Report
) -> None:
    """Bring the database to this release in one transaction.

    Raises psycopg.Error; the transaction then leaves everything as it was.
    """
    with psycopg.connect(database) as connection:
        connection.execute("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))
        timescale = _timescale(connection)
        connection.execute(_script("projections.store", "schema.sql"))
        for projection in projections:
            _prepare(connection, projection, timescale, report)
            _refresh_reference(connection, projection)
            _promote(connection, projection, report)
        try:
            with connection.transaction():
                _prepare_reader(connection, reader_password)
        except psycopg.errors.InsufficientPrivilege:
            report(
                f"The role {READER} could not be prepared: this user may not make roles."
                " Have an administrator run `ouroboros migrate` once."
            )
    report(_describe(timescale))


def _prepare(
    connection: psycopg.Connection[Any], projection: Projection[Any], timescale: Timescale, report: Report
) -> None:
    """Make the schema of a projection's version, unless it stands already."""
    if connection.execute("SELECT to_regnamespace(%s)", (projection.schema,)).fetchone() != (None,):
        return
    schema = Identifier(projection.schema)
    connection.execute(SQL("CREATE SCHEMA {}").format(schema))
    connection.execute(_script(_package(projection), "schema.sql").format(schema=schema))
    connection.execute(
        "INSERT INTO ouroboros.checkpoint (projection, version, journal_offset) VALUES (%s, %s, -1)",
        (projection.name, projection.version),
    )
    if timescale.version:
        for table in projection.tables:
            _make_hypertable(connection, projection, table, timescale)
    report(f"Made the tables of {projection.schema}.")


def _refresh_reference(connection: psycopg.Connection[Any], projection: Projection[Any]) -> None:
    """Write what comes with the release, in place of what an earlier one brought."""
    for reference in projection.reference:
        table = Identifier(projection.schema, reference.table)
        connection.execute(SQL("DELETE FROM {}").format(table))
        statement = SQL("INSERT INTO {} ({}) VALUES ({})").format(
            table,
            SQL(", ").join(map(Identifier, reference.columns)),
            SQL(", ").join([SQL("%s")] * len(reference.columns)),
        )
        with connection.cursor() as cursor:
            cursor.executemany(statement, reference.rows)


def _make_hypertable(
    connection: psycopg.Connection[Any], projection: Projection[Any], table: Table, timescale: Timescale
) -> None:
    if table.time_column is None:
        return
    name = f"{projection.schema}.{table.name}"
    connection.execute(
        "SELECT create_hypertable(%s::regclass, by_range(%s, %s::interval))", (name, table.time_column, CHUNK)
    )
    if timescale.community:
        target = Identifier(projection.schema, table.name)
        connection.execute(SQL("ALTER TABLE {} SET (timescaledb.compress)").format(target))
        connection.execute(
            "SELECT add_compression_policy(%s::regclass, %s::interval)", (name, COMPRESS_AFTER)
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
        return
    views = _script(_package(projection), "views.sql").format(schema=Identifier(projection.schema))
    connection.execute(views)
    connection.execute(
        "INSERT INTO ouroboros.live_version VALUES (%s, %s)"
        " ON CONFLICT (projection) DO UPDATE SET version = EXCLUDED.version",
        (projection.name, projection.version),
    )


def _prepare_reader(connection: psycopg.Connection[Any], password: str | None) -> None:
    """Make the role that reads `read` and nothing else; it logs in only with a password."""
    if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (READER,)).fetchone():
        # Roles belong to the whole server: another database's migration may be making it too.
        with (
            suppress(psycopg.errors.DuplicateObject, psycopg.errors.UniqueViolation),
            connection.transaction(),
        ):
            connection.execute(SQL("CREATE ROLE {} NOLOGIN").format(Identifier(READER)))
    connection.execute(
        SQL(
            "GRANT USAGE ON SCHEMA read TO {role};"
            "GRANT SELECT ON ALL TABLES IN SCHEMA read TO {role};"
            "ALTER DEFAULT PRIVILEGES IN SCHEMA read GRANT SELECT ON TABLES TO {role};"
            "ALTER ROLE {role} SET default_transaction_read_only = on;"
            "ALTER ROLE {role} SET statement_timeout = '30s';"
        ).format(role=Identifier(READER))
    )
    if password:
        # Hashed here, so that the password itself is in no log of the server.
        hashed = connection.pgconn.encrypt_password(
            password.encode(), READER.encode(), b"scram-sha-256"
        ).decode()
        connection.execute(SQL("ALTER ROLE {} LOGIN PASSWORD {}").format(Identifier(READER), Literal(hashed)))


def _timescale(connection: psycopg.Connection[Any]) -> Timescale:
    available = connection.execute(
        "SELECT 1 FROM pg_available_extensions WHERE name = 'timescaledb'"
    ).fetchone()
    # Loading it is the server's affair; without the preload, creating the extension would end the session.
    preloaded = connection.execute("SELECT current_setting('shared_preload_libraries')").fetchone()
    if not available or not preloaded or "timescaledb" not in preloaded[0]:
        return Timescale(None, community=False)
    connection.execute("CREATE EXTENSION IF NOT EXISTS timescaledb")
    version = connection.execute(
        "SELECT extversion, current_setting('timescaledb.license')"
        " FROM pg_extension WHERE extname = 'timescaledb'"
    ).fetchone()
    assert version is not None  # noqa: S101  the extension was created a line above
    return Timescale(version[0], community=version[1] == "timescale")


def _describe(timescale: Timescale) -> str:
    match timescale:
        case Timescale(version=None):
            return "Plain PostgreSQL: history is kept in ordinary tables, without hypertables or compression."
        case Timescale(community=True):
            return (
                f"TimescaleDB {timescale.version}: history is in hypertables,"
                f" compressed after {COMPRESS_AFTER}."
            )
        case _:
            return (
                f"TimescaleDB {timescale.version}, Apache edition: history is in hypertables;"
                " compression was left out because the licence lacks it."
            )


def _package(projection: Projection[Any]) -> str:
    return f"projections.{projection.name}"


def _script(package: str, name: str) -> SQL:
    # Our own files, never anything that came from outside.
    return SQL(files(package).joinpath(name).read_text())
