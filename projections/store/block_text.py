"""Blocks as the text that COPY reads: a column is turned into text at once, and no row becomes a tuple."""

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from projections.base import Table
from projections.column_block import ColumnBlock

ROWS_AT_ONCE = 8_192

_ESCAPES = {"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"}


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
