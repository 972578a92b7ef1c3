"""Fingerprints of read models: two are the same where every row of every table is.

A table's fingerprint is the SHA-256 of its rows as text, sorted by their bytes, each ended by a
line feed. Times are in UTC. When something was written, sent or acknowledged is in no such table.
The columns `journal_offset` and `journal_index` are left out: they say where in a journal an event
stands, which is no part of what was found out of it.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg.sql import SQL, Identifier

from projections.base import Table
from projections.registry import PROJECTIONS
from projections.store.namespace import Namespace

ROWS_AT_ONCE = 5_000
ADDRESS_COLUMNS = frozenset({"journal_offset", "journal_index"})


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """How many rows a table has, and their SHA-256."""

    rows: int
    sha256: str


def fingerprints(database: str, namespace: Namespace) -> dict[str, Fingerprint]:
    """Return the fingerprint of every table at a namespace, all at one time. Raises psycopg.Error."""
    with psycopg.connect(database) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.execute("SET TIME ZONE 'UTC'")
        connection.execute("SET DATESTYLE TO 'ISO'")
        connection.execute("SET INTERVALSTYLE TO 'postgres'")
        connection.execute("SET extra_float_digits TO 1")
        return {
            f"{projection.name}.{table.name}": _of_table(connection, namespace.schema(projection), table)
            for projection in PROJECTIONS
            for table in projection.tables
        }


def in_all(taken: Mapping[str, Fingerprint]) -> str:
    """Return the SHA-256 of all fingerprints."""
    lines = (f"{name} {table.rows} {table.sha256}\n" for name, table in sorted(taken.items()))
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def _of_table(connection: psycopg.Connection[Any], schema: str, table: Table) -> Fingerprint:
    columns = SQL(", ").join(Identifier(name) for name in table.columns if name not in ADDRESS_COLUMNS)
    digest = hashlib.sha256()
    rows = 0
    with connection.cursor(name="fingerprint") as cursor:
        cursor.itersize = ROWS_AT_ONCE
        cursor.execute(
            SQL('SELECT t::text FROM (SELECT {} FROM {}) t ORDER BY t::text COLLATE "C"').format(
                columns, Identifier(schema, table.name)
            )
        )
        for (text,) in cursor:
            digest.update(text.encode() + b"\n")
            rows += 1
    return Fingerprint(rows, digest.hexdigest())
