"""The schemas of a replay: one with its views and checkpoints, and one of tables for each projection."""

import re
from typing import Any

import psycopg
from psycopg.sql import SQL, Identifier

from events.errors import UsageError
from projections.registry import PROJECTIONS
from projections.store import tables
from projections.store.namespace import LIVE, Namespace
from projections.store.reader import let_reader_read
from projections.store.timescale import timescale_of

# PostgreSQL's names end at 63 bytes, and the longest that is made of this one adds 23.
_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
VERSIONS = sorted((projection.name, projection.version) for projection in PROJECTIONS)
_TAKEN = {LIVE.bookkeeping, LIVE.views, "public", "information_schema"}


def check_name(schema: str) -> None:
    """Raise UsageError where a schema must not be called so."""
    if not _NAME.fullmatch(schema):
        raise UsageError(
            f"A replay cannot be called {schema!r}.",
            "Begin with a small letter, go on with small letters, digits and _, 40 at most.",
        )
    if schema in _TAKEN or schema.startswith("pg_"):
        raise UsageError(f"The schema {schema} belongs to somebody else.", "Give --into another name.")


def namespace_of(schema: str) -> Namespace:
    """Return where a replay keeps its projections."""
    return Namespace(schema, f"{schema}_", schema)


def make(connection: psycopg.Connection[Any], schema: str) -> None:
    """Make schemas, tables and views inside the caller's transaction.

    Raises UsageError where one of the schemas is there already.
    """
    namespace = namespace_of(schema)
    for name in (schema, *map(namespace.schema, PROJECTIONS)):
        if connection.execute("SELECT to_regnamespace(%s)", (name,)).fetchone() != (None,):
            raise UsageError(
                f"There is a schema {name} already, which is of no replay.", "Give --into another name."
            )
    timescale = timescale_of(connection)
    tables.make_bookkeeping(connection, namespace)
    for projection in PROJECTIONS:
        tables.make_tables(connection, namespace, projection, timescale)
        tables.refresh_reference(connection, namespace, projection)
        tables.show(connection, namespace, projection)
    let_reader_read(connection, schema)


def check_versions(connection: psycopg.Connection[Any], schema: str) -> None:
    """Raise UsageError where a replay was begun by a release with other projections than this one."""
    if _versions_at(connection, schema) != VERSIONS:
        raise UsageError(
            f"The replay {schema} was begun by another release, with other projections.",
            f"Run `ouroboros replay drop {schema}` and replay again.",
        )


def drop(connection: psycopg.Connection[Any], schema: str) -> None:
    """Remove the schemas of a replay inside the caller's transaction, whatever release made them."""
    of_tables = [f"{schema}_{name}_v{version}" for name, version in _versions_at(connection, schema)]
    for name in (*of_tables, schema):
        connection.execute(SQL("DROP SCHEMA IF EXISTS {} CASCADE").format(Identifier(name)))


def offsets(connection: psycopg.Connection[Any], namespace: Namespace) -> dict[str, int]:
    """Return the offset up to which each projection of this release is written at a namespace."""
    rows = connection.execute(
        namespace.sql("SELECT projection, version, journal_offset FROM {bookkeeping}.checkpoint")
    )
    return {name: offset for name, version, offset in rows if (name, version) in VERSIONS}


def _versions_at(connection: psycopg.Connection[Any], schema: str) -> list[tuple[str, int]]:
    return connection.execute(
        namespace_of(schema).sql("SELECT projection, version FROM {bookkeeping}.checkpoint ORDER BY 1, 2")
    ).fetchall()
