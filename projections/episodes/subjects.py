"""The current state of every subject, and the rows and steps that an event makes of it."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime

from events.families.desk import WatchlistChanged
from projections.base import JournaledEvent, Row
from projections.definition import CALM, Definition, Level
from projections.episodes.desk import Desk, is_muted, with_own_thresholds
from projections.episodes.episode import Episode, EpisodeStep, Pending, unsent, update_episode
from projections.episodes.rows import IndicatorCurrentRow, IndicatorRow
from projections.episodes.signals import outbox_row, signal_row
from projections.indicator import ActivePeriod, Measurement, cited, first
from projections.indicators import DEFINITIONS
from projections.persistent import PersistentMap

Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class SubjectState:
    """A subject as it was measured last, its episode if one is open, and the levels pending above it."""

    measurement: Measurement
    since: datetime
    input_at: datetime | None
    episode: Episode | None
    pending: tuple[Pending, ...] = ()

    @property
    def level(self) -> Level:
        """Return the level of the open episode; calm where there is none."""
        return self.episode.level if self.episode else CALM


@dataclass(slots=True)
class EventContext:
    """What one event has made so far: the states of subjects, rows, and the indicators whose periods changed.

    It lives as long as the event is folded, and is the only thing in here that changes.
    """

    journaled: JournaledEvent
    desk: Desk
    subjects: PersistentMap[Key, SubjectState]
    periods: PersistentMap[Key, ActivePeriod]
    rows: list[Row] = field(default_factory=list)
    stepped: set[str] = field(default_factory=set)


def record(context: EventContext, definition: Definition, measurement: Measurement, *, touched: bool) -> None:
    """Record a measurement and its rows.

    An event that touched the subject is always written, time alone only where something changed.
    """
    before = context.subjects.get((definition.id, measurement.subject))
    if not touched and before and _is_same(before.measurement, measurement) and not _is_due(context, before):
        return
    _record(context, definition, measurement, measurement, touched=touched)


def record_anew(
    context: EventContext,
    definition: Definition,
    measurement: Measurement,
    changed: WatchlistChanged,
    *,
    thresholds_changed: bool,
) -> None:
    """Record a measurement that a watchlist changed; its rows name the change first.

    Where other thresholds than before hold for it, they also say so.
    """
    written = replace(measurement, evidence=first((changed.event_id, *measurement.evidence)))
    if thresholds_changed:
        thresholds = with_own_thresholds(context.desk, definition, measurement.subject).thresholds
        levels = f"{thresholds.watch:,.12g}, {thresholds.warning:,.12g} and {thresholds.critical:,.12g}"
        why = f'judged anew at {levels} because the watchlist "{changed.watchlist}" changed'
        written = replace(written, text=f"{measurement.text}; {why}")
    _record(context, definition, measurement, written, touched=False, anew=thresholds_changed)


def send_unmuted(context: EventContext) -> None:
    """Send, once, what nobody was sent because it was muted, and what is muted no longer.

    Only where the episode is still at warning or above; the rows of its steps stand already.
    """
    for key in sorted(context.subjects):
        before = context.subjects[key]
        if before.episode is None or is_muted(context.desk, *key):
            continue
        definition = with_own_thresholds(context.desk, DEFINITIONS[key[0]], key[1])
        step = unsent(definition, before.episode)
        if step:
            text = f"{before.measurement.text}; this was muted until now"
            signal = signal_row(
                context.journaled, definition, replace(before.measurement, text=text), step, muted=False
            )
            context.rows.append(outbox_row(signal, definition, step))
            episode = replace(before.episode, sent=step.level)
            context.subjects = context.subjects.insert(key, replace(before, episode=episode))


def _record(
    context: EventContext,
    definition: Definition,
    measurement: Measurement,
    written: Measurement,
    *,
    touched: bool,
    anew: bool = False,
) -> None:
    """Update the episode of a subject by a measurement, and write it down as it is to be `written`.

    Judged `anew`, what is pending starts over: nobody knows since when it has reached other thresholds.
    """
    journaled, key = context.journaled, (definition.id, measurement.subject)
    if measurement.cited is None:
        source = cited(journaled.event) if touched or anew else ""
        is_written = written is measurement
        measurement = measurement.with_source(source)
        written = measurement if is_written else written.with_source(source)
    before = context.subjects.get(key)
    definition = with_own_thresholds(context.desk, definition, measurement.subject)
    episode, pending, step = update_episode(
        definition,
        before.episode if before else None,
        before.pending if before and not anew else (),
        written,
        event_id=journaled.event.event_id,
        now=journaled.now,
    )
    muted = step is not None and _stays_unsent(context, key, before, episode)
    if step and episode and not muted:
        episode = replace(episode, sent=step.level)
    after = SubjectState(
        measurement=measurement,
        since=journaled.now if before is None or step else before.since,
        input_at=input_at(before, journaled, measurement, touched=touched),
        episode=episode,
        pending=pending,
    )
    context.rows += _rows(definition, journaled, written, after)
    if step:
        signal = signal_row(journaled, definition, written, step, muted=muted)
        context.rows.append(signal)
        if not muted:
            context.rows.append(outbox_row(signal, definition, step))
        _note_period(context, key, step, is_lost=measurement.is_unknown)
    elif before and before.measurement.is_unknown and not measurement.is_unknown:
        _note_known(context, key)
    context.subjects = context.subjects.insert(key, after)


def _stays_unsent(
    context: EventContext, key: Key, before: SubjectState | None, episode: Episode | None
) -> bool:
    if episode is not None:
        return is_muted(context.desk, *key)
    # Whoever was sent an episode is sent its end, mute or not: an alert that never closes is noise
    # too. What nobody was sent needs no all-clear.
    return before is not None and (before.episode is None or before.episode.sent is CALM)


def _note_period(context: EventContext, key: Key, step: EpisodeStep, *, is_lost: bool) -> None:
    """Keep the last time at warning or above of a subject; one that `is_lost` ended in the unknown."""
    before, now = context.periods.get(key), context.journaled.now
    goes_on = before is not None and before.ended_at is None
    if step.level.rank < Level.WARNING.rank:
        if before and goes_on:
            context.periods = context.periods.insert(key, before._replace(ended_at=now, is_lost=is_lost))
            context.stepped.add(key[0])
        return
    if before and goes_on:
        level = max(before.level, step.level, key=lambda level: level.rank)
        period = before._replace(level=level, evidence=step.evidence)
    else:
        period = ActivePeriod(step.level, now, None, step.evidence)
    context.periods = context.periods.insert(key, period)
    context.stepped.add(key[0])


def _note_known(context: EventContext, key: Key) -> None:
    """Note that a subject of which nothing was known is known again, and calm."""
    period = context.periods.get(key)
    if period and period.is_lost:
        context.periods = context.periods.insert(key, period._replace(is_lost=False))
        context.stepped.add(key[0])


def pending_until(definition: Definition, state: SubjectState) -> datetime | None:
    """Return when the next level that a subject has reached is taken."""
    return state.pending[0].since + definition.for_at_least if state.pending else None


def _is_due(context: EventContext, state: SubjectState) -> bool:
    return bool(state.pending) and state.pending[0].since <= context.journaled.now


def _is_same(before: Measurement, after: Measurement) -> bool:
    same = before.value == after.value and before.evidence == after.evidence and before.text == after.text
    return same and (before.is_unknown, before.is_old) == (after.is_unknown, after.is_old)


def input_at(
    before: SubjectState | None, journaled: JournaledEvent, measurement: Measurement, *, touched: bool
) -> datetime | None:
    """Return when the input of a subject was last heard of; None where nothing more is to be heard."""
    if measurement.settled:
        return None
    if measurement.heard_at is not None:
        return min(measurement.heard_at, journaled.now)
    if before is None or before.input_at is None:
        return journaled.event.known_at
    return max(before.input_at, journaled.event.known_at) if touched else before.input_at


def _rows(
    definition: Definition, journaled: JournaledEvent, written: Measurement, state: SubjectState
) -> Iterable[Row]:
    # Nearly all rows are these, and naming the columns would cost twice the time.
    level, evidence, now, value = str(state.level), list(written.evidence), journaled.now, written.value
    history = IndicatorRow(
        now,
        journaled.offset,
        journaled.index,
        definition.id,
        written.subject,
        value,
        level,
        evidence,
        written.text,
        written.is_unknown,
    )
    current = IndicatorCurrentRow(
        definition.id,
        written.subject,
        value,
        level,
        state.since,
        now,
        state.input_at,
        evidence,
        written.text,
        state.episode.signal_id if state.episode else None,
        written.is_unknown,
        written.is_old,
    )
    return history, current
