"""Rows into tables, by COPY: history is appended, current rows replace those of their key.

A column of a block is turned into the text that COPY reads at once, and no row of it becomes a tuple.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray
from psycopg import AsyncCursor
from psycopg.sql import SQL, Composed, Identifier

from projections.base import Projection, Row, Table
from projections.column_block import ColumnBlock, Piece
from projections.store.namespace import LIVE, Namespace

ROWS_AT_ONCE = 8_192

_ESCAPES = {"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"}


class RowBuffer:
    """Rows of one projection on their way to the database, the last of each key only.

    With `history_from`, history begins there: what came of earlier events is left out.
    """

    def __init__(
        self, projection: Projection[Any], namespace: Namespace = LIVE, history_from: datetime | None = None
    ) -> None:
        self._schema = namespace.schema(projection)
        self._history_from = history_from
        self._tables: dict[type[Row], Table] = {table.row: table for table in projection.tables}
        self._blocks: list[tuple[Table, ColumnBlock]] = []
        self._history: dict[Table, list[Row]] = {}
        self._current: dict[Table, dict[tuple[Any, ...], Row]] = {}

    def add(self, pieces: Iterable[Piece], now: datetime) -> None:
        """Take the rows that the fold's clock gave from a time on, those of each table in their order.

        Blocks are written before single rows.
        """
        history = self._history_from is None or now >= self._history_from
        for piece in pieces:
            if isinstance(piece, ColumnBlock):
                table = self._tables[piece.row]
                if len(piece) and (table.key or history):
                    self._blocks.append((table, piece))
                continue
            for row in piece:
                table = self._tables[type(row)]
                if table.key:
                    key = tuple(getattr(row, column) for column in table.key)
                    self._current.setdefault(table, {})[key] = row
                elif history:
                    self._history.setdefault(table, []).append(row)

    async def write(self, cursor: AsyncCursor[Any]) -> None:
        """Copy everything into the tables, inside the caller's transaction."""
        for table, block in self._blocks:
            await _write(cursor, self._schema, table, block)
        for table, rows in self._history.items():
            await _write(cursor, self._schema, table, rows)
        for table, keyed in self._current.items():
            await _write(cursor, self._schema, table, keyed.values())


async def _write(
    cursor: AsyncCursor[Any], schema: str, table: Table, rows: ColumnBlock | Iterable[Row]
) -> None:
    """Append history; copy current rows into a stage of this connection, then insert or update from there."""
    target = Identifier(schema, table.name)
    if not table.key:
        await _copy(cursor, target, table, rows)
        return
    # Not named after the schema: names end at 63 bytes, and a connection writes to one namespace only.
    stage = Identifier(f"stage_{table.name}")
    await cursor.execute(
        SQL("CREATE TEMPORARY TABLE IF NOT EXISTS {} (LIKE {}) ON COMMIT DELETE ROWS").format(stage, target)
    )
    if isinstance(rows, ColumnBlock):
        rows = last_of_each_key(rows, table)
    await _copy(cursor, stage, table, rows)
    await cursor.execute(_upsert(stage, target, table))
    if isinstance(rows, ColumnBlock):
        # More of this table may follow in the same transaction.
        await cursor.execute(SQL("TRUNCATE {}").format(stage))


def _upsert(stage: Identifier, target: Identifier, table: Table) -> Composed:
    columns = _listed(table.columns)
    changing = [column for column in table.columns if column not in table.key]
    change = SQL(", ").join(SQL("{0} = EXCLUDED.{0}").format(Identifier(column)) for column in changing)
    return SQL("INSERT INTO {} ({}) SELECT {} FROM {} ON CONFLICT ({}) DO UPDATE SET {}").format(
        target, columns, columns, stage, _listed(table.key), change
    )


async def _copy(
    cursor: AsyncCursor[Any], target: Identifier, table: Table, rows: ColumnBlock | Iterable[Row]
) -> None:
    statement = SQL("COPY {} ({}) FROM STDIN").format(target, _listed(table.columns))
    async with cursor.copy(statement) as copy:
        if isinstance(rows, ColumnBlock):
            for text in lines(rows):
                await copy.write(text)
        else:
            for row in rows:
                await copy.write_row(row)


def _listed(names: Iterable[str]) -> Composed:
    return SQL(", ").join(map(Identifier, names))


def lines(block: ColumnBlock) -> Iterator[str]:
    """Write the rows of a block, none of whose values is empty, ROWS_AT_ONCE rows in a text."""
    for start in range(0, len(block), ROWS_AT_ONCE):
        columns = (_texts(column[start : start + ROWS_AT_ONCE]) for column in block.columns)
        yield "\n".join(map("\t".join, zip(*columns, strict=True))) + "\n"


def last_of_each_key(block: ColumnBlock, table: Table) -> ColumnBlock:
    """Leave only the last row of each key of a table."""
    keys = (block.columns[table.columns.index(name)].tolist() for name in table.key)
    last = {key: position for position, key in enumerate(zip(*keys, strict=True))}
    if len(last) == len(block):
        return block
    left = sorted(last.values())
    return ColumnBlock(block.row, tuple(column[left] for column in block.columns))


def _texts(column: NDArray[Any]) -> Iterable[str]:
    if np.issubdtype(column.dtype, np.datetime64):
        moments: list[str] = np.datetime_as_string(column, unit="us", timezone="UTC").tolist()
        return moments
    if column.dtype != np.object_:
        return map(str, column.tolist())
    texts: list[str] = column.tolist()
    # Hardly any text has something to escape: looking at all of them at once is soon done.
    together = "".join(texts)
    for plain, escaped in _ESCAPES.items():
        if plain in together:
            texts = [text.replace(plain, escaped) for text in texts]
    return texts
