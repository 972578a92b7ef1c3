"""The schemas of a replay: one with its views and checkpoints, and one of tables for each projection."""

import re
from collections.abc import Sequence
from typing import Any

import psycopg
from psycopg.sql import SQL, Identifier

from events.errors import UsageError
from projections.base import Projection
from projections.registry import PROJECTIONS
from projections.store import tables
from projections.store.namespace import LIVE, Namespace
from projections.store.reader import let_reader_read
from projections.store.timescale import timescale_of

# PostgreSQL's names end at 63 bytes, and the longest that is made of this one adds 23.
_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
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


def place_of(schema: str) -> Namespace:
    """Say where a replay keeps its projections."""
    return Namespace(schema, f"{schema}_", schema)


def make(connection: psycopg.Connection[Any], schema: str) -> None:
    """Make schemas, tables and views inside the caller's transaction.

    Raises UsageError where one of the schemas is there already.
    """
    namespace = place_of(schema)
    for name in (schema, *(namespace.schema(one) for one in PROJECTIONS)):
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
    if _projections_of(connection, schema) != sorted((one.name, one.version) for one in PROJECTIONS):
        raise UsageError(
            f"The replay {schema} was begun by another release, with other projections.",
            f"Run `ouroboros replay drop {schema}` and replay again.",
        )


def drop(connection: psycopg.Connection[Any], schema: str) -> None:
    """Remove the schemas of a replay inside the caller's transaction, whatever release made them."""
    tables_of = [f"{schema}_{name}_v{version}" for name, version in _projections_of(connection, schema)]
    for one in (*tables_of, schema):
        connection.execute(SQL("DROP SCHEMA IF EXISTS {} CASCADE").format(Identifier(one)))


def offsets(
    connection: psycopg.Connection[Any], namespace: Namespace, projections: Sequence[Projection[Any]]
) -> dict[str, int]:
    """Tell how far each projection is written at a namespace."""
    found = {
        (name, version): offset
        for name, version, offset in connection.execute(
            namespace.sql("SELECT projection, version, journal_offset FROM {bookkeeping}.checkpoint")
        )
    }
    return {one.name: found[one.name, one.version] for one in projections if (one.name, one.version) in found}


def _projections_of(connection: psycopg.Connection[Any], schema: str) -> list[tuple[str, int]]:
    return connection.execute(
        place_of(schema).sql("SELECT projection, version FROM {bookkeeping}.checkpoint ORDER BY 1, 2")
    ).fetchall()
