"""No look-ahead: what becomes known after T changes nothing that is written as known at T."""

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
from pydantic import TypeAdapter

from events.prices import Bar
from ouroboros.history.source import Entry, Order, journaled
from projections.base import JournaledEvent, Projection, Row, Step
from projections.registry import PROJECTIONS
from tests.replay.months import BEGIN, DAYS, InMemory, drawn

SEEDS = 1_000
EVENTS = 32


def rows_known_at(
    moment: datetime, entries: Sequence[Entry], projections: Iterable[Projection[Any]] = PROJECTIONS
) -> list[str]:
    """Fold everything in known order, to its very end, and keep the rows stamped up to a moment."""
    history = InMemory(entries)
    states = {one.name: one.initial for one in projections}
    kept = []
    for one in journaled(history.entries(Order.KNOWN)):
        for projection in projections:
            step = projection.apply(states[projection.name], one)
            states[projection.name] = step.state
            kept += [repr(row) for row in step.rows if _stamp(row, one) <= moment]
    return kept


def _stamp(row: Row, at: JournaledEvent) -> datetime:
    stamp: datetime = getattr(row, "known_at", at.now)
    return stamp


def with_another_future(chance: random.Random, entries: Sequence[Entry], moment: datetime) -> list[Entry]:
    """Change, add and remove what is known after a moment; what was known by then keeps its place."""

    def after() -> Entry:
        while (event := drawn(chance)).known_at <= moment:
            pass
        return Entry(chance.randrange(10 * EVENTS), chance.randrange(1, 10**6), event)

    known = [one for one in entries if one.event.known_at <= moment]
    later = [one for one in entries if one.event.known_at > moment]
    kept = [after() if chance.random() < 0.3 else one for one in later if chance.random() < 0.6]
    return [*known, *kept, *(after() for _ in range(chance.randrange(3)))]


def pasts_with_two_futures(seed: int) -> Iterator[tuple[datetime, list[Entry], list[Entry]]]:
    chance = random.Random(seed)
    # In the journal late events stand anywhere: the order of known_at is for the history to make.
    entries = [Entry(offset, 0, drawn(chance)) for offset in range(EVENTS)]
    moment = BEGIN + timedelta(seconds=chance.randrange(DAYS * 86_400 * 9 // 10))
    yield moment, entries, with_another_future(chance, entries, moment)


@pytest.mark.parametrize("start", range(0, SEEDS, 50))
def test_what_becomes_known_later_changes_nothing_as_known_at(start: int) -> None:
    for seed in range(start, start + 50):
        for moment, entries, other in pasts_with_two_futures(seed):
            once, again = rows_known_at(moment, entries), rows_known_at(moment, other)
            assert once == again, f"seed {seed}, as known at {moment}"


def test_the_futures_that_are_compared_differ() -> None:
    differing = sum(
        rows_known_at(BEGIN + timedelta(days=DAYS), entries)
        != rows_known_at(BEGIN + timedelta(days=DAYS), other)
        for seed in range(20)
        for _, entries, other in pasts_with_two_futures(seed)
    )
    assert differing >= 18


@pytest.mark.parametrize("seed", range(10))
def test_as_known_at_folds_what_a_fold_of_everything_had_written_by_then(seed: int) -> None:
    for moment, entries, _ in pasts_with_two_futures(seed):
        known = list(InMemory(entries).entries(Order.KNOWN, until=moment))
        assert rows_known_at(moment, known) == rows_known_at(moment, entries)


# Two folds that cheat, each in a way of its own.


@dataclass(frozen=True, slots=True)
class Nothing:
    """Remember nothing."""


@dataclass(frozen=True, slots=True)
class Last:
    """The last close of a share."""

    known_at: datetime | None = None


class CloseRow(tuple[datetime, float]):
    """A close, and when it is said to have been known."""

    __slots__ = ()

    @property
    def known_at(self) -> datetime:
        """Say when it was known."""
        return self[0]


def cheat(apply: Any) -> Projection[Any]:
    return Projection("cheat", 1, Last(), apply, TypeAdapter(Last), ())


def peeking(future: Sequence[Entry]) -> Projection[Any]:
    """Trade at the next close, as a study does that has the whole file before it."""
    closes = sorted((one.event.known_at, one.event.close_usd) for one in future if isinstance(one.event, Bar))

    def apply(state: Last, one: JournaledEvent) -> Step[Last]:
        following = next((close for known_at, close in closes if known_at > one.now), None)
        return Step(state, () if following is None else (CloseRow((one.now, following)),))

    return cheat(apply)


def writing_into_the_past(state: Last, one: JournaledEvent) -> Step[Last]:
    """Correct what was written under the time at which it was written first."""
    if not isinstance(one.event, Bar):
        return Step(state)
    first = state.known_at or one.now
    return Step(Last(first), (CloseRow((first, one.event.close_usd)),))


def caught(make: Any) -> int:
    return sum(
        rows_known_at(moment, entries, [make(entries)]) != rows_known_at(moment, other, [make(other)])
        for seed in range(50)
        for moment, entries, other in pasts_with_two_futures(seed)
    )


def test_a_fold_that_peeks_at_the_next_close_is_caught() -> None:
    assert caught(peeking) >= 10


def test_a_fold_that_writes_into_the_past_is_caught() -> None:
    assert caught(lambda _: cheat(writing_into_the_past)) >= 10
