"""What holds of the warning signs whatever the desk decides, and whenever."""

from typing import Any

from hypothesis import given as forall
from hypothesis import settings
from hypothesis import strategies as st

from events.base import Event
from projections.definition import Thresholds
from projections.episodes.rows import (
    IndicatorCurrentRow,
    IndicatorRow,
    OutboxRow,
    SignalRow,
    ThresholdOverrideRow,
)
from projections.warning_signs import WARNING_SIGNS
from tests.given import event, given, journaled, project, restored, rows_of, standing
from tests.projections.test_warning_signs_laws import DAYS, EVENTS, NAMES

INDICATORS = st.sampled_from(
    ["credit_waivers", "power_delay", "gpu_resale_drawdown", "bubble_break", "no_such_sign"]
)
SUBJECTS = st.sampled_from([None, "all", "borrower:A", "site:A", "A resale"])
LEVELS = st.lists(st.sampled_from([0.05, 0.2, 0.5, 1.0, 2.0, 4.0, 30.0, 200.0]), min_size=3, max_size=3).map(
    sorted
)


def override(indicator: str, subject: str | None, levels: list[float]) -> dict[str, Any]:
    in_order = dict(zip(("watch", "warning", "critical"), levels, strict=True))
    return {"indicator": indicator, "subject": subject, **in_order}


def watchlist(day: str, name: str, overrides: list[dict[str, Any]], windows: list[dict[str, Any]]) -> Event:
    return event("WatchlistChanged", day, watchlist=name, thresholds=overrides, windows=windows)


def mute(day: str, until: str, indicator: str, subject: str | None) -> Event:
    return event("SignalMuted", day, indicator=indicator, subject=subject, until=f"{until}T12:00:00Z", by="B")


WINDOWS = st.builds(lambda name, days: {"indicator": name, "days": days}, INDICATORS, st.integers(1, 400))
DESK = st.one_of(
    st.builds(
        watchlist,
        DAYS,
        NAMES,
        st.lists(st.builds(override, INDICATORS, SUBJECTS, LEVELS), max_size=3),
        st.lists(WINDOWS, max_size=2),
    ),
    st.builds(mute, DAYS, DAYS, INDICATORS, SUBJECTS),
)
JOURNALS = st.lists(st.one_of(EVENTS, EVENTS, DESK), max_size=40)


@settings(deadline=None)
@forall(JOURNALS, st.integers(0, 40))
def test_a_snapshot_anywhere_in_the_journal_changes_no_row(journal: list[Event], cut: int) -> None:
    records = journaled(journal)
    before = project(WARNING_SIGNS, records[:cut])
    after, undisturbed = (
        project(WARNING_SIGNS, records[cut:], state) for state in (restored(WARNING_SIGNS, before), before)
    )
    assert after == undisturbed
    assert [list(map(type, row)) for row in after.rows] == [list(map(type, row)) for row in undisturbed.rows]


@settings(deadline=None)
@forall(JOURNALS, st.integers(0, 40))
def test_no_row_depends_on_what_comes_later(journal: list[Event], cut: int) -> None:
    whole, beginning = given(WARNING_SIGNS, *journal).rows, given(WARNING_SIGNS, *journal[:cut]).rows
    assert whole[: len(beginning)] == beginning


@settings(deadline=None)
@forall(JOURNALS)
def test_every_step_is_sent_unless_it_is_muted_and_no_message_is_sent_twice(journal: list[Event]) -> None:
    step = given(WARNING_SIGNS, *journal)
    aloud = {f"{row.signal_id}/{row.step_number}" for row in rows_of(step, SignalRow) if not row.muted}
    muted = {f"{row.signal_id}/{row.step_number}" for row in rows_of(step, SignalRow) if row.muted}
    sent = [row.message_id for row in rows_of(step, OutboxRow)]
    assert len(sent) == len(set(sent))
    assert aloud <= set(sent) <= aloud | muted
    assert not aloud & muted


@settings(deadline=None)
@forall(JOURNALS)
def test_a_subject_is_written_once_an_event_and_stands_as_its_history_says(journal: list[Event]) -> None:
    step = given(WARNING_SIGNS, *journal)
    history = rows_of(step, IndicatorRow)
    keys = [(row.journal_offset, row.indicator, row.subject) for row in history]
    assert len(keys) == len(set(keys))
    last = {(row.indicator, row.subject): row for row in history}
    for key, row in standing(WARNING_SIGNS, step, IndicatorCurrentRow).items():
        of_history = last[key[0], key[1]]
        assert (row.value, row.level, row.text) == (of_history.value, of_history.level, of_history.text)
        assert (row.level == "calm") == (row.signal_id is None)


@settings(deadline=None)
@forall(JOURNALS, DAYS)
def test_the_same_watchlist_twice_is_as_good_as_once(journal: list[Event], day: str) -> None:
    change = watchlist(day, "twice", [override("credit_waivers", None, [1.0, 2.0, 3.0])], [])
    once = given(WARNING_SIGNS, *journal, change)
    again = journaled([*journal, change, change.model_copy(update={"event_id": journal_id()})])[-1:]
    assert not rows_of(project(WARNING_SIGNS, again, once), SignalRow)


@settings(deadline=None)
@forall(JOURNALS)
def test_the_thresholds_that_can_be_read_are_those_that_judge(journal: list[Event]) -> None:
    step = given(WARNING_SIGNS, *journal)
    read = {
        key: Thresholds(row.watch, row.warning, row.critical)
        for key, row in standing(WARNING_SIGNS, step, ThresholdOverrideRow).items()
        if not row.removed
    }
    assert read == dict(step.state.desk.thresholds.items())


def journal_id() -> Any:
    return event("ClockTicked", "2030-01-01").event_id
