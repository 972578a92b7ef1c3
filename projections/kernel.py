"""The one way of events through all projections: live, catching up, in replays and in backtests.

A batch is learned once, by the world that all projections share, and each projection then projects
what the world learned of it.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from events.base import Event
from projections.base import BatchStep, Projection, Row, Step
from projections.column_block import rows_of
from projections.event_batch import EventBatch
from projections.facts.learning import learn
from projections.facts.world import World, WorldStep

S = TypeVar("S")


@dataclass(frozen=True, slots=True)
class LearnedBatch:
    """A batch, the world before it, and a step for all events but the bars that nobody follows."""

    batch: EventBatch
    before: World
    steps: tuple[WorldStep, ...]

    def part(self, start: int, end: int) -> "LearnedBatch":
        """Return the events from a position up to, but without, another."""
        if (start, end) == (0, len(self.batch)):
            return self
        steps = tuple(step.at(step.position - start) for step in self.steps if start <= step.position < end)
        earlier = [step for step in self.steps if step.position < start]
        before = earlier[-1].world if earlier else self.before
        return LearnedBatch(self.batch.part(start, end), before, steps)

    def between(self, position: int, number: int) -> WorldStep:
        """Return the step of a bar that nobody follows, after so many other steps."""
        journaled = self.batch.journaled(position)
        world = self.steps[number - 1].world if number else self.before
        return WorldStep(position, journaled, journaled.event, world, world)


def one_by_one(
    apply: Callable[[S, WorldStep], Step[S]], reads: Iterable[type[Event]]
) -> Callable[[S, LearnedBatch], BatchStep[S]]:
    """Return the projection of a batch by a fold of single events, of the types that it reads."""
    read = frozenset(reads)

    def project(state: S, learned: LearnedBatch) -> BatchStep[S]:
        rows = list[Row]()
        for step in learned.steps:
            if type(step.event) in read:
                done = apply(state, step)
                state = done.state
                rows.extend(done.rows)
        return BatchStep(state, (tuple(rows),))

    return project


def project_history(projection: Projection[S], history: Iterable[EventBatch]) -> Iterator[Row]:
    """Return the rows that a projection makes of a history from its beginning, batch by batch."""
    world, state = World(), projection.initial
    for batch in history:
        before, (world, steps) = world, learn(world, batch)
        done = projection.project(state, LearnedBatch(batch, before, steps))
        state = done.state
        yield from rows_of(done.pieces)
