"""How much of what happened a window of the last so many days still counts."""

from bisect import bisect_right
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TypeVar

from projections.facts.log import Log
from projections.facts.reports import Fact

V = TypeVar("V")

ALL = "all"
# The longest window that a watchlist may ask for.
LONGEST = timedelta(days=3660)


def counted(log: Log[V], thing: str, window_starts: datetime) -> tuple[Fact[V], ...]:
    """Return the facts about a thing that became known after a window began, the oldest first."""
    facts = log.of(thing)
    return facts[bisect_right(facts, window_starts, key=lambda fact: fact.known_at) :]


def leaves_at(log: Log[V], thing: str, window_starts: datetime, now: datetime) -> datetime | None:
    """Return when the oldest fact that counts leaves the window; None where nothing counts."""
    facts = counted(log, thing, window_starts)
    return facts[0].known_at + (now - window_starts) if facts else None


def changed(before: Log[V], after: Log[V], things: Iterable[str], window_starts: datetime) -> Iterable[str]:
    """Return the things of which a window counts other facts than before: all of them come first."""
    for thing in sorted(things, key=lambda thing: thing != ALL):
        if counted(before, thing, window_starts) != counted(after, thing, window_starts):
            yield thing
