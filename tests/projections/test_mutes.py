"""Signals that the desk has muted, and those that somebody has seen."""

import json
from typing import Any
from uuid import UUID

import pytest

from events.base import Event
from projections.base import Step
from projections.episodes.rows import (
    AcknowledgementRow,
    IndicatorCurrentRow,
    IndicatorRow,
    MuteRow,
    OutboxRow,
    SignalRow,
)
from projections.warning_signs import WARNING_SIGNS
from projections.warning_signs.fold import WarningSigns
from tests.given import event, given, journaled, noon, project, restored, rows_of, standing, then


def waiver(known_on: str, kind: str = "default", **fields: Any) -> Event:
    return event(
        "CreditWaiverReported",
        known_on,
        facility_id="f",
        borrower="CoreWeave",
        kind=kind,
        detail=known_on,
        **fields,
    )


def mute(known_on: str, until: str, indicator: str = "credit_waivers", **fields: Any) -> Event:
    noon_of = f"{until}T12:00:00Z"
    return event("SignalMuted", known_on, indicator=indicator, until=noon_of, by="Ada", **fields)


def tick(known_on: str) -> Event:
    return event("ClockTicked", known_on)


def steps(step: Step[WarningSigns], subject: str = "all") -> list[tuple[str, str, bool]]:
    rows = rows_of(step, SignalRow)
    return [
        (row.step, row.level, row.muted)
        for row in rows
        if (row.indicator, row.subject) == ("credit_waivers", subject)
    ]


def sent(step: Step[WarningSigns], subject: str = "all") -> list[dict[str, Any]]:
    rows = [row for row in rows_of(step, OutboxRow) if row.key == f"credit_waivers/{subject}"]
    return [{"message_id": row.message_id, **json.loads(row.payload)} for row in rows]


def test_while_muted_a_step_is_written_and_not_sent() -> None:
    step = given(WARNING_SIGNS, mute("2026-01-01", "2026-02-01"), waiver("2026-01-02"))
    assert steps(step) == [("opened", "critical", True)]
    assert sent(step) == []
    row = standing(WARNING_SIGNS, step, IndicatorCurrentRow)["credit_waivers", "all"]
    assert row.level == "critical"


def test_a_mute_of_one_subject_leaves_the_others_alone() -> None:
    step = given(
        WARNING_SIGNS, mute("2026-01-01", "2026-02-01", subject="borrower:CoreWeave"), waiver("2026-01-02")
    )
    assert (steps(step)[0][2], len(sent(step))) == (False, 1)
    assert (steps(step, "borrower:CoreWeave")[0][2], sent(step, "borrower:CoreWeave")) == (True, [])


def test_other_indicators_are_not_muted() -> None:
    step = given(WARNING_SIGNS, mute("2026-01-01", "2026-02-01"), waiver("2026-01-02"))
    assert [row.key for row in rows_of(step, OutboxRow)] == ["bubble_break/all"]


def test_when_a_mute_ends_what_nobody_was_told_of_is_told_once() -> None:
    report = waiver("2026-01-02")
    journal = (mute("2026-01-01", "2026-02-01"), report, tick("2026-02-01"), tick("2026-02-02"))
    step = given(WARNING_SIGNS, *journal)
    assert steps(step) == [("opened", "critical", True)]
    (told,) = sent(step)
    signal = next(row for row in rows_of(step, SignalRow) if row.subject == "all")
    assert told["message_id"] == f"{signal.signal_id}/1"
    assert (told["step"], told["level"], told["value"]) == ("opened", "critical", 4.0)
    assert (told["since"], told["known_at"]) == ("2026-01-02T12:00:00+00:00", "2026-02-01T12:00:00+00:00")
    assert "; this was muted until now." in told["message"]
    assert told["evidence"] == [str(report.event_id)]


def test_what_is_told_late_is_told_as_one_step_from_what_was_told_before() -> None:
    step = given(
        WARNING_SIGNS,
        waiver("2026-01-02", "waiver"),
        mute("2026-01-03", "2026-02-01"),
        waiver("2026-01-04", "forbearance"),
        waiver("2026-01-05", "default"),
        tick("2026-02-01"),
    )
    assert [muted for _, _, muted in steps(step)] == [False, True, True]
    first, last = sent(step)
    assert (first["step"], first["level"], first["step_number"]) == ("opened", "watch", 1)
    assert (last["step"], last["level"], last["step_number"]) == ("escalated", "critical", 3)
    assert last["message"].startswith("Credit waivers and defaults (critical, up from watch): ")


def test_when_a_mute_ends_what_is_only_watched_is_not_told() -> None:
    step = given(
        WARNING_SIGNS, mute("2026-01-01", "2026-02-01"), waiver("2026-01-02", "waiver"), tick("2026-02-01")
    )
    assert (steps(step), sent(step)) == ([("opened", "watch", True)], [])


@pytest.mark.parametrize("until", ["2026-05-01", "2026-09-01"], ids=["since then", "already"])
def test_an_episode_that_nobody_was_told_of_needs_no_all_clear(until: str) -> None:
    step = given(
        WARNING_SIGNS,
        mute("2026-01-01", until),
        waiver("2026-01-02", "forbearance"),
        tick("2026-06-01"),
        tick("2026-10-01"),
    )
    assert steps(step) == [("opened", "warning", True), ("cleared", "calm", True)]
    assert sent(step) == []


