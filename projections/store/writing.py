"""Rows into tables, by COPY: history is appended, standing rows replace those of their key."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from psycopg import AsyncCursor
from psycopg.sql import SQL, Composed, Identifier

from projections.base import Projection, Row, Table


class RowBuffer:
    """Rows of one projection on their way to the database, the last of each key only."""

    def __init__(self, projection: Projection[Any]) -> None:
        self._projection = projection
        self._tables: dict[type[Row], Table] = {table.row: table for table in projection.tables}
        self._history: dict[Table, list[Row]] = {}
        self._standing: dict[Table, dict[tuple[Any, ...], Row]] = {}

    def add(self, rows: Iterable[Row]) -> None:
        """Take rows in their order."""
        for row in rows:
            table = self._tables[type(row)]
            if table.key:
                key = tuple(getattr(row, column) for column in table.key)
                self._standing.setdefault(table, {})[key] = row
            else:
                self._history.setdefault(table, []).append(row)

    async def write(self, cursor: AsyncCursor[Any]) -> None:
        """Copy everything into the tables, inside the caller's transaction."""
        schema = self._projection.schema
        for table, rows in self._history.items():
            await _copy(cursor, Identifier(schema, table.name), table.columns, rows)
        for table, keyed in self._standing.items():
            await _replace(cursor, schema, table, keyed)


async def _replace(
    cursor: AsyncCursor[Any], schema: str, table: Table, keyed: Mapping[tuple[Any, ...], Row]
) -> None:
    """Copy into a stage of this connection, then insert or update from there."""
    stage = Identifier(f"stage_{schema}_{table.name}")
    target = Identifier(schema, table.name)
    await cursor.execute(
        SQL("CREATE TEMPORARY TABLE IF NOT EXISTS {} (LIKE {}) ON COMMIT DELETE ROWS").format(stage, target)
    )
    await _copy(cursor, stage, table.columns, keyed.values())
    await cursor.execute(_upsert(stage, target, table))


def _upsert(stage: Identifier, target: Identifier, table: Table) -> Composed:
    columns = _listed(table.columns)
    changing = [column for column in table.columns if column not in table.key]
    change = SQL(", ").join(SQL("{0} = EXCLUDED.{0}").format(Identifier(column)) for column in changing)
    return SQL("INSERT INTO {} ({}) SELECT {} FROM {} ON CONFLICT ({}) DO UPDATE SET {}").format(
        target, columns, columns, stage, _listed(table.key), change
    )


async def _copy(
    cursor: AsyncCursor[Any], target: Identifier, columns: Sequence[str], rows: Iterable[Row]
) -> None:
    async with cursor.copy(SQL("COPY {} ({}) FROM STDIN").format(target, _listed(columns))) as copy:
        for row in rows:
            await copy.write_row(row)


def _listed(names: Iterable[str]) -> Composed:
    return SQL(", ").join(map(Identifier, names))
