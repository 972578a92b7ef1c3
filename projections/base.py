"""What a projection is: a pure fold from journaled events, and the facts that they make, to rows.

A fold never looks at a clock, a server or a file. It is given its state and a batch of events as the
world learned them, and returns the new state and the rows that follow. Rows are history, so they must
not depend on how the journal was cut into batches.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Any, Generic, NamedTuple, TypeVar

from pydantic import TypeAdapter

from events.base import Event

if TYPE_CHECKING:
    from projections.column_block import Piece
    from projections.kernel import LearnedBatch

S = TypeVar("S")


@dataclass(frozen=True, slots=True)
class JournaledEvent:
    """An event, its offset and index in the journal, and the fold's own clock.

    `now` is the running maximum of `known_at` in journal order: what comes late changes
    what we think from now on, and never writes into the past.
    """

    offset: int
    index: int
    now: datetime
    event: Event


# A row of a read model is a NamedTuple: its class says which table it belongs to.
Row = tuple[Any, ...]


class SqlType(NamedTuple):
    """The type of a column, where the one of its field in Python leaves it open."""

    name: str


BigInt = Annotated[int, SqlType("bigint")]
# An amount, and a sum of any number of them.
Usd = Annotated[Decimal, SqlType("numeric(20, 2)")]
TotalUsd = Annotated[Decimal, SqlType("numeric(30, 2)")]


@dataclass(frozen=True)
class Table:
    """A table of a projection and the NamedTuple whose fields are its columns.

    With a key a row replaces the one of the same key; without, it is history and stays.
    TimescaleDB cuts history by `time_column`.
    """

    name: str
    row: type[Row]
    key: tuple[str, ...] = ()
    time_column: str | None = None

    @property
    def columns(self) -> tuple[str, ...]:
        """Return the columns in the order of a row's values."""
        fields: tuple[str, ...] = self.row._fields  # type: ignore[attr-defined]
        return fields


@dataclass(frozen=True, slots=True)
class Step(Generic[S]):
    """What one event did: the state after it, and the rows it gave."""

    state: S
    rows: tuple[Row, ...] = ()


@dataclass(frozen=True, slots=True)
class BatchStep(Generic[S]):
    """What a batch did: the state after it, and the rows it gave, those of each key in their order."""

    state: S
    pieces: "tuple[Piece, ...]" = ()


class Reference(NamedTuple):
    """Rows that come with the release instead of from events, such as definitions."""

    table: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Projection(Generic[S]):
    """A named, versioned fold; its tables live in the database schema `<name>_v<version>`.

    `project` is given batches in which something of what it `reads` is, or everything where it reads
    every `Event`. `initial` is the state before any event. `schema.sql` beside the fold makes the tables,
    whose columns are the fields of their rows, `views.sql` what others read.
    """

    name: str
    version: int
    initial: S
    reads: tuple[type[Event], ...]
    project: "Callable[[S, LearnedBatch], BatchStep[S]]"
    tables: tuple[Table, ...]
    reference: tuple[Reference, ...] = ()

    @property
    def schema(self) -> str:
        """Return the database schema of this version."""
        return f"{self.name}_v{self.version}"

    @cached_property
    def state_type(self) -> TypeAdapter[S]:
        """Return what writes a state to JSON and back, for snapshots."""
        return TypeAdapter(type(self.initial))
