"""Events of tables, and rows that give none, each with where it stands."""

from dataclasses import dataclass

from events.base import Event


@dataclass(frozen=True, slots=True)
class LocatedEvent:
    """An event, its table and line, by number and in words; without a table it was known before."""

    event: Event
    table: int | None
    line: int
    address: str


@dataclass(frozen=True, slots=True)
class Dropped:
    """A row that gives no event of its own: one that came again, or (with a reason) one that does not fit."""

    table: int
    line: int
    reason: str
