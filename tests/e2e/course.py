"""A course of a warning sign: events on made-up names that bring one subject of it through all levels.

All courses are played together, phase by phase: a day each, and at its end some time that passes.
A course comes to `watch`, `warning` and `critical` in three phases, one after the other, and all are
over in the last. Whatever waits for time to pass, such as windows and minimum durations, gets it there.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby
from typing import Any

from events.base import Event
from events.families.clock import tick
from projections.definition import Level
from projections.episodes.rows import SignalRow
from projections.event_batch import batch_of
from projections.kernel import project_history
from projections.warning_signs import WARNING_SIGNS
from tests.given import journaled

# By (indicator, subject), the levels in their order.
Told = dict[tuple[str, str], list[str]]

# Everything that counts over 90 days begins here, and is told of for the first time on the day of calm.
FIRST_DAY, CALM_DAY = date(2023, 12, 31), date(2024, 3, 30)
OVER = 6
# Longer than the longest minimum duration.
HELD = timedelta(minutes=30)
# What was counted over 90 days has left by the first of these moments, and by the second whatever else was:
# nothing of the signs that ended at once leaves the window of the sign that counts them in between.
WINDOWS_PASS = (timedelta(days=89, hours=12), timedelta(days=200))


@dataclass(frozen=True)
class Figures:
    """What is told of a subject in turn, so that it stands calm, at each level, and calm again."""

    calm: Any
    watch: Any
    warning: Any
    critical: Any
    over: Any


@dataclass(frozen=True)
class Course:
    """How a subject of an indicator comes to each level, and is over.

    `tell` makes events of a figure that become known on a day, `before` are those that come
    first; `starts` is the phase in which `watch` is reached.
    """

    indicator: str
    subject: str
    tell: Callable[[str, Any], Iterable[Event]]
    figures: Figures
    before: tuple[Event, ...] = ()
    starts: int = 1

    def level(self, phase: int) -> Level | None:
        """Name the level that a phase brings; None where it brings nothing new."""
        levels = (Level.WATCH, Level.WARNING, Level.CRITICAL)
        return {0: Level.CALM, OVER: Level.CALM, **dict(enumerate(levels, self.starts))}.get(phase)

    def events(self, phase: int) -> Iterable[Event]:
        """Give the events of a phase."""
        figures, told = self.figures, str(day_of(phase))
        by_phase = {
            0: figures.calm,
            **dict(enumerate((figures.watch, figures.warning, figures.critical), self.starts)),
            OVER: figures.over,
        }
        return self.tell(told, by_phase[phase]) if phase in by_phase else ()


def day_of(phase: int) -> date:
    """Name the day of a phase; that of calm is 0."""
    return CALM_DAY + timedelta(days=phase)


def played(courses: Iterable[Course], phase: int) -> tuple[tuple[Event, ...], ...]:
    """Give the events of a phase in groups; what is in one group may come in any order."""
    courses = tuple(courses)
    told = tuple(event for course in courses for event in course.events(phase))
    if phase == 0:
        before = tuple(event for course in courses for event in course.before)
        every = sorted((*before, *told), key=lambda event: event.known_at)
        return tuple(tuple(group) for _, group in groupby(every, key=lambda event: event.known_at))
    noon = datetime.combine(day_of(phase), time(12), UTC)
    passes = (HELD, *WINDOWS_PASS) if phase == OVER else (HELD,)
    return (told, *((tick(noon + some),) for some in passes))


def told_in_phases(courses: Iterable[Course]) -> list[Told]:
    """Fold the courses, and give for each phase the levels that each (indicator, subject) steps to."""
    courses = tuple(courses)
    journal: list[Event] = []
    phase_of: list[int] = []
    for phase in range(OVER + 1):
        for group in played(courses, phase):
            journal += group
            phase_of += [phase] * len(group)
    phases: list[Told] = [{} for _ in range(OVER + 1)]
    for row in project_history(WARNING_SIGNS, [batch_of(journaled(journal))]):
        if isinstance(row, SignalRow):
            told = phases[phase_of[row.journal_offset]]
            told.setdefault((row.indicator, row.subject), []).append(row.level)
    return phases
