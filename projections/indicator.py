"""What an indicator does: which facts it reads, and how it measures a subject by them."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from events.base import Event
from projections.definition import Definition, Level
from projections.facts.log import Log
from projections.facts.windows import changed, leaves_at
from projections.facts.world import Thing, World, WorldStep

# An alert names what it rests on; beyond this the journal itself is where to look.
EVIDENCE_LIMIT = 20


@dataclass(frozen=True, slots=True)
class Measurement:
    """The value of a subject now, the events it rests on, and what happened in words.

    `text` is the part of a sentence that tells it with numbers and units, without a full stop. `cited`
    says where it is written: None means by the event that is folded, empty that nothing is left to cite.
    Its input was last heard of at `heard_at`, where other events than those of that input measure it
    too; what is `settled` is known whatever nobody says any more, and never goes stale. A value that
    `is_unknown` could not be measured: it is 0, and says nothing. What `is_old` is 0 only because of its age:
    nobody said that it is over.
    """

    subject: str
    value: float
    evidence: tuple[UUID, ...]
    text: str
    cited: str | None = None
    heard_at: datetime | None = None
    settled: bool = False
    is_unknown: bool = False
    is_old: bool = False

    @property
    def has_no_level(self) -> bool:
        """Return whether it is at no level, whatever its value: nothing is known, or it is too old."""
        return self.is_unknown or self.is_old

    def with_source(self, cited: str) -> "Measurement":
        """Return the measurement with where it is written; at every measurement, so without `replace`."""
        return Measurement(
            *(self.subject, self.value, self.evidence, self.text, cited),
            heard_at=self.heard_at,
            settled=self.settled,
            is_unknown=self.is_unknown,
            is_old=self.is_old,
        )


class ActivePeriod(NamedTuple):
    """A time at warning or above: its highest level, and when it ended, None while it goes on.

    Of one that `is_lost` nobody knows whether it ended: from then on nothing was known.
    """

    level: Level
    since: datetime
    ended_at: datetime | None
    evidence: tuple[UUID, ...]
    is_lost: bool = False


@dataclass(frozen=True, slots=True)
class View:
    """What an indicator measures: the world now, over a window where it has one.

    `periods` are the last active periods of the subjects of the indicators whose signals it reads.
    """

    world: World
    now: datetime
    window: timedelta
    periods: Mapping[tuple[str, str], ActivePeriod] = field(default_factory=dict)

    @property
    def today(self) -> date:
        """Return the day that it is, in UTC."""
        return self.now.date()

    @property
    def window_starts(self) -> datetime:
        """Return when the window began: what was known by then counts no longer."""
        return self.now - self.window

    @property
    def last(self) -> str:
        """Return the window in words: in the last 90 days."""
        return f"in the last {self.window.days} {'day' if self.window.days == 1 else 'days'}"


def window_of(definition: Definition, world: World) -> timedelta:
    """Return the window of an indicator: that of the watchlists, or its own; none is nothing."""
    return world.watchlists.window(definition.id) or definition.window or timedelta(0)


# Which subjects of an indicator the things that an event changed belong to.
SubjectsOf = Callable[[WorldStep, tuple[str, ...]], Iterable[str]]


def each(_: WorldStep, names: tuple[str, ...]) -> Iterable[str]:
    """Return the things themselves as subjects."""
    return names


def never(_: View, __: str) -> datetime | None:
    """Return that time alone changes nothing."""
    return None


@dataclass(frozen=True, slots=True)
class Indicator:
    """A definition, the facts that it `reads`, and how it measures a subject by them.

    `reads` says by kind of thing which subjects an event touches. `measure` gives the value of a subject
    now, or None where there is nothing to measure. Where time alone changes a value, `due` names the
    first time at which it does. One with a window names all its `subjects`, which another window
    measures anew. `reads_signals` names the indicators whose active periods it measures.
    """

    definition: Definition
    reads: Mapping[Thing, SubjectsOf]
    measure: Callable[[View, str], Measurement | None]
    due: Callable[[View, str], datetime | None] = never
    subjects: Callable[[World], Iterable[str]] | None = None
    reads_signals: frozenset[str] = frozenset()


def windowed(
    definition: Definition,
    thing: Thing,
    log_of: Callable[[World], Log[Any]],
    measure: Callable[[View, str], Measurement | None],
    counts: Callable[[str], bool] = lambda _: True,
) -> Indicator:
    """Return an indicator of the facts of a log in a window; its subjects are what they are about.

    Of what they are about only that is a subject which `counts`.
    """

    def changed_subjects(step: WorldStep, things: tuple[str, ...]) -> Iterable[str]:
        window_starts = step.journaled.now - window_of(definition, step.world)
        logs = (log_of(step.before), log_of(step.world))
        return changed(*logs, filter(counts, things), window_starts)

    def due(view: View, subject: str) -> datetime | None:
        return leaves_at(log_of(view.world), subject, view.window_starts, view.now)

    def subjects(world: World) -> Iterable[str]:
        return filter(counts, sorted(log_of(world).facts.keys()))

    return Indicator(definition, {thing: changed_subjects}, measure, due, subjects)


def cited(event: Event) -> str:
    """Return where an event is written: its source, and its address if there is one."""
    return f"{event.source} ({event.source_url})" if event.source_url else event.source


def first(evidence: Iterable[UUID]) -> tuple[UUID, ...]:
    """Return as much evidence as an alert names, each event once."""
    return tuple(dict.fromkeys(evidence))[:EVIDENCE_LIMIT]
