"""Fold what the world learns into measurements, and these into episodes and signals.

What is true at the end of a moment is signalled, once: where facts follow each other in one record of the
journal and leave the clock where it is, or bars of one series do, each subject that they touch is measured
after the last of them. What the desk decides is a moment of its own.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID
from zlib import crc32

import numpy as np
from numpy.typing import NDArray
from rpds import HashTrieMap

from events.bars import series_of
from events.base import Event
from events.families.clock import ClockTicked
from events.families.desk import SignalAcknowledged, SignalMuted, WatchlistChanged
from events.families.prices import GpuBarClosed
from projections.base import BatchStep, JournaledEvent, Row
from projections.episodes.ageing import ages_at, as_aged
from projections.episodes.desk import (
    EVERY_SUBJECT,
    Desk,
    desk_after,
    next_end,
    thresholds_of,
)
from projections.episodes.rows import AcknowledgementRow, ClockRow, MuteRow, ThresholdOverrideRow
from projections.episodes.subjects import (
    EventContext,
    Key,
    SubjectState,
    input_at,
    pending_until,
    record,
    record_anew,
    send_unmuted,
)
from projections.event_batch import from_utc
from projections.facts.world import Thing, WorldStep
from projections.indicator import ActivePeriod, Indicator, Measurement, SubjectsOf, View, window_of
from projections.indicators import DEFINITIONS, INDICATORS
from projections.kernel import LearnedBatch
from projections.persistent import PersistentMap, items_of

NOT_IN_SIGHT = datetime(9999, 1, 1, tzinfo=UTC)
DECISIONS = frozenset((WatchlistChanged, SignalAcknowledged, SignalMuted))
READERS: dict[Thing, tuple[tuple[int, SubjectsOf], ...]] = {
    thing: tuple(
        (index, indicator.reads[thing])
        for index, indicator in enumerate(INDICATORS)
        if thing in indicator.reads
    )
    for thing in Thing
}
COMPOSITES = tuple(index for index, indicator in enumerate(INDICATORS) if indicator.reads_signals)
INDEX = {indicator.definition.id: index for index, indicator in enumerate(INDICATORS)}


@dataclass(frozen=True, slots=True)
class WarningSigns:
    """Every subject by (indicator, subject), when each is measured again, and what the desk decided.

    Time alone changes a subject at the time in `agenda`; before `due` it changes none. `periods` are the
    last times at warning or above.
    """

    subjects: PersistentMap[Key, SubjectState] = HashTrieMap()
    agenda: PersistentMap[Key, datetime] = HashTrieMap()
    periods: PersistentMap[Key, ActivePeriod] = HashTrieMap()
    desk: Desk = field(default_factory=Desk)
    due: datetime = NOT_IN_SIGHT


def project(state: WarningSigns, learned: LearnedBatch) -> BatchStep[WarningSigns]:
    """Project a batch: events that touch an indicator or come from the desk, and what is due by then."""
    rows = list[Row]()
    ends = _ends(learned)
    overdue_from = _overdue_from(learned, state.due)
    number = position = 0
    while True:
        next_step = learned.steps[number].position if number < len(learned.steps) else len(learned.batch)
        position = min(next_step, max(position, overdue_from))
        if position >= len(learned.batch):
            return BatchStep(state, (tuple(rows),))
        end = ends[bisect_right(ends, position)]
        moment = list[WorldStep]()
        if position < next_step:
            moment.append(learned.between(position, number))
        while number < len(learned.steps) and learned.steps[number].position < end:
            step = learned.steps[number]
            if moment and not DECISIONS.isdisjoint((type(step.event), type(moment[-1].event))):
                end = step.position
                break
            number += 1
            if step.position >= overdue_from or _concerns(step):
                moment.append(step)
        if moment:
            due = state.due
            state = apply(state, moment, rows)
            if state.due is not due:
                overdue_from = _overdue_from(learned, state.due)
        position = end


def apply(state: WarningSigns, moment: Sequence[WorldStep], rows: list[Row]) -> WarningSigns:
    """Measure what the events of a moment, and time until then, changed; their rows are appended."""
    step = moment[-1]
    event, now = step.journaled.event, step.journaled.now
    overdue, decided = now >= state.due, type(event) in DECISIONS
    work = _touched(moment)
    if not (work or overdue or decided):
        rows += _own_rows(moment)
        return state
    desk = state.desk
    if overdue or decided:
        desk = desk_after(desk, step.journaled, step.world.watchlists.changes)
    context = EventContext(step.journaled, desk, state.subjects, state.periods)
    agenda = _Agenda(state.agenda, state.due)
    if isinstance(event, WatchlistChanged):
        context.rows += _threshold_rows(state.desk, desk, now)
        _add_changed(work, state, step, desk)
    if overdue:
        agenda.add_ripe(work, now)
    for index in sorted(work.keys() - COMPOSITES):
        _measure(context, agenda, step, INDICATORS[index], work[index])
    # Last, and once, whether their time has come or what they are made of has stepped.
    for index in COMPOSITES:
        indicator = INDICATORS[index]
        if indicator.subjects and not context.stepped.isdisjoint(indicator.reads_signals):
            work.setdefault(index, _Work()).touch(indicator.subjects(step.world), step.journaled)
        if index in work:
            _measure(context, agenda, step, indicator, work[index])
    context.journaled = step.journaled
    if desk.mutes is not state.desk.mutes:
        send_unmuted(context)
    rows += context.rows
    rows += _own_rows(moment)
    due = agenda.due(next_end(desk), exactly=overdue or decided)
    return WarningSigns(context.subjects, agenda.times, context.periods, desk, due)


@dataclass(slots=True)
class _Work:
    """The subjects of one indicator that events touch, whose thresholds one changed, and that are due.

    Of a subject that is touched stands the event that did so last, of those known latest.
    """

    touched: dict[str, JournaledEvent] = field(default_factory=dict)
    rethresholded: dict[str, None] = field(default_factory=dict)
    ripe: dict[str, None] = field(default_factory=dict)

    def touch(self, subjects: Iterable[str], journaled: JournaledEvent) -> None:
        """Note that an event touches subjects."""
        for subject in subjects:
            known = self.touched.get(subject)
            if known is None or known.event.known_at <= journaled.event.known_at:
                self.touched[subject] = journaled


class _Agenda:
    """When subjects are measured again though no event touches them."""

    def __init__(self, times: PersistentMap[Key, datetime], due: datetime) -> None:
        self.times = times
        self._due = due

    def add_ripe(self, work: dict[int, _Work], now: datetime) -> None:
        """Add the subjects whose time has come to the work of their indicators."""
        ripe = (key for key, time in items_of(self.times) if time <= now)
        # Sites before their operators, and "all" after those that it sums up.
        for indicator, subject in sorted(ripe, reverse=True):
            work.setdefault(INDEX[indicator], _Work()).ripe[subject] = None

    def put(self, key: Key, *times: datetime | None) -> None:
        """Measure a subject again at the earliest of these times, if there is any."""
        time = None
        for candidate in times:
            if candidate is not None and (time is None or candidate < time):
                time = candidate
        if time is not None:
            self.times = self.times.insert(key, time)
            self._due = min(self._due, time)
        elif key in self.times:
            self.times = self.times.remove(key)

    def due(self, mute_ends: datetime | None, *, exactly: bool) -> datetime:
        """Return a time before which nothing is due; unless `exactly`, it may be too early."""
        if exactly:
            self._due = min((time for _, time in items_of(self.times)), default=NOT_IN_SIGHT)
        return min(self._due, mute_ends) if mute_ends else self._due


def _touched(moment: Iterable[WorldStep]) -> dict[int, _Work]:
    """Return by indicator the subjects that the events of a moment touch."""
    work: dict[int, _Work] = {}
    for step in moment:
        for thing, names in step.touched.items():
            for index, subjects_of in READERS[thing]:
                subjects = dict.fromkeys(subjects_of(step, names))
                if subjects:
                    work.setdefault(index, _Work()).touch(subjects, step.journaled)
    return work


def _add_changed(work: dict[int, _Work], state: WarningSigns, step: WorldStep, desk: Desk) -> None:
    """Add what a watchlist changed: all subjects of another window, and those with other thresholds."""
    for index, indicator in enumerate(INDICATORS):
        before, after = (window_of(indicator.definition, world) for world in (step.before, step.world))
        if indicator.subjects and before != after:
            work.setdefault(index, _Work()).touch(indicator.subjects(step.world), step.journaled)
    if state.desk.thresholds == desk.thresholds:
        return
    for indicator_id, subject in sorted(state.subjects):
        definition = DEFINITIONS[indicator_id]
        if thresholds_of(state.desk, definition, subject) != thresholds_of(desk, definition, subject):
            work.setdefault(INDEX[indicator_id], _Work()).rethresholded[subject] = None


def _measure(
    context: EventContext, agenda: _Agenda, step: WorldStep, indicator: Indicator, work: _Work
) -> None:
    """Measure the subjects of one indicator, each once: what the event says includes what time did."""
    definition, changed = indicator.definition, step.journaled.event
    window = window_of(definition, step.world)
    view = View(step.world, step.journaled.now, window, context.periods)
    for subject in {**work.touched, **work.rethresholded, **work.ripe}:
        key = (definition.id, subject)
        context.journaled = work.touched.get(subject, step.journaled)
        measurement = _measurement(context, view, indicator, subject, work)
        if measurement is None:
            agenda.put(key)
            if key not in context.subjects or context.subjects[key].measurement.settled:
                continue
            nothing = f"nothing is known of {subject} any more"
            measurement = Measurement(subject, 0.0, (), nothing, settled=True)
        rethresholded = subject in work.rethresholded
        anew = isinstance(changed, WatchlistChanged) and (subject in work.touched or rethresholded)
        touched, before = subject in work.touched and not anew, context.subjects.get(key)
        heard_at = input_at(before, step.journaled, measurement, touched=touched)
        measurement = as_aged(definition, before, measurement, heard_at, view.now)
        if isinstance(changed, WatchlistChanged) and anew:
            record_anew(context, definition, measurement, changed, thresholds_changed=rethresholded)
        else:
            record(context, definition, measurement, touched=touched)
        state = context.subjects[key]
        times = (pending_until(definition, state), ages_at(definition, state, view.now))
        agenda.put(key, indicator.due(view, subject), *times)


def _measurement(
    context: EventContext, view: View, indicator: Indicator, subject: str, work: _Work
) -> Measurement | None:
    if subject in work.touched or subject in work.ripe:
        return indicator.measure(view, subject)
    # Other thresholds change no value.
    return context.subjects[indicator.definition.id, subject].measurement


def _ends(learned: LearnedBatch) -> list[int]:
    """Return the position behind the last event of each moment."""
    batch = learned.batch
    # Which bars of several series close together is a matter of chance.
    series = batch.bars.code.copy()
    for position, journaled in batch.others.items():
        if isinstance(journaled.event, GpuBarClosed):
            series[position] = -2 - crc32(series_of(journaled.event).encode())
    columns = (batch.offset, batch.now, series)
    ends: NDArray[np.bool_] = np.logical_or.reduce([column[1:] != column[:-1] for column in columns])
    return [*(np.flatnonzero(ends) + 1).tolist(), len(batch)]


def _overdue_from(learned: LearnedBatch, due: datetime) -> int:
    """Return the first position at which something is due."""
    return int(np.searchsorted(learned.batch.now, from_utc(due)))


def _concerns(step: WorldStep) -> bool:
    return bool(step.touched) or type(step.event) in DECISIONS or type(step.event) is ClockTicked


def _threshold_rows(before: Desk, after: Desk, now: datetime) -> Iterator[Row]:
    """Write the thresholds that the desk sets, or sets no longer, in place of the release's."""
    old, new = before.thresholds, after.thresholds
    for key in sorted(key for key in {*old, *new} if old.get(key) != new.get(key)):
        of = new.get(key) or old[key]
        yield ThresholdOverrideRow(*key, of.watch, of.warning, of.critical, now, removed=key not in new)


def _own_rows(moment: Iterable[WorldStep]) -> Iterator[Row]:
    """Write what events say by themselves, whatever they do to the indicators."""
    for step in moment:
        yield from _own_rows_of(step.journaled.event, step.journaled.now)


def _own_rows_of(event: Event, now: datetime) -> Iterator[Row]:
    match event:
        case ClockTicked():
            yield ClockRow(1, now)
        case SignalAcknowledged() if signal_id := _as_uuid(event.signal_id):
            yield AcknowledgementRow(signal_id, now, event.by, event.note)
        case SignalMuted() if event.indicator in DEFINITIONS:
            subject = event.subject or EVERY_SUBJECT
            yield MuteRow(event.indicator, subject, event.until, now, event.by, event.why)
        case _:
            pass


def _as_uuid(text: str) -> UUID | None:
    # Anybody may write anything into an acknowledgement; what names no episode is seen by nobody.
    try:
        return UUID(text)
    except ValueError:
        return None
