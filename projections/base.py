"""What a projection is: a pure fold from journaled events to rows.

A fold never looks at a clock, a server or a file. It is given the state and one journaled
event, and returns the new state and the rows that follow from it. Rows are history, so
they must not depend on how the journal was cut into batches.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, NamedTuple, TypeVar

from pydantic import TypeAdapter

from events.base import Event

S = TypeVar("S")


@dataclass(frozen=True, slots=True)
class JournaledEvent:
    """An event, its place in the journal, and the fold's own clock.

    `now` is the running maximum of `known_at` in journal order: what comes late changes
    what we think from now on, and never writes into the past.
    """

    offset: int
    index: int
    now: datetime
    event: Event


# A row of a read model is a NamedTuple: its class says which table it belongs to.
Row = tuple[Any, ...]


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
        """Name the columns in the order of a row's values."""
        return tuple(self.row.__annotations__)


@dataclass(frozen=True, slots=True)
class Step(Generic[S]):
    """What one event did: the state after it, and the rows it gave."""

    state: S
    rows: tuple[Row, ...] = ()


class Reference(NamedTuple):
    """Rows that come with the release instead of from events, such as definitions."""

    table: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Projection(Generic[S]):
    """A named, versioned fold; its tables live in the database schema `<name>_v<version>`.

    `initial` is the state before any event, `state_type` writes a state to JSON and back
    for snapshots. `schema.sql` beside the fold makes the tables, `views.sql` what others read.
    """

    name: str
    version: int
    initial: S
    apply: Callable[[S, JournaledEvent], Step[S]]
    state_type: TypeAdapter[S]
    tables: tuple[Table, ...]
    reference: tuple[Reference, ...] = ()

    @property
    def schema(self) -> str:
        """Name the database schema of this version."""
        return f"{self.name}_v{self.version}"


def fold(projection: Projection[S], state: S, events: Iterable[JournaledEvent]) -> Step[S]:
    """Fold events into a state, gathering the rows of every step in their order."""
    rows: list[Row] = []
    for journaled in events:
        step = projection.apply(state, journaled)
        state = step.state
        rows.extend(step.rows)
    return Step(state, tuple(rows))
