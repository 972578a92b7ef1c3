from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from projections.warning_signs.definition import (
    LEVELS,
    Definition,
    Direction,
    Level,
    Measurement,
    Thresholds,
    level_of,
)
from projections.warning_signs.episodes import Episode, SignalStep, StepKind, advance, level_after
from projections.warning_signs.indicators import INDICATORS

RISING = Thresholds(watch=10.0, warning=20.0, critical=40.0)
FALLING = Thresholds(watch=-8.0, warning=-12.0, critical=-18.0)
START = datetime(2026, 1, 1, tzinfo=UTC)


def indicator(direction: Direction = Direction.RISING, thresholds: Thresholds = RISING) -> Definition:
    return Definition("test", "Test", "points", direction, thresholds, "nobody", "a number", "It matters.")


def steps_of(values: list[float], definition: Definition) -> list[SignalStep]:
    episode: Episode | None = None
    steps = []
    for place, value in enumerate(values):
        measurement = Measurement("subject", value, (UUID(int=place),), "it moved")
        now = START + timedelta(days=place)
        episode, step = advance(definition, episode, measurement, UUID(int=place), now)
        steps += [step] if step else []
    return steps


def told(values: list[float], definition: Definition | None = None) -> list[tuple[str, str, float]]:
    steps = steps_of(values, definition or indicator())
    return [(step.step.value, step.level.value, step.threshold) for step in steps]


@pytest.mark.parametrize(
    ("value", "level"),
    [
        (9.99, Level.CALM),
        (10.0, Level.WATCH),
        (19.99, Level.WATCH),
        (20.0, Level.WARNING),
        (40.0, Level.CRITICAL),
    ],
)
def test_a_value_on_a_threshold_reaches_its_level(value: float, level: Level) -> None:
    assert level_of(value, RISING, Direction.RISING) is level


@pytest.mark.parametrize(
    ("value", "level"), [(-7.9, Level.CALM), (-8.0, Level.WATCH), (-20.0, Level.CRITICAL)]
)
def test_a_falling_indicator_reaches_its_levels_from_above(value: float, level: Level) -> None:
    assert level_of(value, FALLING, Direction.FALLING) is level


def test_an_episode_opens_escalates_eases_and_clears() -> None:
    assert told([5, 12, 25, 50, 30, 12, 3]) == [
        ("opened", "watch", 10.0),
        ("escalated", "warning", 20.0),
        ("escalated", "critical", 40.0),
        ("eased", "warning", 40.0),
        ("eased", "watch", 20.0),
        ("cleared", "calm", 10.0),
    ]


def test_an_episode_can_open_at_any_level_and_clear_from_it_at_once() -> None:
    assert told([50, 0]) == [("opened", "critical", 40.0), ("cleared", "calm", 10.0)]


def test_a_value_that_hovers_about_a_threshold_is_told_once() -> None:
    assert told([10, 9.9, 10.1, 9.5, 10, 9.1]) == [("opened", "watch", 10.0)]


def test_a_level_is_left_a_tenth_of_its_threshold_below_it() -> None:
    assert told([10, 9.01]) == [("opened", "watch", 10.0)]
    assert told([10, 9.0]) == [("opened", "watch", 10.0), ("cleared", "calm", 10.0)]


def test_a_falling_indicator_clears_a_tenth_above_its_threshold() -> None:
    falling = indicator(Direction.FALLING, FALLING)
    assert told([-8, -7.5], falling) == [("opened", "watch", -8.0)]
    assert told([-8, -7.2], falling) == [("opened", "watch", -8.0), ("cleared", "calm", -8.0)]


def test_a_second_episode_has_another_id_and_counts_from_one() -> None:
    first, cleared, second = steps_of([10, 0, 10], indicator())
    assert first.signal_id == cleared.signal_id != second.signal_id
    assert (first.step_number, cleared.step_number, second.step_number) == (1, 2, 1)
    assert (first.opened_at, cleared.opened_at, second.opened_at) == (START, START, START + timedelta(days=2))


def test_what_left_the_window_still_explains_the_end_of_the_episode() -> None:
    definition, opening = indicator(), (UUID(int=7),)
    opened = Measurement("subject", 10.0, opening, "it moved", "S1")
    episode, _ = advance(definition, None, opened, UUID(int=7), START)
    emptied = Measurement("subject", 0.0, (), "nothing is left")
    _, step = advance(definition, episode, emptied, UUID(int=8), START)
    assert step is not None
    assert (step.evidence, step.cited) == (opening, "S1")


@pytest.mark.parametrize("definition", [one.definition for one in INDICATORS], ids=lambda one: str(one.id))
def test_thresholds_of_every_indicator_lie_in_order(definition: Definition) -> None:
    in_order = [definition.thresholds.of(level) for level in LEVELS[1:]]
    assert in_order == sorted(set(in_order), reverse=definition.direction is Direction.FALLING)


VALUES = st.lists(st.floats(-60, 60, allow_nan=False), max_size=60)
DEFINITIONS = st.sampled_from([indicator(), indicator(Direction.FALLING, FALLING)])


@settings(deadline=None)
@given(values=VALUES, definition=DEFINITIONS)
def test_steps_alternate_and_their_levels_fit_together(values: list[float], definition: Definition) -> None:
    before = Level.CALM
    number = 0
    for step in steps_of(values, definition):
        assert step.before is before
        assert (step.step is StepKind.OPENED) == (before is Level.CALM)
        assert (step.step is StepKind.CLEARED) == (step.level is Level.CALM)
        assert (step.step in {StepKind.OPENED, StepKind.ESCALATED}) == (step.level.rank > before.rank)
        number = 1 if step.step is StepKind.OPENED else number + 1
        assert step.step_number == number
        before = step.level


@settings(deadline=None)
@given(value=st.floats(-60, 60, allow_nan=False), before=st.sampled_from(LEVELS), definition=DEFINITIONS)
def test_a_level_is_never_below_what_its_value_reaches_and_settles(
    value: float, before: Level, definition: Definition
) -> None:
    after = level_after(definition, before, value)
    assert after.rank >= level_of(value, definition.thresholds, definition.direction).rank
    assert level_after(definition, after, value) is after
