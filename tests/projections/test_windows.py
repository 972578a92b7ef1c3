"""What a window counts, whatever comes late and however long it is."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, cast
from uuid import UUID

from hypothesis import given as forall
from hypothesis import settings
from hypothesis import strategies as st

from events.base import Certainty
from projections.facts.log import Kind, Log, record
from projections.facts.relief import RELIEF
from projections.facts.reports import Fact, Report
from projections.facts.windows import counted, leaves_at

START = datetime(2026, 1, 1, tzinfo=UTC)
WINDOW = timedelta(days=90)
KEPT_FOR = timedelta(days=3660)


def _things(fact: Fact[str]) -> tuple[str, ...]:
    return fact.value, "all"


# Reports of one source are never one fact.
KIND: Kind[str] = replace(cast(Kind[Any], RELIEF), things=_things, same=lambda _, __: True, kept_for=KEPT_FOR)


def happened(*reports: tuple[int, str], now: datetime = START) -> Log[str]:
    """Record that something happened to things so many days after the start."""
    log: Log[str] = Log()
    for number, (day, thing) in enumerate(reports):
        at = START + timedelta(days=day)
        report = Report(UUID(int=number), "test", None, at, at, Certainty.STATED, thing)
        log = record(log, KIND, report, now=now).log
    return log


def known(log: Log[str], thing: str, window_starts: datetime) -> list[tuple[int, str]]:
    return [((fact.known_at - START).days, fact.value) for fact in counted(log, thing, window_starts)]


HAPPENED = st.lists(st.tuples(st.integers(0, 400), st.sampled_from("ABC")), max_size=30)
TIMES = st.integers(-1, 401).map(lambda day: START + timedelta(days=day))
BEFORE_ALL = START - 2 * KEPT_FOR


@settings(deadline=None)
@forall(HAPPENED, TIMES)
def test_what_counts_is_what_came_after_the_window_began_the_oldest_first(
    reports: list[tuple[int, str]], window_starts: datetime
) -> None:
    log = happened(*reports)
    ordered = sorted(reports, key=lambda report: report[0])
    after = [report for report in ordered if START + timedelta(days=report[0]) > window_starts]
    assert known(log, "all", window_starts) == after
    assert known(log, "A", window_starts) == [report for report in after if report[1] == "A"]
    leaves = leaves_at(log, "all", window_starts, window_starts + WINDOW)
    assert leaves == (START + timedelta(days=after[0][0]) + WINDOW if after else None)


@settings(deadline=None)
@forall(HAPPENED, TIMES, st.integers(0, 400))
def test_until_the_oldest_leaves_a_window_counts_the_same_and_then_it_does_not(
    reports: list[tuple[int, str]], window_starts: datetime, days: int
) -> None:
    log, now = happened(*reports), window_starts + WINDOW
    before, leaves = known(log, "all", window_starts), leaves_at(log, "all", window_starts, now)
    later = known(log, "all", window_starts + timedelta(days=days))
    assert (later != before) == (leaves is not None and leaves <= now + timedelta(days=days))


def test_what_no_window_can_count_any_more_is_forgotten() -> None:
    last = KEPT_FOR.days
    log = happened((0, "A"), (1, "A"), (last, "A"), now=START + KEPT_FOR)
    assert known(log, "all", BEFORE_ALL) == [(1, "A"), (last, "A")]
    late = happened((0, "A"), (1, "A"), (last, "A"), (-1, "A"), now=START + KEPT_FOR)
    assert known(late, "all", BEFORE_ALL) == [(1, "A"), (last, "A")]


def test_nothing_leaves_an_empty_window() -> None:
    assert leaves_at(happened(), "all", BEFORE_ALL, BEFORE_ALL + WINDOW) is None
