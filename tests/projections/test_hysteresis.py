"""How far a value must be back before its level is left."""

import pytest

from projections.definition import LEVELS, Definition, Direction, Level, Thresholds
from projections.episodes.episode import EpisodeUpdate
from projections.indicators import DEFINITIONS
from tests.projections.courses import FALLING, indicator, level, measured, open_at, told

EVERY = pytest.mark.parametrize("definition", DEFINITIONS.values(), ids=list(DEFINITIONS))


def test_a_level_is_left_a_tenth_of_its_threshold_below_it() -> None:
    assert told([10, 9.01]) == [("opened", "watch", 10.0)]
    assert told([10, 9.0]) == [("opened", "watch", 10.0), ("cleared", "calm", 10.0)]


def test_a_falling_indicator_clears_a_tenth_above_its_threshold() -> None:
    falling = indicator(Direction.FALLING, FALLING)
    assert told([-8, -7.5], falling) == [("opened", "watch", -8.0)]
    assert told([-8, -7.2], falling) == [("opened", "watch", -8.0), ("cleared", "calm", -8.0)]


@EVERY
def test_thresholds_of_every_indicator_lie_in_order(definition: Definition) -> None:
    in_order = [definition.thresholds.of(level) for level in LEVELS[1:]]
    assert in_order == sorted(set(in_order), reverse=definition.direction is Direction.FALLING)


def test_without_hysteresis_a_level_is_left_just_below_its_threshold() -> None:
    counts = indicator(thresholds=Thresholds(5.5, 11.0, 40.0), hysteresis=0.0)
    assert told([11, 10.5, 5.5, 5], counts) == [
        ("opened", "warning", 11.0),
        ("eased", "watch", 11.0),
        ("cleared", "calm", 5.5),
    ]


@pytest.mark.parametrize(
    ("direction", "thresholds"),
    [(Direction.RISING, Thresholds(0.0, 0.1, 0.2)), (Direction.FALLING, Thresholds(0.2, 0.1, 0.0))],
)
def test_a_threshold_of_zero_is_left_by_a_tenth_of_the_smallest_other_one(
    direction: Direction, thresholds: Thresholds
) -> None:
    definition = indicator(direction, thresholds)
    falls = -0.001 if direction is Direction.RISING else 0.001
    number = [len(told([0.0, times * falls, 0.0], definition)) for times in (1, 9, 11)]
    assert number == [1, 1, 3]


def test_thresholds_that_are_all_zero_are_left_at_once() -> None:
    assert len(told([0, -1e-9], indicator(thresholds=Thresholds(0.0, 0.0, 0.0)))) == 2


@EVERY
def test_no_level_outlasts_a_value_that_is_back_at_the_next_milder_threshold(definition: Definition) -> None:
    for of, milder in ((Level.WARNING, Level.WATCH), (Level.CRITICAL, Level.WARNING)):
        back = definition.thresholds.of(milder)
        # Where a value on the threshold of watch is still in order, it is calm.
        expected = Level.CALM if definition.above and milder is Level.WATCH else milder
        assert level(measured(EpisodeUpdate(open_at(of), (), None), definition, back, 1)) is expected


@pytest.mark.parametrize(
    ("indicator", "step"),
    [("credit_waivers", 0.5), ("contract_renegotiations", 1), ("capacity_resale", 1), ("bubble_break", 1)],
)
def test_a_count_leaves_a_level_with_the_first_one_less(indicator: str, step: float) -> None:
    definition = DEFINITIONS[indicator]
    for of in LEVELS[1:]:
        less = definition.thresholds.of(of) - step
        assert level(measured(EpisodeUpdate(open_at(of), (), None), definition, less, 1)).rank < of.rank


@EVERY
def test_every_level_is_left_by_its_part_of_the_threshold_to_the_last_digit(definition: Definition) -> None:
    for of in LEVELS[1:]:
        threshold = definition.thresholds.of(of)
        away = -1 if definition.direction is Direction.RISING else 1
        back = round(threshold + away * definition.hysteresis * abs(threshold), 12)
        update = measured(EpisodeUpdate(open_at(of), (), None), definition, back, 1)
        assert level(update).rank < of.rank or not definition.hysteresis
