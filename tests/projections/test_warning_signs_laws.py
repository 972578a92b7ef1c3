"""What holds of the warning signs whatever comes, in whatever order."""

from collections.abc import Callable
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from hypothesis import given as forall
from hypothesis import settings
from hypothesis import strategies as st

from events.base import Event
from projections.definition import LEVELS
from projections.episodes.rows import IndicatorCurrentRow, IndicatorRow, OutboxRow, SignalRow
from projections.warning_signs import WARNING_SIGNS
from projections.warning_signs.fold import WarningSigns
from tests.given import Projected, event, given, journaled, project, restored, rows_of, standing
from tests.projections.company_events import COMPANY_EVENTS

START = date(2026, 1, 1)
DAYS = st.integers(0, 400).map(lambda days: str(START + timedelta(days=days)))
NAMES = st.sampled_from(["A", "B", "C"])
PAIRS = st.sampled_from([("A", "B"), ("B", "C"), ("C", "A"), ("B", "A")])
BILLIONS = st.integers(1, 60).map(lambda number: number * 1e9)
PRICES = st.integers(50, 200).map(float)


def bar(event_type: str, day: str, price: float, **series: str) -> Event:
    noon = f"{day}T12:00:00Z"
    prices = dict.fromkeys(("open_usd", "high_usd", "low_usd", "close_usd"), price)
    times = {"bucket": f"{day}T00:00:00Z", "first_at": noon, "last_at": noon}
    return event(event_type, day, interval_seconds=86_400, **prices, **times, **series)


def deal(day: str, deal_id: str, pair: tuple[str, str], amount_usd: float, condition: str | None) -> Event:
    leg = {"leg": "money", "kind": "equity", "payer": pair[0], "payee": pair[1], "amount_usd": amount_usd}
    legs = [{**leg, "condition": condition}]
    return event("DealAnnounced", day, deal_id=deal_id, title=f"Deal {deal_id}", legs=legs)


def some(make: Callable[..., Event], *arguments: st.SearchStrategy[Any]) -> st.SearchStrategy[Event]:
    return st.builds(make, *arguments)


# The day on which a fact is known is drawn apart from its place in the journal: much comes late.
EVENTS = st.one_of(
    some(lambda day: event("ClockTicked", day), DAYS),
    some(
        lambda day, borrower, kind: event(
            "CreditWaiverReported", day, facility_id=f"f{borrower}", borrower=borrower, kind=kind
        ),
        DAYS,
        NAMES,
        st.sampled_from(["amendment", "waiver", "default"]),
    ),
    some(
        lambda day, name, amount: event(
            "LoanOriginated",
            day,
            facility_id=f"f{name}",
            borrower=name,
            lenders=["L"],
            principal_usd=amount,
            collateral={"kind": "shares", "symbol": name, "quantity": 1e8},
        ),
        DAYS,
        NAMES,
        BILLIONS,
    ),
    some(
        lambda day, name, usd: event("LoanRepaid", day, facility_id=f"f{name}", amount_usd=usd),
        DAYS,
        NAMES,
        BILLIONS,
    ),
    some(
        lambda day, site, operator, mw, expected: event(
            "PowerScheduled", day, site_id=site, operator=operator, mw=mw, expected_on=expected
        ),
        DAYS,
        NAMES,
        NAMES,
        st.sampled_from([100, 300]),
        DAYS,
    ),
    some(
        lambda day, site, mw: event("PowerDelivered", day, site_id=site, mw=mw, delivered_on=day),
        DAYS,
        NAMES,
        st.sampled_from([100, 200]),
    ),
    some(
        lambda day, model, price: bar("GpuBarClosed", day, price, model=model, basis="resale"),
        DAYS,
        NAMES,
        PRICES,
    ),
    some(lambda day, symbol, price: bar("EquityBarClosed", day, price, symbol=symbol), DAYS, NAMES, PRICES),
    some(deal, DAYS, NAMES, PAIRS, BILLIONS, st.sampled_from([None, "an IPO"])),
    some(
        lambda day, deal_id, usd: event("LegFunded", day, deal_id=deal_id, leg="money", amount_usd=usd),
        DAYS,
        NAMES,
        BILLIONS,
    ),
    some(lambda day, deal_id: event("DealTerminated", day, deal_id=deal_id), DAYS, NAMES),
    *COMPANY_EVENTS,
)
JOURNALS = st.lists(EVENTS, max_size=40)


