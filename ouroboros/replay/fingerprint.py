"""Fingerprints of read models: two are the same where every row of every table is.

A table's fingerprint is the SHA-256 of its rows as text, sorted by their bytes, each ended by a
line feed. Times are in UTC. When something was written, sent or acknowledged is in no such table.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg.sql import SQL, Identifier

from projections.registry import PROJECTIONS
from projections.store.namespace import Namespace

ROWS_AT_ONCE = 5_000


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """How many rows a table has, and their SHA-256."""

    rows: int
    sha256: str


def fingerprints(database: str, namespace: Namespace) -> dict[str, Fingerprint]:
    """Take the fingerprint of every table of every projection at a namespace, all at one moment.

    Raises psycopg.Error.
    """
    with psycopg.connect(database) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.execute("SET TIME ZONE 'UTC'")
        connection.execute("SET DATESTYLE TO 'ISO'")
        connection.execute("SET INTERVALSTYLE TO 'postgres'")
        connection.execute("SET extra_float_digits TO 1")
        return {
            f"{one.name}.{table.name}": _of_table(connection, namespace.schema(one), table.name)
            for one in PROJECTIONS
            for table in one.tables
        }


def in_all(taken: Mapping[str, Fingerprint]) -> str:
    """Make one SHA-256 of all."""
    lines = (f"{name} {one.rows} {one.sha256}\n" for name, one in sorted(taken.items()))
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def _of_table(connection: psycopg.Connection[Any], schema: str, table: str) -> Fingerprint:
    digest = hashlib.sha256()
    rows = 0
    with connection.cursor(name="fingerprint") as cursor:
        cursor.itersize = ROWS_AT_ONCE
        cursor.execute(
            SQL('SELECT t::text FROM {} t ORDER BY t::text COLLATE "C"').format(Identifier(schema, table))
        )
        for (text,) in cursor:
            digest.update(text.encode() + b"\n")
            rows += 1
    return Fingerprint(rows, digest.hexdigest())
