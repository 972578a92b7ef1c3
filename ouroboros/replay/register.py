"""The register of replays: the schemas that hold rebuilt projections, and what these were rebuilt from.

A replay has a schema with its views and checkpoints, and one of tables for each projection.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import astuple, dataclass
from datetime import datetime
from typing import Any

import psycopg
from psycopg.errors import LockNotAvailable
from psycopg.sql import SQL, Identifier
from psycopg.types.json import Jsonb

from events.errors import UsageError
from ouroboros.replay.plan import Plan
from projections.registry import PROJECTIONS
from projections.store import tables
from projections.store.namespace import LIVE, Namespace
from projections.store.reader import let_reader_read
from projections.store.timescale import timescale_of

PATIENCE_SECONDS = 2
# PostgreSQL's names end at 63 bytes, and the longest that is made of this one adds 23.
_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
VERSIONS = sorted((projection.name, projection.version) for projection in PROJECTIONS)
_TAKEN = {LIVE.bookkeeping, LIVE.views, "public", "information_schema"}


@dataclass(frozen=True, slots=True)
class Replay:
    """A registered replay; `last_offset` is the end of the source where a later one would shift its order."""

    schema: str
    plan: Plan
    files: Mapping[str, str]
    last_offset: int | None
    made_at: datetime
    finished_at: datetime | None


@contextmanager
def holding(database: str, schema: str) -> Iterator[psycopg.Connection[Any]]:
    """Connect and lock a replay. Raises UsageError where somebody else works on it."""
    with psycopg.connect(database, autocommit=True, application_name="ouroboros-replay") as connection:
        # The server lets go of what an ended process held only once it notices the end.
        connection.execute(SQL("SET lock_timeout = {}").format(f"{PATIENCE_SECONDS}s"))
        try:
            connection.execute(
                "SELECT pg_advisory_lock(hashtextextended('ouroboros replay ' || %s, 0))", (schema,)
            )
        except LockNotAvailable:
            raise UsageError(
                f"A replay into {schema} is running.", "Wait for its end, or end it first."
            ) from None
        connection.execute("RESET lock_timeout")
        yield connection


def registered(connection: psycopg.Connection[Any], schema: str) -> Replay:
    """Return a replay by its name. Raises UsageError where there is none of this name."""
    found = find(connection, schema)
    if found is None:
        raise UsageError(f"There is no replay {schema!r}.", "`ouroboros replay list` shows those there are.")
    return found


def find(connection: psycopg.Connection[Any], schema: str) -> Replay | None:
    """Return a replay by its name, if there is one."""
    return next((replay for replay in all_replays(connection) if replay.schema == schema), None)


def all_replays(connection: psycopg.Connection[Any]) -> list[Replay]:
    """Return the replays, by name."""
    rows = connection.execute(
        "SELECT schema, source, from_time, to_time, as_known_at, files, last_offset, made_at, finished_at"
        " FROM ouroboros.replay ORDER BY schema"
    )
    return [
        Replay(schema, Plan(source, from_time, to_time, as_known_at), *rest)
        for schema, source, from_time, to_time, as_known_at, *rest in rows
    ]


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


def add(
    connection: psycopg.Connection[Any],
    schema: str,
    plan: Plan,
    files: Mapping[str, str],
    last_offset: int | None,
) -> None:
    """Make schemas, tables and views of a new replay inside the caller's transaction, and register it.

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
    connection.execute(
        "INSERT INTO ouroboros.replay (schema, source, from_time, to_time, as_known_at, files, last_offset)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s)",
        (schema, *astuple(plan), Jsonb(dict(files)), last_offset),
    )


def finish(connection: psycopg.Connection[Any], schema: str) -> None:
    """Note that everything there was has been folded."""
    connection.execute("UPDATE ouroboros.replay SET finished_at = now() WHERE schema = %s", (schema,))


def check_versions(connection: psycopg.Connection[Any], schema: str) -> None:
    """Raise UsageError where a replay was begun by a release with other projections than this one."""
    if _versions_at(connection, schema) != VERSIONS:
        raise UsageError(
            f"The replay {schema} was begun by another release, with other projections.",
            f"Run `ouroboros replay drop {schema}` and replay again.",
        )


def drop(connection: psycopg.Connection[Any], schema: str) -> None:
    """Remove and forget a replay inside the caller's transaction, whatever release made its schemas."""
    of_tables = [f"{schema}_{name}_v{version}" for name, version in _versions_at(connection, schema)]
    for name in (*of_tables, schema):
        connection.execute(SQL("DROP SCHEMA IF EXISTS {} CASCADE").format(Identifier(name)))
    forget(connection, schema)


def forget(connection: psycopg.Connection[Any], schema: str) -> None:
    """Take a replay whose schemas are gone out of the register."""
    connection.execute("DELETE FROM ouroboros.replay WHERE schema = %s", (schema,))


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
