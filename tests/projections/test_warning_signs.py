import json
from datetime import timedelta

from events.base import Event
from projections.episodes.rows import (
    ClockRow,
    DefinitionRow,
    IndicatorCurrentRow,
    IndicatorRow,
    OutboxRow,
    SignalRow,
)
from projections.indicators import DEFINITIONS, INDICATORS
from projections.warning_signs import WARNING_SIGNS, definition_rows
from tests.given import event, given, journaled, noon, project, rows_of, standing, waiver


def tick(known_on: str) -> Event:
    return event("ClockTicked", known_on)


def is_of_all_waivers(row: IndicatorCurrentRow | SignalRow) -> bool:
    return (row.indicator, row.subject) == ("credit_waivers", "all")


HEADLINE = event("HeadlinePublished", "2026-01-02", publisher="Bloomberg", title="Nothing happened")


def test_an_event_that_no_indicator_reads_leaves_the_very_same_state() -> None:
    before = given(WARNING_SIGNS, waiver("2026-01-01"))
    step = project(WARNING_SIGNS, journaled([HEADLINE]), before)
    assert step.state is before.state
    assert step.rows == ()


def test_the_clock_stands_in_a_row_of_its_own_that_every_tick_moves() -> None:
    step = given(WARNING_SIGNS, tick("2026-01-01"), HEADLINE, tick("2026-01-03"))
    assert rows_of(step, ClockRow) == [ClockRow(1, noon("2026-01-01")), ClockRow(1, noon("2026-01-03"))]


def test_a_subject_keeps_the_time_at_which_its_level_began() -> None:
    journal = (waiver("2026-01-01", "amendment"), waiver("2026-01-05", "amendment"), waiver("2026-01-09"))
    step = given(WARNING_SIGNS, *journal)
    rows = [row for row in rows_of(step, IndicatorCurrentRow) if is_of_all_waivers(row)]
    assert [(row.level, row.since) for row in rows] == [
        ("watch", noon("2026-01-01")),
        ("watch", noon("2026-01-01")),
        ("warning", noon("2026-01-09")),
    ]


def test_an_input_is_as_old_as_the_newest_event_that_touched_the_subject() -> None:
    def all_of(*journal: Event) -> IndicatorCurrentRow:
        return standing(WARNING_SIGNS, given(WARNING_SIGNS, *journal), IndicatorCurrentRow)[
            "credit_waivers", "all"
        ]

    assert all_of(waiver("2026-01-05"), waiver("2026-01-01")).input_at == noon("2026-01-05")
    expired = all_of(waiver("2026-01-05"), tick("2026-06-01"))
    assert (expired.value, expired.input_at, expired.known_at) == (
        0.0,
        noon("2026-01-05"),
        noon("2026-06-01"),
    )


def test_what_comes_late_is_stamped_with_the_clock_of_the_fold() -> None:
    step = given(WARNING_SIGNS, tick("2026-02-01"), waiver("2026-01-01"))
    assert {row.known_at for row in rows_of(step, IndicatorRow)} == {noon("2026-02-01")}
    assert {row.known_at for row in rows_of(step, SignalRow)} == {noon("2026-02-01")}


def test_each_step_of_a_signal_is_one_message_with_all_that_a_reader_needs() -> None:
    opening, rise = waiver("2026-01-01"), waiver("2026-01-05", "forbearance")
    step = given(WARNING_SIGNS, opening, rise)
    signal = [row for row in rows_of(step, SignalRow) if is_of_all_waivers(row)][-1]
    sent = [row for row in rows_of(step, OutboxRow) if row.key == "credit_waivers/all"][-1]
    assert (sent.message_id, sent.topic, sent.journal_offset) == (f"{signal.signal_id}/2", "signals", 1)
    assert json.loads(sent.payload) == {
        "signal_id": str(signal.signal_id),
        "step_number": 2,
        "indicator": "credit_waivers",
        "title": "Credit waivers and defaults",
        "subject": "all",
        "step": "escalated",
        "level": "warning",
        "value": 3.0,
        "unit": "weighted count",
        "threshold": 2.0,
        "message": signal.message,
        "since": "2026-01-01T12:00:00+00:00",
        "known_at": "2026-01-05T12:00:00+00:00",
        "evidence": [str(opening.event_id), str(rise.event_id)],
    }


def test_a_signal_keeps_its_id_when_its_history_is_folded_again_at_other_offsets() -> None:
    journal = (waiver("2026-01-01"), waiver("2026-01-05", "default"), tick("2026-06-01"))
    first = rows_of(given(WARNING_SIGNS, *journal), SignalRow)
    shifted = given(WARNING_SIGNS, HEADLINE.model_copy(update={"known_at": noon("2025-01-01")}), *journal)
    assert [(row.signal_id, row.step_number) for row in first] == [
        (row.signal_id, row.step_number) for row in rows_of(shifted, SignalRow)
    ]
    assert len({row.signal_id for row in first if row.indicator == "credit_waivers"}) == 2


def test_a_new_episode_of_a_subject_is_a_new_signal() -> None:
    journal = (waiver("2026-01-01"), tick("2026-06-01"), waiver("2026-06-02"))
    told = [row for row in rows_of(given(WARNING_SIGNS, *journal), SignalRow) if is_of_all_waivers(row)]
    assert [row.step for row in told] == ["opened", "cleared", "opened"]
    assert told[0].signal_id == told[1].signal_id != told[2].signal_id


def test_hostile_names_are_stored_as_they_are() -> None:
    name = "'; DROP TABLE signal; -- {{ $labels.x }} {schema} %s"
    step = given(WARNING_SIGNS, event("CreditWaiverReported", facility_id="f", borrower=name, kind="default"))
    subjects = {row.subject for row in rows_of(step, SignalRow)}
    assert subjects == {"all", f"borrower:{name}"}
    sent = [json.loads(row.payload) for row in rows_of(step, OutboxRow)]
    assert {one["subject"] for one in sent} == subjects


def test_the_definitions_come_with_the_release_one_row_an_indicator() -> None:
    assert [row.id for row in definition_rows()] == list(DEFINITIONS)
    assert len(DEFINITIONS) == len(INDICATORS)
    waivers = next(row for row in definition_rows() if row.id == "credit_waivers")
    assert (waivers.watch, waivers.warning, waivers.critical, waivers.stale_after) == (0.5, 2.0, 4.0, None)
    prices = next(row for row in definition_rows() if row.id == "gpu_resale_drawdown")
    assert (prices.direction, prices.stale_after) == ("rising", timedelta(days=14))
    (reference,) = WARNING_SIGNS.reference
    assert (reference.columns, reference.rows) == (DefinitionRow._fields, definition_rows())


def test_a_snapshot_of_nothing_is_the_beginning() -> None:
    kind = WARNING_SIGNS.state_type
    assert kind.validate_json(kind.dump_json(WARNING_SIGNS.initial)) == WARNING_SIGNS.initial