@settings(deadline=None)
@forall(JOURNALS, st.integers(0, 40))
def test_a_snapshot_anywhere_in_the_journal_changes_no_row(journal: list[Event], cut: int) -> None:
    records = journaled(journal)
    before = project(WARNING_SIGNS, records[:cut])
    after, undisturbed = (
        project(WARNING_SIGNS, records[cut:], state) for state in (restored(WARNING_SIGNS, before), before)
    )
    assert after == undisturbed
    # 1 equals 1.0, and is written differently.
    assert [list(map(type, row)) for row in after.rows] == [list(map(type, row)) for row in undisturbed.rows]


@settings(deadline=None)
@forall(JOURNALS, st.integers(0, 40))
def test_no_row_depends_on_what_comes_later(journal: list[Event], cut: int) -> None:
    whole, beginning = given(WARNING_SIGNS, *journal).rows, given(WARNING_SIGNS, *journal[:cut]).rows
    assert whole[: len(beginning)] == beginning


@settings(deadline=None)
@forall(JOURNALS)
def test_every_row_is_stamped_with_the_clock_of_the_fold_however_late_its_event(journal: list[Event]) -> None:
    step: Projected[WarningSigns] | None = None
    for record in journaled(journal):
        step = project(WARNING_SIGNS, [record], step)
        stamps = {
            row.known_at
            for row in step.rows
            if isinstance(row, IndicatorRow | IndicatorCurrentRow | SignalRow)
        }
        assert stamps <= {record.now}


@settings(deadline=None)
@forall(JOURNALS)
def test_episodes_open_first_clear_last_and_their_levels_fit_together(journal: list[Event]) -> None:
    signals = rows_of(given(WARNING_SIGNS, *journal), SignalRow)
    signals.sort(key=lambda row: (row.indicator, row.subject))
    for _, of_subject in groupby(signals, key=lambda row: (row.indicator, row.subject)):
        level, signal_id, number = "calm", None, 0
        for row in of_subject:
            ends = row.level in {"calm", "unknown"}
            opens = level == "calm"
            assert (row.step == "opened") == opens
            assert opens or row.signal_id == signal_id
            assert row.step_number == (1 if opens else number + 1)
            assert (row.step == "cleared") == ends
            after = "calm" if ends else row.level
            rises = LEVELS.index(after) > LEVELS.index(level)
            assert rises == (row.step in {"opened", "escalated"})
            assert row.evidence
            level, signal_id, number = after, row.signal_id, row.step_number


@settings(deadline=None)
@forall(JOURNALS)
def test_what_stands_is_what_history_and_signals_said_last(journal: list[Event]) -> None:
    step = given(WARNING_SIGNS, *journal)
    history = {(row.indicator, row.subject): row for row in rows_of(step, IndicatorRow)}
    levels = {(row.indicator, row.subject): row.level for row in rows_of(step, SignalRow)}
    current = standing(WARNING_SIGNS, step, IndicatorCurrentRow)
    assert current.keys() == history.keys()
    for key, row in current.items():
        last = history[key[0], key[1]]
        assert (row.value, row.level, row.known_at, row.evidence, row.text) == (
            last.value,
            last.level,
            last.known_at,
            last.evidence,
            last.text,
        )
        # What is no longer known is at no level.
        assert row.level == levels.get((row.indicator, row.subject), "calm").replace("unknown", "calm")
        assert row.since <= row.known_at
        assert row.input_at is None or row.input_at <= row.known_at


@settings(deadline=None)
@forall(JOURNALS)
def test_rows_of_history_have_keys_of_their_own_and_every_step_is_sent(journal: list[Event]) -> None:
    step = given(WARNING_SIGNS, *journal)
    history = [(row.journal_offset, row.indicator, row.subject) for row in rows_of(step, IndicatorRow)]
    assert len(history) == len(set(history))
    steps = [f"{row.signal_id}/{row.step_number}" for row in rows_of(step, SignalRow)]
    assert steps == [row.message_id for row in rows_of(step, OutboxRow)]
    assert len(steps) == len(set(steps))
