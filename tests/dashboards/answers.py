"""What a database answers to a dashboard, in the kinds of columns that Grafana tells apart."""

from dataclasses import dataclass
from typing import Any

import psycopg

from projections.store.reader import READER

_KINDS = {
    "count": ("int2", "int4", "int8"),
    "measure": ("float4", "float8", "numeric"),
    "text": ("text", "varchar"),
    "time": ("timestamptz", "date"),
    "boolean": ("bool",),
}
KINDS = {psycopg.adapters.types[name].oid: kind for kind, names in _KINDS.items() for name in names}
Row = dict[str, Any]


@dataclass(frozen=True)
class Answer:
    """The columns, each with its kind, in their order, and the rows."""

    columns: tuple[tuple[str, str], ...]
    rows: list[Row]

    def of(self, *kinds: str) -> list[str]:
        """Name the columns of some kinds."""
        return [name for name, kind in self.columns if kind in kinds]

    @property
    def numbers(self) -> list[str]:
        """Name the columns with numbers, whether counted or measured."""
        return self.of("count", "measure")


def ask(database: str, *statements: str) -> list[Answer]:
    """Ask as the role that Grafana is, one statement after the other; raises psycopg.Error with its name."""
    options = f"-c role={READER} -c default_transaction_read_only=on"
    with psycopg.connect(database, options=options, autocommit=True) as connection:
        return [_answer(connection, statement) for statement in statements]


def may_be(database: str, sql: str) -> list[str]:
    """Ask what a variable may be: Grafana shows `__text` and puts `__value` into queries."""
    (answer,) = ask(database, sql)
    names = [name for name, _ in answer.columns]
    assert names == ["__text", "__value"] or len(names) == 1, sql
    assert {kind for _, kind in answer.columns} == {"text"}, sql
    return [row[names[-1]] for row in answer.rows]


def _answer(connection: psycopg.Connection[tuple[Any, ...]], sql: str) -> Answer:
    found = connection.execute(sql.encode())
    described = found.description or []
    columns = tuple(
        (column.name, KINDS.get(column.type_code, f"type {column.type_code}")) for column in described
    )
    names = [name for name, _ in columns]
    return Answer(columns, [dict(zip(names, row, strict=True)) for row in found.fetchall()])
