"""Rows of one table as columns, until somebody needs them one by one."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from projections.base import Row


@dataclass(frozen=True, slots=True, eq=False)
class ColumnBlock:
    """Rows of a table in their order: a column for each field of its NamedTuple.

    Moments are in UTC without saying so, and ids are text, until `rows` makes them what they are.
    """

    row: type[Row]
    columns: tuple[NDArray[Any], ...]

    def __len__(self) -> int:
        return len(self.columns[0])

    def rows(self) -> Iterator[Row]:
        """Make the rows, one by one."""
        kinds = self.row.__annotations__.values()
        values = (_values(column, kind) for column, kind in zip(self.columns, kinds, strict=True))
        return map(self.row._make, zip(*values, strict=True))  # type: ignore[attr-defined]


# Rows of any tables, or a block of rows of one.
Piece = tuple[Row, ...] | ColumnBlock


def rows_of(pieces: Iterable[Piece]) -> Iterator[Row]:
    """Make the rows of all pieces: those of each table are in their order."""
    for piece in pieces:
        yield from piece.rows() if isinstance(piece, ColumnBlock) else piece


def _values(column: NDArray[Any], kind: type) -> Iterable[Any]:
    if np.issubdtype(column.dtype, np.datetime64):
        moments: list[datetime] = column.tolist()
        return (moment.replace(tzinfo=UTC) for moment in moments)
    return map(UUID, column.tolist()) if kind is UUID else column.tolist()
