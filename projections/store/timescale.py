"""TimescaleDB, where a database has it: history becomes hypertables."""

from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg.sql import SQL, Identifier

CHUNK = "30 days"
COMPRESS_AFTER = "90 days"


@dataclass(frozen=True)
class Timescale:
    """Which TimescaleDB the database has, if any."""

    version: str | None
    community: bool


def timescale_of(connection: psycopg.Connection[Any]) -> Timescale:
    """Load TimescaleDB where the server brings it, and return which one it is."""
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


def make_hypertable(
    connection: psycopg.Connection[Any], schema: str, table: str, time_column: str, timescale: Timescale
) -> None:
    """Cut a table by time, and ask for compression where the licence has it."""
    name = f"{schema}.{table}"
    connection.execute(
        "SELECT create_hypertable(%s::regclass, by_range(%s, %s::interval))", (name, time_column, CHUNK)
    )
    if timescale.community:
        connection.execute(SQL("ALTER TABLE {} SET (timescaledb.compress)").format(Identifier(schema, table)))
        connection.execute(
            "SELECT add_compression_policy(%s::regclass, %s::interval)", (name, COMPRESS_AFTER)
        )


def describe(timescale: Timescale) -> str:
    """Say in a sentence what becomes of history."""
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
