"""No look-ahead: what becomes known after T changes nothing that is written as known at T."""

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest

from events.base import Event
from events.families.prices import Bar
from ouroboros.history.source import Entry, Order, journaled
from projections.base import BatchStep, JournaledEvent, Projection, Row, Step
from projections.column_block import rows_of
from projections.event_batch import batch_of
from projections.facts.learning import learn
from projections.facts.world import World
from projections.kernel import LearnedBatch
from projections.registry import PROJECTIONS
from tests.replay.months import BEGIN, DAYS, InMemory, drawn, with_the_desk

SEEDS = 1_000
EVENTS = 20


def rows_known_at(
    time: datetime, entries: Sequence[Entry], projections: Sequence[Projection[Any]] = PROJECTIONS
) -> list[str]:
    """Fold everything in known order, to its very end, and keep the rows stamped up to a time."""
    world, states = World(), {projection.name: projection.initial for projection in projections}
    kept = []
    for entry in journaled(InMemory(entries).entries(Order.KNOWN)):
        batch, before = batch_of([entry]), world
        world, steps = learn(world, batch)
        for projection in projections:
            done = projection.project(states[projection.name], LearnedBatch(batch, before, steps))
            states[projection.name] = done.state
            kept += [repr(row) for row in rows_of(done.pieces) if _stamp(row, entry) <= time]
    return kept


def _stamp(row: Row, at: JournaledEvent) -> datetime:
    stamp: datetime = getattr(row, "known_at", at.now)
    return stamp


def with_another_future(chance: random.Random, entries: Sequence[Entry], time: datetime) -> list[Entry]:
    """Change, add and remove what is known after a time; what was known by then keeps its place."""

    def after() -> Entry:
        while (event := drawn(chance)).known_at <= time:
            pass
        return Entry(chance.randrange(10 * EVENTS), chance.randrange(1, 10**6), event)

    known = [entry for entry in entries if entry.event.known_at <= time]
    later = [entry for entry in entries if entry.event.known_at > time]
    kept = [after() if chance.random() < 0.3 else entry for entry in later if chance.random() < 0.6]
    return [*known, *kept, *(after() for _ in range(chance.randrange(3)))]


def pasts_with_two_futures(seed: int) -> Iterator[tuple[datetime, list[Entry], list[Entry]]]:
    chance = random.Random(seed)
    events = [drawn(chance) for _ in range(EVENTS)]
    # In the journal late events stand anywhere: the order of known_at is for the history to make.
    journal = chance.sample(listed := with_the_desk(chance, events), len(listed))
    entries = [Entry(offset, 0, event) for offset, event in enumerate(journal)]
    time = BEGIN + timedelta(seconds=chance.randrange(DAYS * 86_400 * 9 // 10))
    yield time, entries, with_another_future(chance, entries, time)


@pytest.mark.parametrize("start", range(0, SEEDS, 50))
def test_what_becomes_known_later_changes_nothing_as_known_at(start: int) -> None:
    for seed in range(start, start + 50):
        for time, entries, other in pasts_with_two_futures(seed):
            once, again = rows_known_at(time, entries), rows_known_at(time, other)
            assert once == again, f"seed {seed}, as known at {time}"


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
    for time, entries, _ in pasts_with_two_futures(seed):
        known = list(InMemory(entries).entries(Order.KNOWN, until=time))
        assert rows_known_at(time, known) == rows_known_at(time, entries)


# Two folds that cheat, each in a way of its own.


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


def cheat(apply: Callable[[Last, JournaledEvent], Step[Last]]) -> Projection[Last]:
    def project(state: Last, learned: LearnedBatch) -> BatchStep[Last]:
        rows = list[Row]()
        for position in range(len(learned.batch)):
            step = apply(state, learned.batch.journaled(position))
            state = step.state
            rows.extend(step.rows)
        return BatchStep(state, (tuple(rows),))

    return Projection("cheat", 1, Last(), (Event,), project, ())


def peeking(future: Sequence[Entry]) -> Projection[Last]:
    """Trade at the next close, as a study does that has the whole file before it."""
    bars = (entry.event for entry in future)
    closes = sorted((bar.known_at, bar.close_usd) for bar in bars if isinstance(bar, Bar))

    def apply(state: Last, at: JournaledEvent) -> Step[Last]:
        following = next((close for known_at, close in closes if known_at > at.now), None)
        return Step(state, () if following is None else (CloseRow((at.now, following)),))

    return cheat(apply)


def writing_into_the_past(state: Last, at: JournaledEvent) -> Step[Last]:
    """Correct what was written under the time at which it was written first."""
    if not isinstance(at.event, Bar):
        return Step(state)
    first = state.known_at or at.now
    return Step(Last(first), (CloseRow((first, at.event.close_usd)),))


def caught(make: Any) -> int:
    return sum(
        rows_known_at(time, entries, [make(entries)]) != rows_known_at(time, other, [make(other)])
        for seed in range(50)
        for time, entries, other in pasts_with_two_futures(seed)
    )


def test_a_fold_that_peeks_at_the_next_close_is_caught() -> None:
    assert caught(peeking) >= 10


def test_a_fold_that_writes_into_the_past_is_caught() -> None:
    assert caught(lambda _: cheat(writing_into_the_past)) >= 10
