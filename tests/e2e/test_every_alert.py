"""Every alert of a warning sign fires in a real Grafana, is told once, and is over: by events of ours.

The tests build upon each other: phase by phase the courses of all signs go on.
"""

import time
from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

import psycopg
import pytest
from psycopg.rows import class_row

from dashboards.alerts.rules import indicator_groups
from events.units import Unit
from projections.definition import Level
from projections.indicators import DEFINITIONS
from tests.e2e.course import OVER, day_of, played, told_in_phases
from tests.e2e.courses import COURSES
from tests.e2e.haste import FILES_IN_HASTE
from tests.e2e.house import QUIET_SECONDS, House, needs_grafana, nothing_is_left, running_house

pytestmark = [pytest.mark.integration, needs_grafana]

TOLD = told_in_phases(COURSES)
SIGNS = {rule["title"] for group in indicator_groups() for rule in group["rules"]}


@pytest.fixture(scope="module")
def house() -> Iterator[House]:
    with running_house(played(COURSES, 0), FILES_IN_HASTE) as house:
        yield house


class Step(NamedTuple):
    """A step as read.signal has it, with the values that its subject had on that day."""

    indicator: str
    subject: str
    level: str
    threshold: float
    message: str
    since: str
    values: list[float]


STEPS = """
SELECT s.indicator, s.subject, s.level, s.threshold, s.message,
       to_char(s.known_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS') AS since,
       array(SELECT i.value FROM read.indicator i
             WHERE i.indicator = s.indicator AND i.subject = s.subject
               AND i.known_at::date = s.known_at::date) AS values
FROM read.signal s
WHERE s.known_at >= %s AND s.known_at < %s
ORDER BY s.journal_offset, s.journal_index"""


def firing_after(phase: int) -> set[tuple[str, str, str]]:
    """Name the rules, subjects and levels that fire after a phase: those that were reached and not left."""
    reached: dict[tuple[str, str], set[Level]] = {}
    for steps in TOLD[: phase + 1]:
        for key, (level,) in steps.items():
            now = Level(level)
            kept = {before for before in reached.get(key, ()) if before.rank < now.rank}
            reached[key] = {*kept, now} - {Level.CALM}
    return {
        (DEFINITIONS[indicator].title, subject, level.value)
        for (indicator, subject), levels in reached.items()
        for level in levels
    }


def steps_in(house: House, phase: int) -> list[Step]:
    """Read the steps of a phase."""
    until = day_of(phase + 1) if phase < OVER else date.max
    with psycopg.connect(house.settings.database_url, row_factory=class_row(Step)) as connection:
        return connection.execute(STEPS, (day_of(phase), until)).fetchall()


def title_of(step: Step) -> str:
    level = "OVER" if step.level == Level.CALM else step.level.upper()
    return f"{level} · {DEFINITIONS[step.indicator].title} · {step.subject}"


def titles_about(house: House, step: Step) -> list[str]:
    return [message["title"] for message in house.receiver.about(step.subject, indicator=step.indicator)]


def expected_titles(step: Step, phase: int) -> list[str]:
    """Name what must have been told of the subject of a step until now: each of its steps once."""
    key = (step.indicator, step.subject)
    levels = [level for steps in TOLD[: phase + 1] for level in steps.get(key, ())]
    return [title_of(step._replace(level=level)) for level in levels]


@pytest.mark.parametrize("phase", range(1, OVER + 1))
def test_what_a_phase_brings_is_told_once_a_sign_and_subject(house: House, phase: int) -> None:
    for group in played(COURSES, phase):
        house.publish(*group)
    steps = steps_in(house, phase)
    assert {(step.indicator, step.subject): [step.level] for step in steps} == TOLD[phase]

    nothing_is_left(
        lambda: firing_after(phase) ^ {alert for alert in house.grafana.firing() if alert[0] in SIGNS}
    )
    nothing_is_left(
        lambda: {
            f"{expected_titles(step, phase)}, but: {titles_about(house, step)}"
            for step in steps
            if titles_about(house, step) != expected_titles(step, phase)
        }
    )
    for step in steps:
        check_numbers(step, house.receiver.about(step.subject, indicator=step.indicator)[-1]["message"])


def check_numbers(step: Step, message: str) -> None:
    unit = Unit(DEFINITIONS[step.indicator].unit)
    threshold, *values = (unit.printf % (unit.factor * value) for value in (step.threshold, *step.values))
    if step.level == Level.CALM:
        assert " is over: now " in message
        assert f", threshold {threshold}." in message
    else:
        assert step.message in message
        numbers = [f"Now {value}, threshold {threshold}, since {step.since} +0000 UTC" for value in values]
        assert any(number in message for number in numbers), (numbers, message)


def test_nothing_more_was_told_of_any_sign(house: House) -> None:
    time.sleep(QUIET_SECONDS)
    told = [message["title"] for message in house.receiver.told if "indicator" in message["commonLabels"]]
    assert len(told) == len(set(told)) == sum(len(steps) for steps in TOLD)
