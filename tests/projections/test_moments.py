"""What is true at the end of a moment is told, once, however the journal is cut into batches."""

from collections import Counter
from collections.abc import Sequence
from itertools import groupby, pairwise

import pytest
from hypothesis import given as forall
from hypothesis import settings
from hypothesis import strategies as st

from events.base import Event
from events.journal import Run
from ouroboros.history.batches import batches
from ouroboros.history.event_files import Ledger
from ouroboros.history.source import Order
from projections.base import JournaledEvent
from projections.deduplication import Deduplicator, deduplicate
from projections.episodes.rows import IndicatorRow, SignalRow
from projections.kernel import project_history
from projections.warning_signs import WARNING_SIGNS
from tests.given import announced, event, leg, loan, project, rows_of, share_bar, tick, waiver
from tests.projections.test_kernel import JOURNALS, Everything, project_all

SPV = {"off_balance_sheet": True, "equity_usd": 3e9}


def records(*read_at_once: Sequence[Event]) -> list[JournaledEvent]:
    """Put events into a journal, so many a record."""
    deduplicator, accepted = Deduplicator(), list[JournaledEvent]()
    for offset, events in enumerate(read_at_once):
        runs = [Run("test/0", offset, tuple(events))]
        deduplicator, new = deduplicate(deduplicator, offset, runs)
        accepted += new
    return accepted


def signals(*read_at_once: Sequence[Event]) -> list[SignalRow]:
    return rows_of(project(WARNING_SIGNS, records(*read_at_once)), SignalRow)


def test_what_several_loans_of_one_record_come_to_is_told_once() -> None:
    loans = [loan("2026-01-01", name, size, borrower=name, **SPV) for name, size in (("A", 26), ("B", 7.5))]
    (first, _) = signals(loans)
    assert "$33.5B of debt stand outside of balance sheets in all" in first.message
    # Read one by one, each is told at once: what is still to come is not known.
    (first, _) = signals(*([one] for one in loans))
    assert "$26B of debt stand" in first.message


def test_what_opens_and_clears_within_a_moment_is_not_told() -> None:
    deals = [
        announced("credits", "2026-01-01", leg("a", "credits", "Microsoft", "OpenAI", amount_usd=13e9)),
        announced("cloud", "2026-01-01", leg("a", "purchase", "OpenAI", "Microsoft", amount_usd=13e9)),
        announced("more", "2026-01-01", leg("a", "purchase", "Meta", "Microsoft", amount_usd=1e12)),
    ]
    assert [row for row in signals(deals) if row.indicator == "vendor_financed_share"] == []
    steps = [row.step for row in signals(*([deal] for deal in deals)) if row.subject == "Microsoft firm"]
    assert steps == ["opened", "cleared"]


def test_facts_of_another_time_in_one_record_are_another_moment() -> None:
    both = [waiver("2026-01-01"), waiver("2026-01-02", "default", facility_id="g")]
    told = [row.known_at.day for row in signals(both) if row.subject == "borrower:CoreWeave"]
    assert told == [1, 2]


def test_the_event_that_is_named_is_that_which_touched_the_subject() -> None:
    headline = event("HeadlinePublished", publisher="X", title="something else", source="another")
    step = project(WARNING_SIGNS, records([waiver("2026-01-01", source="8-K"), headline]))
    (row,) = (row for row in rows_of(step, SignalRow) if row.subject == "all")
    assert "8-K" in row.message
    assert "another" not in row.message
    (measured,) = (row for row in rows_of(step, IndicatorRow) if row.subject == "all")
    assert (measured.journal_offset, measured.journal_index) == (0, 0)


def test_bars_of_one_share_that_close_together_are_one_moment() -> None:
    collateral = {"kind": "shares", "symbol": "ARM"}
    days = (("2025-10-27", 182.3), ("2025-12-15", 145), ("2026-02-27", 127))
    bars = [share_bar(day, "ARM", price, known_on="2026-02-27") for day, price in days]
    pledged = loan("2026-02-27", collateral=collateral)
    (told,) = (row for row in signals([pledged], bars) if row.indicator == "pledged_equity_drawdown")
    assert (told.step, told.level, told.value) == ("opened", "warning", round((182.3 - 127) / 182.3, 6))


def test_a_decision_of_the_desk_is_a_moment_of_its_own() -> None:
    muted = event("SignalMuted", indicator="credit_waivers", until="2026-03-01T00:00:00Z", by="Ada", why="x")
    before = project(WARNING_SIGNS, records([waiver("2026-01-01"), muted]))
    after = project(WARNING_SIGNS, records([muted, waiver("2026-01-01")]))
    assert [{row.muted for row in rows_of(step, SignalRow)} for step in (before, after)] == [{False}, {True}]


def test_the_clock_that_ticks_in_a_record_measures_what_is_due_by_then() -> None:
    (*_, last) = signals([waiver("2026-01-01")], [tick("2026-06-01"), loan("2026-06-01")])
    assert (last.step, last.known_at.month) == ("cleared", 6)


@pytest.mark.parametrize("order", Order)
def test_no_subject_of_the_ledger_has_two_steps_at_one_moment(order: Order) -> None:
    rows = list(project_history(WARNING_SIGNS, batches(Ledger(), order)))
    steps = Counter((row.indicator, row.subject, row.known_at) for row in rows if isinstance(row, SignalRow))
    assert {step for step, times in steps.items() if times > 1} == set()
    assert len(steps) > 30
    few = project_history(WARNING_SIGNS, batches(Ledger(), order, events_at_once=7))
    assert list(few) == rows


@settings(deadline=None, max_examples=100)
@forall(JOURNALS, st.lists(st.integers(0, 60), max_size=20).map(sorted), st.lists(st.booleans(), min_size=62))
def test_a_journal_of_records_may_be_cut_between_any_two(
    journal: list[Event], starts: list[int], cut: list[bool]
) -> None:
    parts = [journal[start:end] for start, end in pairwise([0, *starts, len(journal)])]
    every = records(*(part for part in parts if part))
    by_record = [list(of_record) for _, of_record in groupby(every, key=lambda one: one.offset)]
    whole, rows = project_all(Everything(), every)
    state, found, held = Everything(), dict[str, list[object]](), list[JournaledEvent]()
    for number, record in enumerate(by_record):
        held += record
        if cut[number] or number == len(by_record) - 1:
            state, new = project_all(state, held)
            held = []
            found = {name: [*found.get(name, []), *rows_of_table] for name, rows_of_table in new.items()}
    if every:
        assert state == whole
        assert found["warning_signs.signal"] == rows["warning_signs.signal"]
        assert found["warning_signs.indicator"] == rows["warning_signs.indicator"]
        assert found["warning_signs.indicator_current"] == rows["warning_signs.indicator_current"]
