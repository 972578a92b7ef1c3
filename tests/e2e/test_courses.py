"""The courses by which every alert is fired pass each level of each sign: shown by the fold alone."""

from collections.abc import Sequence
from functools import cache

import pytest
from hypothesis import given as forall
from hypothesis import settings
from hypothesis import strategies as st

from projections.definition import LEVELS
from projections.indicators import DEFINITIONS
from tests.e2e.course import OVER, Course, Told, told_in_phases
from tests.e2e.courses import COURSES


@cache
def all_told() -> list[Told]:
    return told_in_phases(COURSES)


@pytest.mark.parametrize("indicator", DEFINITIONS)
def test_every_indicator_has_a_course_that_passes_each_level_and_ends(indicator: str) -> None:
    course = next((course for course in COURSES if course.indicator == indicator), None)
    assert course, f"{indicator} has no course: add one to tests/e2e/courses.py, so that its alerts are fired"
    key = (indicator, course.subject)
    expected = [[level.value] if (level := course.level(phase)) else [] for phase in range(1, OVER + 1)]
    assert [phase.get(key, []) for phase in all_told()[1:]] == expected
    assert {level for levels in expected for level in levels} == set(LEVELS)


def test_no_subject_of_any_course_steps_twice_in_a_phase() -> None:
    for phase in all_told():
        # What rests on prices grows old in the time that passes at the end.
        steps = {key: [level for level in levels if level != "unknown"] for key, levels in phase.items()}
        assert {key: levels for key, levels in steps.items() if len(levels) > 1} == {}
    assert all_told()[0] == {}


@settings(deadline=None, max_examples=20)
@forall(st.permutations(COURSES))
def test_the_courses_do_not_mind_in_which_order_their_topics_are_read(courses: Sequence[Course]) -> None:
    assert told_in_phases(courses) == all_told()