def test_the_end_of_an_episode_that_was_told_is_sent_through_a_mute() -> None:
    journal = (waiver("2026-01-02", "forbearance"), mute("2026-01-03", "2026-09-01"), tick("2026-06-01"))
    assert [one["step"] for one in sent(given(WARNING_SIGNS, *journal))] == ["opened", "cleared"]


def test_an_episode_that_was_told_late_is_cleared_aloud() -> None:
    journal = (
        mute("2026-01-01", "2026-02-01"),
        waiver("2026-01-02", "forbearance"),
        tick("2026-02-01"),
        tick("2026-06-01"),
    )
    assert [one["step"] for one in sent(given(WARNING_SIGNS, *journal))] == ["opened", "cleared"]


def test_what_was_told_before_the_mute_is_not_told_again() -> None:
    step = given(WARNING_SIGNS, waiver("2026-01-01"), mute("2026-01-02", "2026-02-01"), tick("2026-02-01"))
    assert len(sent(step)) == 1


def test_a_step_on_the_moment_at_which_the_mute_ends_is_sent_as_it_is() -> None:
    step = given(WARNING_SIGNS, mute("2026-01-01", "2026-02-01"), waiver("2026-02-01"))
    assert steps(step) == [("opened", "critical", False)]
    assert len(sent(step)) == 1


def test_a_newer_decision_lengthens_or_ends_a_mute() -> None:
    muted = (mute("2026-01-01", "2026-02-01"), waiver("2026-01-02"))
    longer = given(WARNING_SIGNS, *muted, mute("2026-01-03", "2026-03-01"), tick("2026-02-15"))
    assert sent(longer) == []
    ended = given(WARNING_SIGNS, *muted, mute("2026-01-03", "2026-01-03"))
    assert [one["known_at"] for one in sent(ended)] == ["2026-01-03T12:00:00+00:00"]


def test_a_subject_stays_muted_while_either_mute_lasts() -> None:
    journal = (
        mute("2026-01-01", "2026-03-01", subject="all"),
        mute("2026-01-01", "2026-02-01"),
        waiver("2026-01-02"),
        tick("2026-02-02"),
    )
    assert sent(given(WARNING_SIGNS, *journal)) == []
    assert len(sent(given(WARNING_SIGNS, *journal), "borrower:CoreWeave")) == 1
    assert len(sent(given(WARNING_SIGNS, *journal, tick("2026-03-01")))) == 1


def test_a_mute_of_an_unknown_indicator_is_inert() -> None:
    step = then(WARNING_SIGNS, [waiver("2026-01-01")], mute("2026-01-02", "2026-02-01", "no_such_sign"))
    assert (step.state, step.rows) == (given(WARNING_SIGNS, waiver("2026-01-01")).state, ())


def test_a_mute_stands_in_a_row_with_who_and_why() -> None:
    muted = mute("2026-01-01", "2026-02-01", why="known, and being talked about")
    row = rows_of(given(WARNING_SIGNS, muted), MuteRow)[0]
    assert (row.indicator, row.subject, row.until, row.muted_by, row.why) == (
        "credit_waivers",
        "",
        noon("2026-02-01"),
        "Ada",
        "known, and being talked about",
    )


def test_a_snapshot_remembers_mutes_and_what_was_told() -> None:
    journal = [mute("2026-01-01", "2026-02-01"), waiver("2026-01-02")]
    before, later = given(WARNING_SIGNS, *journal), journaled([*journal, tick("2026-02-02")])[-1:]
    again = project(WARNING_SIGNS, later, restored(WARNING_SIGNS, before))
    assert again == project(WARNING_SIGNS, later, before)


def seen(known_on: str, signal_id: object, **fields: Any) -> Event:
    return event("SignalAcknowledged", known_on, signal_id=str(signal_id), by="Ada", **fields)


def test_an_acknowledgement_is_found_by_the_episode_that_stands() -> None:
    opened = given(WARNING_SIGNS, waiver("2026-01-01"))
    current = standing(WARNING_SIGNS, opened, IndicatorCurrentRow)["credit_waivers", "all"]
    step = given(WARNING_SIGNS, waiver("2026-01-01"), seen("2026-01-02", current.signal_id, note="on it"))
    assert rows_of(step, AcknowledgementRow) == [
        AcknowledgementRow(UUID(str(current.signal_id)), noon("2026-01-02"), "Ada", "on it")
    ]
    assert (
        current.signal_id == next(row for row in rows_of(step, SignalRow) if row.subject == "all").signal_id
    )


def test_an_acknowledgement_sends_nothing_and_measures_nothing() -> None:
    step = given(WARNING_SIGNS, waiver("2026-01-01"), seen("2026-01-02", UUID(int=1)))
    assert not [row for row in rows_of(step, IndicatorRow) if row.journal_offset == 1]
    assert not [row for row in rows_of(step, OutboxRow) if row.journal_offset == 1]


def test_an_acknowledgement_of_what_is_no_id_is_inert() -> None:
    assert rows_of(given(WARNING_SIGNS, seen("2026-01-02", "'; DROP TABLE signal")), AcknowledgementRow) == []


def test_a_calm_subject_has_no_episode_to_acknowledge() -> None:
    step = given(WARNING_SIGNS, waiver("2026-01-01", "forbearance"), tick("2026-06-01"))
    assert standing(WARNING_SIGNS, step, IndicatorCurrentRow)["credit_waivers", "all"].signal_id is None
