"""Levels that must last before they are told: what pends, what falls due, and what leaves no trace."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given as forall
from hypothesis import settings
from hypothesis import strategies as st

from events.base import Event
from events.families.clock import tick
from projections.base import JournaledEvent, Step
from projections.episodes.episode import signal_id_of
from projections.episodes.rows import IndicatorCurrentRow, IndicatorRow, OutboxRow, SignalRow
from projections.indicators import DEFINITIONS
from projections.warning_signs import WARNING_SIGNS
from projections.warning_signs.fold import NOT_IN_SIGHT, WarningSigns
from tests.given import (
    Projected,
    event,
    given,
    journaled,
    noon,
    project,
    restored,
    rows_of,
    share_bar,
    standing,
)
from tests.projections.shares import close

# 90 days apart; what happens at END and after it is counted in minutes after its noon.
START, END = "2026-01-01", "2026-04-01"
OTHERS = ("GEV", "ENR.DE")
BASKET = ("crowding", "basket")


def at(minute: float) -> datetime:
    return noon(END) + timedelta(minutes=minute)


def price(minute: float, price_usd: float, symbol: str = "CAT") -> Event:
    time = at(minute).isoformat()
    times: dict[str, Any] = dict.fromkeys(("occurred_at", "known_at", "bucket", "first_at", "last_at"), time)
    return share_bar(END, symbol, price_usd, interval_seconds=1, **times)


def when(minute: float, event_type: str, **fields: Any) -> Event:
    moment = at(minute).isoformat()
    return event(event_type, occurred_at=moment, known_at=moment, **fields)


def ticks(*minutes: float) -> list[Event]:
    return [tick(at(minute)) for minute in minutes]


# The others rise by 10 % each: CAT makes less than 40 % of the gain up to 113.3, watch (40 %) at
# 113.4, warning (60 %) at 130, critical (80 %) at 180.
BEFORE = [
    *(close(START, symbol, 100) for symbol in ("CAT", *OTHERS)),
    *(close(END, symbol, 110, at="11:00:00") for symbol in OTHERS),
]
CALM, WATCH, WARNING, CRITICAL = 110.0, 120.0, 140.0, 200.0


def grows_old(minute: float) -> datetime:
    """Return when the basket is too old, whose last price is of a minute."""
    stale_after = DEFINITIONS["crowding"].stale_after
    assert stale_after
    return at(minute) + stale_after + timedelta.resolution


def folded(*events: Event) -> Projected[WarningSigns]:
    return given(WARNING_SIGNS, *BEFORE, *events)


def told(step: Step[WarningSigns], indicator: str = "crowding") -> list[tuple[float, str, str]]:
    """Give each signal with the minute at which it was told."""
    rows = [row for row in rows_of(step, SignalRow) if row.indicator == indicator]
    return [((row.known_at - at(0)) / timedelta(minutes=1), row.step, row.level) for row in rows]


def test_only_what_follows_the_markets_every_move_waits() -> None:
    waiting = {one.id: one.for_at_least for one in DEFINITIONS.values() if one.for_at_least}
    assert waiting == dict.fromkeys(("builders_vs_financiers", "crowding"), timedelta(minutes=15))


def test_a_tick_takes_a_level_once_it_has_lasted_and_stamps_it_with_its_own_time() -> None:
    reached = price(0, WATCH)
    early = folded(reached, *ticks(14))
    assert told(early) == []
    assert standing(WARNING_SIGNS, early, IndicatorCurrentRow)[BASKET].level == "calm"
    step = folded(reached, *ticks(14, 15, 16))
    assert told(step) == [(15, "opened", "watch")]
    row = standing(WARNING_SIGNS, step, IndicatorCurrentRow)[BASKET]
    assert (row.level, row.since, row.known_at, row.input_at) == ("watch", at(15), at(15), at(0))
    history = [one for one in rows_of(step, IndicatorRow) if one.indicator == "crowding"][-2:]
    assert [(one.known_at, one.level) for one in history] == [(at(0), "calm"), (at(15), "watch")]
    assert [one.value for one in history] == [row.value] * 2
    (sent,) = [one for one in rows_of(step, OutboxRow) if one.key == "crowding/basket"]
    assert sent.message_id == f"{row.signal_id}/1"


def test_any_event_takes_what_is_due() -> None:
    headline = when(15, "HeadlinePublished", publisher="Bloomberg", title="Nothing happened")
    assert told(folded(price(0, WATCH), headline)) == [(15, "opened", "watch")]
    assert told(folded(price(0, WATCH), price(15, WATCH + 1))) == [(15, "opened", "watch")]
    assert told(folded(price(0, WATCH), price(15, 40.0, "TSLA"))) == [(15, "opened", "watch")]


def test_an_event_that_is_known_late_takes_nothing_before_its_time() -> None:
    late = event("HeadlinePublished", "2026-03-01", publisher="Bloomberg", title="Nothing happened")
    assert told(folded(price(0, WATCH), late)) == []


def test_a_value_that_falls_back_leaves_the_state_as_if_it_had_never_risen() -> None:
    step = folded(price(0, WATCH), *ticks(10), price(14, CALM), *ticks(15, 30, 45))
    assert told(step) == []
    assert step.state.agenda[BASKET] == grows_old(14)
    assert step.state.subjects[BASKET].pending == ()


def test_each_level_waits_for_itself() -> None:
    journal = (price(0, WATCH), price(5, CRITICAL), *ticks(10, 15, 19, 20, 21))
    assert told(folded(*journal)) == [(15, "opened", "watch"), (20, "escalated", "critical")]


def test_easing_and_clearing_wait_for_nothing() -> None:
    journal = (price(0, CRITICAL), *ticks(15), price(16, WARNING), price(17, CALM))
    assert told(folded(*journal)) == [
        (15, "opened", "critical"),
        (16, "eased", "warning"),
        (17, "cleared", "calm"),
    ]


def test_an_event_that_brings_another_value_once_the_time_is_up_decides_by_it() -> None:
    assert told(folded(price(0, CRITICAL), price(20, CALM), *ticks(40))) == []
    journal = (price(0, CRITICAL), price(20, WARNING), *ticks(40))
    assert told(folded(*journal)) == [(20, "opened", "warning")]


def test_an_episode_is_named_by_the_event_that_reached_its_level_however_the_clock_ticks() -> None:
    reached = price(0, WATCH)
    often, seldom = folded(reached, *ticks(5, 10, 15)), folded(reached, *ticks(60))
    ids = [rows_of(step, SignalRow)[-1].signal_id for step in (often, seldom)]
    assert ids == [signal_id_of(*BASKET, reached.event_id)] * 2


def test_both_ways_of_builders_against_financiers_wait_apart() -> None:
    financiers = [close(START, symbol, 100) for symbol in ("BX", "OWL")]
    flat = [close(END, symbol, 100, at="11:00:00") for symbol in ("BX", "OWL")]
    journal = (*financiers, *flat, price(0, 200), price(5, 30), *ticks(15, 19, 20))
    rows = [row for row in rows_of(folded(*journal), SignalRow) if row.indicator == "builders_vs_financiers"]
    assert [(row.known_at, row.subject, row.step) for row in rows] == [
        (at(20), "financiers ahead", "opened"),
    ]


def watchlist(minute: float, watch: float, warning: float, critical: float, **fields: object) -> Event:
    levels = {"watch": watch, "warning": warning, "critical": critical}
    override = {"indicator": "crowding", **levels}
    return when(minute, "WatchlistChanged", watchlist="desk", thresholds=[override], **fields)


def test_a_watchlist_that_changes_thresholds_lets_what_pends_start_over() -> None:
    journal = (price(0, WATCH), watchlist(10, 0.45, 0.7, 0.9), *ticks(15, 24, 25))
    assert told(folded(*journal)) == [(25, "opened", "watch")]


def test_thresholds_that_a_pending_value_does_not_reach_leave_no_trace() -> None:
    step = folded(price(0, WATCH), watchlist(10, 0.6, 0.7, 0.9), *ticks(15, 30))
    assert (told(step), step.state.subjects[BASKET].pending) == ([], ())
    assert step.state.agenda[BASKET] == grows_old(0)


def test_lower_thresholds_are_waited_for_as_long() -> None:
    journal = (price(0, CALM), watchlist(10, 0.1, 0.2, 0.9), *ticks(24, 25))
    assert told(folded(*journal)) == [(25, "opened", "warning")]


def test_a_watchlist_that_leaves_thresholds_alone_takes_what_is_due() -> None:
    changed = when(15, "WatchlistChanged", watchlist="desk", lenders=["Fictional Credit Fund"])
    assert told(folded(price(0, WATCH), changed)) == [(15, "opened", "watch")]
    early = when(10, "WatchlistChanged", watchlist="desk", lenders=["Fictional Credit Fund"])
    assert told(folded(price(0, WATCH), early, *ticks(15))) == [(15, "opened", "watch")]


def mute(minute: float, until: float) -> Event:
    return when(minute, "SignalMuted", indicator="crowding", until=at(until).isoformat(), by="Ada")


@pytest.mark.parametrize(("until", "sent"), [(15, [15]), (16, [16]), (60, [])])
def test_what_falls_due_while_it_is_muted_is_told_when_the_mute_ends(until: float, sent: list[float]) -> None:
    step = folded(price(0, WARNING), mute(5, until), *ticks(10, 15, 16, 17))
    assert told(step) == [(15, "opened", "warning")]
    assert [row.muted for row in rows_of(step, SignalRow)] == [until > 15]
    # Five events come before minute 0, the price and the mute after them; then the ticks.
    minutes = {8: 15.0, 9: 16.0, 10: 17.0}
    assert [minutes[row.journal_offset] for row in rows_of(step, OutboxRow)] == sent


def test_a_price_of_nobody_costs_nothing_while_nothing_pends_or_falls_due() -> None:
    headline = JournaledEvent(9, 0, at(1), when(1, "HeadlinePublished", publisher="B", title="N"))
    calm = folded(price(0, CALM))
    assert project(WARNING_SIGNS, [headline], calm).state is calm.state
    pending = folded(price(0, WATCH))
    assert pending.state.due == at(15)
    assert project(WARNING_SIGNS, [headline], pending).state is pending.state
    again = project(WARNING_SIGNS, [JournaledEvent(9, 0, at(1), price(1, WATCH + 1))], pending)
    assert again.state.subjects[BASKET].pending == pending.state.subjects[BASKET].pending
    assert (again.state.agenda[BASKET], again.state.due) == (at(15), at(15))


PRICES = st.sampled_from([CALM, WATCH, WARNING, CRITICAL])
HAPPENINGS = st.one_of(
    st.builds(lambda gap, usd: (gap, "price", usd), st.integers(0, 12), PRICES),
    st.builds(lambda gap: (gap, "tick", 0.0), st.integers(0, 12)),
    st.builds(
        lambda gap, watch: (gap, "watchlist", watch), st.integers(0, 12), st.sampled_from([0.3, 0.4, 0.5])
    ),
    st.builds(lambda gap: (gap, "mute", 0.0), st.integers(0, 12)),
)


def journal_of(happenings: list[tuple[int, str, float]]) -> list[Event]:
    events, minute = list(BEFORE), 0
    for gap, kind, number in happenings:
        minute += gap
        match kind:
            case "price":
                events.append(price(minute, number))
            case "tick":
                events.append(tick(at(minute)))
            case "watchlist":
                events.append(watchlist(minute, number, 0.6, 0.8))
            case _:
                events.append(mute(minute, minute + 20))
    return events


JOURNALS = st.lists(HAPPENINGS, max_size=25).map(journal_of)


@settings(deadline=None)
@forall(JOURNALS, st.integers(0, 30))
def test_a_snapshot_anywhere_changes_no_row(journal: list[Event], cut: int) -> None:
    records = journaled(journal)
    before, whole = project(WARNING_SIGNS, records[:cut]), project(WARNING_SIGNS, records)
    after = project(WARNING_SIGNS, records[cut:], restored(WARNING_SIGNS, before))
    assert (*before.rows, *after.rows) == whole.rows
    assert after.state == whole.state


@settings(deadline=None)
@forall(JOURNALS)
def test_what_pends_is_named_where_it_stands_and_what_is_due_is_never_left(journal: list[Event]) -> None:
    step: Projected[WarningSigns] | None = None
    for record in journaled(journal):
        step = project(WARNING_SIGNS, [record], step)
        state = step.state
        pending_until = {
            key: subject.pending[0].since + DEFINITIONS[key[0]].for_at_least
            for key, subject in state.subjects.items()
            if subject.pending
        }
        assert all(state.agenda[key] <= time for key, time in pending_until.items())
        assert all(time > record.now for time in pending_until.values())
        assert state.due <= min(pending_until.values(), default=NOT_IN_SIGHT)


@settings(deadline=None)
@forall(JOURNALS)
def test_no_level_opens_or_rises_before_it_has_lasted(journal: list[Event]) -> None:
    step = given(WARNING_SIGNS, *journal)
    history = [row for row in rows_of(step, IndicatorRow) if row.indicator == "crowding"]
    for row in rows_of(step, SignalRow):
        if row.indicator == "crowding" and row.step in {"opened", "escalated"}:
            lasted = [
                one
                for one in history
                if one.journal_offset < row.journal_offset
                and one.known_at <= row.known_at - timedelta(minutes=15)
            ]
            assert lasted
            since = [
                one
                for one in history
                if lasted[-1].journal_offset <= one.journal_offset <= row.journal_offset
            ]
            assert all(one.value >= row.threshold for one in since)
