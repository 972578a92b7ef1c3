from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from projections.definition import LEVELS, Definition, Direction, Level, level_of
from projections.episodes.episode import (
    EpisodeUpdate,
    Pending,
    StepKind,
    signal_id_of,
    update_episode,
)
from projections.indicator import Measurement
from tests.projections.courses import (
    FALLING,
    NOTHING,
    RISING,
    START,
    indicator,
    level,
    measured,
    open_at,
    steps_of,
    told,
)


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


def test_a_second_episode_has_another_id_and_counts_from_one() -> None:
    first, cleared, second = steps_of([10, 0, 10], indicator())
    assert first.signal_id == cleared.signal_id != second.signal_id
    assert (first.step_number, cleared.step_number, second.step_number) == (1, 2, 1)
    assert (first.opened_at, cleared.opened_at, second.opened_at) == (
        START,
        START,
        START + timedelta(minutes=2),
    )


def test_what_left_the_window_still_explains_the_end_of_the_episode() -> None:
    definition, opening = indicator(), (UUID(int=7),)
    opened = Measurement("subject", 10.0, opening, "it moved", "S1")
    episode, pending, _ = update_episode(definition, None, (), opened, event_id=UUID(int=7), now=START)
    emptied = Measurement("subject", 0.0, (), "nothing is left")
    step = update_episode(definition, episode, pending, emptied, event_id=UUID(int=8), now=START).step
    assert step is not None
    assert (step.evidence, step.cited) == (opening, "S1")


VALUES = st.lists(st.floats(-60, 60, allow_nan=False), max_size=60)
EITHER_WAY = st.sampled_from([indicator(), indicator(Direction.FALLING, FALLING)])


@settings(deadline=None)
@given(values=VALUES, definition=EITHER_WAY)
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
@given(value=st.floats(-60, 60, allow_nan=False), before=st.sampled_from(LEVELS), definition=EITHER_WAY)
def test_a_level_is_never_below_what_its_value_reaches_and_settles(
    value: float, before: Level, definition: Definition
) -> None:
    after = measured(EpisodeUpdate(open_at(before), (), None), definition, value, 1)
    assert level(after).rank >= level_of(value, definition.thresholds, definition.direction).rank
    settled = measured(after, definition, value, 2)
    assert (level(settled), settled.step) == (level(after), None)


SLOW = indicator(for_at_least=timedelta(minutes=15))


def told_at(values: dict[int, float], definition: Definition = SLOW) -> list[tuple[int, str, str]]:
    """Give what was told at which minute, where a value comes at some of them."""
    update, steps = NOTHING, []
    for minute, value in values.items():
        update = measured(update, definition, value, minute)
        steps += [(minute, update.step.step.value, update.step.level.value)] if update.step else []
    return steps


def test_a_level_is_taken_once_the_value_has_stayed_there_long_enough() -> None:
    assert told_at({0: 12, 14: 12}) == []
    assert told_at({0: 12, 14: 12, 15: 12}) == [(15, "opened", "watch")]


def test_a_value_that_falls_back_before_then_leaves_no_trace() -> None:
    assert measured(measured(NOTHING, SLOW, 12, 0), SLOW, 9.99, 14) == NOTHING
    assert told_at({0: 12, 14: 9.99, 15: 12, 29: 12}) == []
    assert told_at({0: 12, 14: 9.99, 15: 12, 30: 12}) == [(30, "opened", "watch")]


def test_levels_that_were_reached_one_after_the_other_are_taken_so() -> None:
    assert told_at({0: 12, 5: 50, 15: 50, 19: 50, 20: 50}) == [
        (15, "opened", "watch"),
        (20, "escalated", "critical"),
    ]


def test_of_levels_that_are_due_at_once_the_highest_is_taken() -> None:
    assert told_at({0: 12, 5: 50, 30: 50}) == [(30, "opened", "critical")]


def test_a_value_that_falls_back_a_level_keeps_the_time_of_the_one_that_it_still_reaches() -> None:
    assert told_at({0: 50, 10: 12, 12: 50, 15: 50, 27: 50}) == [
        (15, "opened", "watch"),
        (27, "escalated", "critical"),
    ]


def test_what_a_late_event_brings_decides_though_the_time_is_up() -> None:
    assert told_at({0: 12, 20: 5}) == []
    assert told_at({0: 50, 20: 25}) == [(20, "opened", "warning")]


def test_easing_and_clearing_wait_for_nothing() -> None:
    assert told_at({0: 50, 15: 50, 16: 30, 17: 12, 18: 9}) == [
        (15, "opened", "critical"),
        (16, "eased", "warning"),
        (17, "eased", "watch"),
        (18, "cleared", "calm"),
    ]


def test_a_value_between_a_threshold_and_its_hysteresis_is_no_new_reason_to_wait() -> None:
    # 9.5 keeps watch open and does not reach it.
    opened = {0: 12, 15: 12, 16: 9.5}
    assert told_at({**opened, 17: 25, 32: 25})[1:] == [(32, "escalated", "warning")]


def test_a_falling_value_waits_as_long() -> None:
    falling = replace(indicator(Direction.FALLING, FALLING), for_at_least=timedelta(minutes=15))
    assert told_at({0: -13, 10: -7, 11: -13, 26: -13}, falling) == [(26, "opened", "warning")]


def test_an_episode_is_named_by_the_event_that_reached_its_level_whoever_takes_it() -> None:
    reached = measured(measured(NOTHING, SLOW, 5, 1), SLOW, 12, 2)
    assert reached.pending == (Pending(Level.WATCH, START + timedelta(minutes=2), UUID(int=2)),)
    for minute in (17, 30):
        opened = measured(reached, SLOW, 13, minute)
        assert opened.episode is not None
        assert opened.episode.signal_id == signal_id_of("test", "subject", UUID(int=2))
        assert opened.episode.opened_at == START + timedelta(minutes=minute)


@settings(deadline=None)
@given(values=VALUES, definition=EITHER_WAY, minutes=st.integers(1, 20))
def test_no_step_up_comes_before_its_time_and_none_is_forgotten(
    values: list[float], definition: Definition, minutes: int
) -> None:
    definition = replace(definition, for_at_least=timedelta(minutes=15))
    ranks = [level_of(value, definition.thresholds, definition.direction).rank for value in values]
    update = NOTHING
    for place, value in enumerate(values):
        update = measured(update, definition, value, place * minutes)
        # How far back the value has reached every level up to this one, counted without any state.
        for of in LEVELS[1:]:
            lower = [before for before in range(place + 1) if ranks[before] < of.rank]
            since = (place - (lower[-1] + 1 if lower else 0)) * minutes
            if ranks[place] >= of.rank and since >= 15:
                assert level(update).rank >= of.rank
            if update.step and update.step.level is of and update.step.step is not StepKind.EASED:
                assert since >= 15
        assert [one.level for one in update.pending] == list(
            LEVELS[level(update).rank + 1 : ranks[place] + 1]
        )
        assert [one.since for one in update.pending] == sorted(one.since for one in update.pending)
