"""Measurements taken one by one into an episode, as tests of episodes need them."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from events.units import Unit
from projections.definition import Definition, Direction, Level, Thresholds
from projections.episodes.episode import Episode, EpisodeStep, EpisodeUpdate, update_episode
from projections.indicator import Measurement

RISING = Thresholds(watch=10.0, warning=20.0, critical=40.0)
FALLING = Thresholds(watch=-8.0, warning=-12.0, critical=-18.0)
START = datetime(2026, 1, 1, tzinfo=UTC)
NOTHING = EpisodeUpdate(None, (), None)


def indicator(
    direction: Direction = Direction.RISING, thresholds: Thresholds = RISING, **fields: Any
) -> Definition:
    """Define an indicator of which only these things matter."""
    return Definition(
        id="test",
        title="Test",
        unit=Unit.SHARE,
        direction=direction,
        thresholds=thresholds,
        formula="a number",
        why="It matters.",
        family="test",
        board="test",
        **fields,
    )


def measured(update: EpisodeUpdate, definition: Definition, value: float, minute: int) -> EpisodeUpdate:
    """Take in the value of a minute after START; its event has the number of the minute."""
    measurement = Measurement("subject", value, (UUID(int=minute),), "it moved")
    now = START + timedelta(minutes=minute)
    return update_episode(
        definition, update.episode, update.pending, measurement, event_id=UUID(int=minute), now=now
    )


def steps_of(values: list[float], definition: Definition) -> list[EpisodeStep]:
    """List the steps that values make, one a minute."""
    update, steps = NOTHING, []
    for place, value in enumerate(values):
        update = measured(update, definition, value, place)
        steps += [update.step] if update.step else []
    return steps


def told(values: list[float], definition: Definition | None = None) -> list[tuple[str, str, float]]:
    """Give the kind, level and threshold of each step that values make."""
    steps = steps_of(values, definition or indicator())
    return [(step.step.value, step.level.value, step.threshold) for step in steps]


def open_at(of: Level) -> Episode | None:
    """Have an episode that is open at a level; none for calm."""
    return None if of is Level.CALM else Episode(UUID(int=1), START, 1, of, (UUID(int=1),), "S2")


def level(update: EpisodeUpdate) -> Level:
    """Name the level that an episode has got to."""
    return update.episode.level if update.episode else Level.CALM
