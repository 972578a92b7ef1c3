"""The register of replays: which schemas hold rebuilt projections, and what these were rebuilt from."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import astuple, dataclass
from datetime import datetime
from typing import Any

import psycopg
from psycopg.errors import LockNotAvailable
from psycopg.sql import SQL
from psycopg.types.json import Jsonb

from events.errors import UsageError
from ouroboros.replay.plan import Plan

PATIENCE_SECONDS = 2


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
    """Connect, and keep everybody else from working on the same replay meanwhile.

    Raises UsageError where somebody does already.
    """
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


def add(
    connection: psycopg.Connection[Any],
    schema: str,
    plan: Plan,
    files: Mapping[str, str],
    last_offset: int | None,
) -> None:
    """Register a new replay."""
    connection.execute(
        "INSERT INTO ouroboros.replay (schema, source, from_time, to_time, as_known_at, files, last_offset)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s)",
        (schema, *astuple(plan), Jsonb(dict(files)), last_offset),
    )


def finish(connection: psycopg.Connection[Any], schema: str) -> None:
    """Note that everything there was has been folded."""
    connection.execute("UPDATE ouroboros.replay SET finished_at = now() WHERE schema = %s", (schema,))


def remove(connection: psycopg.Connection[Any], schema: str) -> None:
    """Forget a replay whose schemas are gone."""
    connection.execute("DELETE FROM ouroboros.replay WHERE schema = %s", (schema,))
