"""Fold every event through the indicators that read it, and their values into episodes."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import GenericAlias
from typing import TYPE_CHECKING, Any
from uuid import UUID

from rpds import HashTrieMap

from events.base import Event
from events.clock import ClockTicked
from events.desk import SignalAcknowledged, SignalMuted, WatchlistChanged
from projections.base import JournaledEvent, Row, Step
from projections.circularity.fold import READS, Change, Circularity
from projections.circularity.fold import changed as money_changed
from projections.persistent import PersistentMap, items_of
from projections.warning_signs.bubble_break import BUBBLE_BREAK, hear
from projections.warning_signs.definition import Definition, Indicator, Measurement, never
from projections.warning_signs.desk import (
    EVERY_SUBJECT,
    Desk,
    desk_after,
    next_end,
    threshold_rows,
    thresholds_of,
    window_of,
)
from projections.warning_signs.money import MoneyIndicator, on
from projections.warning_signs.registry import ALL, DEFINITIONS
from projections.warning_signs.rows import AcknowledgementRow, ClockRow, MuteRow
from projections.warning_signs.standing import (
    Standing,
    Turn,
    stand,
    stand_anew,
    take_what_is_due,
    tell_what_was_muted,
)

if TYPE_CHECKING:
    States = tuple[Any, ...]
else:
    # Each indicator's own type of state, so that a snapshot can be read back.
    States = GenericAlias(tuple, tuple(type(indicator.initial) for indicator in ALL))

NOT_IN_SIGHT = datetime(9999, 1, 1, tzinfo=UTC)
NOTHING_STANDS: PersistentMap[tuple[str, str], Standing] = HashTrieMap()
NOTHING_PENDS: PersistentMap[tuple[str, str], datetime] = HashTrieMap()


@dataclass(frozen=True, slots=True)
class WarningSigns:
    """The state of each indicator in their order, every subject by (indicator, subject), the desk's wishes.

    `pending` says when a level that a subject has reached is taken; before `due` time alone
    changes nothing. `money` is what is announced, for all indicators that read it.
    """

    states: States = tuple(indicator.initial for indicator in ALL)
    standing: PersistentMap[tuple[str, str], Standing] = NOTHING_STANDS
    desk: Desk = field(default_factory=Desk)
    due: datetime = NOT_IN_SIGHT
    pending: PersistentMap[tuple[str, str], datetime] = NOTHING_PENDS
    money: Circularity = field(default_factory=Circularity)


EVERY_PLACE = tuple(range(len(ALL)))
COMPOSITE = ALL.index(BUBBLE_BREAK)
TIMED = frozenset(place for place in EVERY_PLACE if ALL[place].due is not never)
READERS: dict[type[Event], tuple[int, ...]] = {
    kind: tuple(place for place in EVERY_PLACE if kind in ALL[place].reads)
    for kind in dict.fromkeys(kind for indicator in ALL for kind in indicator.reads)
}
DECISIONS = frozenset((WatchlistChanged, SignalAcknowledged, SignalMuted))
MONEY = frozenset(READS)


def apply(state: WarningSigns, journaled: JournaledEvent) -> Step[WarningSigns]:
    """Fold one event, and whatever time has brought until then.

    Most events are prices, and most of those concern nobody: they must cost next to nothing.
    """
    event, kind = journaled.event, type(journaled.event)
    overdue = journaled.now >= state.due
    decided = kind in DECISIONS
    readers = READERS.get(kind, ())
    if not (overdue or decided or readers or kind in MONEY):
        return Step(state)
    change = money_changed(state.money, journaled) if kind in MONEY else Change(state.money, state.money)
    if not (overdue or decided):
        return _take_in(state, journaled, readers, change)
    indicators = on(ALL, change)
    desk = desk_after(state.desk, journaled)
    turn = Turn(journaled, desk, state.standing, state.pending)
    states = list(state.states)
    if isinstance(event, WatchlistChanged):
        _review(turn, indicators, states, state.desk, event)
    else:
        for place in EVERY_PLACE:
            states[place] = _measure(turn, indicators[place], states[place], reads=place in readers)
    if desk.mutes is not state.desk.mutes:
        tell_what_was_muted(turn)
    turn.rows += _rows(journaled)
    due = _due(turn, states)
    after = WarningSigns(tuple(states), turn.standing, desk, due, turn.pending, change.after)
    return Step(after, tuple(turn.rows))


def _take_in(
    state: WarningSigns,
    journaled: JournaledEvent,
    readers: tuple[int, ...],
    change: Change,
) -> Step[WarningSigns]:
    """Fold an event that finds everything else as it was: the way of nearly all of them."""
    states, measured = list(state.states), list[tuple[Definition, tuple[Measurement, ...]]]()
    changed = change.after is not state.money
    for place in readers:
        before, indicator = states[place], ALL[place]
        if isinstance(indicator, MoneyIndicator):
            states[place], ones = indicator.apply(before, journaled, change)
        else:
            states[place], ones = indicator.apply(before, journaled)
        changed = changed or states[place] is not before
        if ones:
            measured.append((indicator.definition, ones))
    rows = _rows(journaled)
    if not (changed or measured):
        return Step(state, rows)
    turn = Turn(journaled, state.desk, state.standing, state.pending)
    for definition, ones in measured:
        for one in ones:
            stand(turn, definition, one, touched=True)
    if turn.steps:
        states[COMPOSITE] = _hear(turn, states[COMPOSITE])
    due = state.due
    if turn.pending is not state.pending:
        due = _due(turn, states)
    elif turn.steps or not TIMED.isdisjoint(readers):
        due = _due_after(turn, state, states, (*readers, COMPOSITE))
    after = WarningSigns(tuple(states), turn.standing, state.desk, due, turn.pending, change.after)
    return Step(after, (*turn.rows, *rows))


def _hear(turn: Turn, state: Any) -> Any:
    state, measured = hear(state, turn.steps, turn.journaled.now)
    for one in measured:
        stand(turn, BUBBLE_BREAK.definition, one, touched=True)
    return state


def _measure(turn: Turn, indicator: Indicator[Any], state: Any, *, reads: bool) -> Any:
    """Let an indicator measure what time, its event and, for the composite, the steps before it changed."""
    measured: tuple[Measurement, ...] = ()
    now = turn.journaled.now
    state, elapsed = _elapse(indicator, state, now)
    if reads:
        state, measured = indicator.apply(state, turn.journaled)
    elif indicator is BUBBLE_BREAK:
        state, measured = hear(state, turn.steps, now)
    for one in measured:
        stand(turn, indicator.definition, one, touched=True)
    # A subject is measured once an event: what the event says includes what time did.
    told = {one.subject for one in measured}
    for subject, one in elapsed.items():
        if subject not in told:
            stand(turn, indicator.definition, one, touched=False)
    take_what_is_due(turn, indicator.definition)
    return state


def _review(
    turn: Turn,
    indicators: tuple[Indicator[Any], ...],
    states: list[Any],
    before: Desk,
    changed: WatchlistChanged,
) -> None:
    """Measure anew what the change of a watchlist touches, and judge anew whom it sets other thresholds."""
    now = turn.journaled.now
    turn.rows += threshold_rows(before, turn.desk, now)
    affected = _affected(turn, before)
    for place in EVERY_PLACE:
        indicator, state = indicators[place], states[place]
        definition = indicator.definition
        measured: dict[str, Measurement] = {}
        state, elapsed = _elapse(indicator, state, now)
        if WatchlistChanged in indicator.reads:
            state, ones = indicator.apply(state, turn.journaled)
            measured |= {one.subject: one for one in ones}
        window = window_of(turn.desk, definition)
        if indicator.with_window and window and window != window_of(before, definition):
            state, ones = indicator.with_window(state, window, now)
            measured |= {one.subject: one for one in ones}
        if indicator is BUBBLE_BREAK:
            state, ones = hear(state, turn.steps, now)
            measured |= {one.subject: one for one in ones}
        states[place] = state
        judged = affected.get(definition.id, ())
        for subject in judged:
            measured.setdefault(
                subject, elapsed.get(subject) or turn.standing[definition.id, subject].measurement
            )
        for one in measured.values():
            stand_anew(turn, definition, one, changed, judged=one.subject in judged)
        for subject, one in elapsed.items():
            if subject not in measured:
                stand(turn, definition, one, touched=False)
        take_what_is_due(turn, definition)


def _affected(turn: Turn, before: Desk) -> dict[str, dict[str, None]]:
    """Name, for each indicator, the subjects whose thresholds are other ones now."""
    affected: dict[str, dict[str, None]] = {}
    if before.thresholds == turn.desk.thresholds:
        return affected
    for indicator, subject in sorted(turn.standing):
        definition = DEFINITIONS[indicator]
        if thresholds_of(before, definition, subject) != thresholds_of(turn.desk, definition, subject):
            affected.setdefault(indicator, {})[subject] = None
    return affected


def _elapse(indicator: Indicator[Any], state: Any, now: datetime) -> tuple[Any, dict[str, Measurement]]:
    due = indicator.due(state)
    if due is None or due > now:
        return state, {}
    state, measurements = indicator.elapse(state, now)
    return state, {one.subject: one for one in measurements}


def _due(turn: Turn, states: list[Any]) -> datetime:
    moments = [ALL[place].due(states[place]) for place in TIMED]
    moments += [next_end(turn.desk), *(moment for _, moment in items_of(turn.pending))]
    return min((moment for moment in moments if moment), default=NOT_IN_SIGHT)


def _due_after(turn: Turn, before: WarningSigns, states: list[Any], places: tuple[int, ...]) -> datetime:
    """Say what `_due` says where only these may have changed: mostly they alone need be asked."""
    changed = [place for place in places if place in TIMED and states[place] is not before.states[place]]
    if before.due in [ALL[place].due(before.states[place]) for place in changed]:
        # It may have been put off: anybody may be next.
        return _due(turn, states)
    moments = [ALL[place].due(states[place]) for place in changed]
    return min([before.due, *(moment for moment in moments if moment)])


def _rows(journaled: JournaledEvent) -> tuple[Row, ...]:
    """Write what an event says by itself, whatever it does to the indicators."""
    match journaled.event:
        case ClockTicked():
            return (ClockRow(1, journaled.now),)
        case SignalAcknowledged() as seen:
            signal_id = _as_uuid(seen.signal_id)
            return (AcknowledgementRow(signal_id, journaled.now, seen.by, seen.note),) if signal_id else ()
        case SignalMuted() as muted if muted.indicator in DEFINITIONS:
            subject = muted.subject or EVERY_SUBJECT
            return (MuteRow(muted.indicator, subject, muted.until, journaled.now, muted.by, muted.why),)
        case _:
            return ()


def _as_uuid(text: str) -> UUID | None:
    # Anybody may write anything into an acknowledgement; what names no episode is seen by nobody.
    try:
        return UUID(text)
    except ValueError:
        return None
