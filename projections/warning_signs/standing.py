"""Where every subject stands, and the rows and steps that an event makes of it."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime

from rpds import HashTrieMap

from events.desk import WatchlistChanged
from projections.base import JournaledEvent, Row
from projections.persistent import PersistentMap, items_of
from projections.warning_signs.bubble_break import Heard
from projections.warning_signs.definition import CALM, EVIDENCE_LIMIT, Definition, Level, Measurement
from projections.warning_signs.desk import Desk, is_muted, judged_by
from projections.warning_signs.episodes import Episode, Pending, advance, untold
from projections.warning_signs.registry import DEFINITIONS
from projections.warning_signs.rows import IndicatorCurrentRow, IndicatorRow
from projections.warning_signs.signals import outbox_row, signal_row


@dataclass(frozen=True, slots=True)
class Standing:
    """A subject as it was measured last, its episode if one is open, and the levels pending above it."""

    measurement: Measurement
    since: datetime
    input_at: datetime | None
    episode: Episode | None
    pending: tuple[Pending, ...] = ()

    @property
    def level(self) -> Level:
        """Name the level of the open episode; calm where there is none."""
        return self.episode.level if self.episode else CALM


Standings = PersistentMap[tuple[str, str], Standing]


@dataclass(slots=True)
class Turn:
    """What one event has made so far: where subjects stand, what falls due when, rows and steps.

    It lives as long as the event is folded, and is the only thing in here that changes.
    """

    journaled: JournaledEvent
    desk: Desk
    standing: "HashTrieMap[tuple[str, str], Standing]"
    pending: "HashTrieMap[tuple[str, str], datetime]"
    rows: list[Row] = field(default_factory=list)
    steps: list[Heard] = field(default_factory=list)


def stand(turn: Turn, definition: Definition, measurement: Measurement, *, touched: bool) -> None:
    """Let a measurement stand and write its rows.

    An event that touched the subject is always written, time alone only where something changed.
    """
    if not touched:
        before = turn.standing.get((definition.id, measurement.subject))
        if before and _is_same(before.measurement, measurement):
            return
    _judge(turn, definition, measurement, measurement, touched=touched)


def stand_anew(
    turn: Turn, definition: Definition, measurement: Measurement, changed: WatchlistChanged, *, judged: bool
) -> None:
    """Let a measurement stand that a watchlist changed; its rows name the change first.

    Where it is `judged` by other thresholds than before, they also say so.
    """
    told = replace(
        measurement,
        evidence=tuple(dict.fromkeys((changed.event_id, *measurement.evidence)))[:EVIDENCE_LIMIT],
    )
    if judged:
        thresholds = judged_by(turn.desk, definition, measurement.subject).thresholds
        levels = f"{thresholds.watch:,.12g}, {thresholds.warning:,.12g} and {thresholds.critical:,.12g}"
        why = f'judged anew at {levels} because the watchlist "{changed.watchlist}" changed'
        told = replace(told, text=f"{measurement.text}; {why}")
    _judge(turn, definition, measurement, told, touched=False, anew=judged)


def take_what_is_due(turn: Turn, definition: Definition) -> None:
    """Take the levels of an indicator that have been pending for long enough by now.

    A subject that the event itself measures has been judged already, by what it is now.
    """
    if not turn.pending:
        return
    now = turn.journaled.now
    due = [key for key, moment in items_of(turn.pending) if key[0] == definition.id and moment <= now]
    for key in sorted(due):
        measurement = turn.standing[key].measurement
        _judge(turn, definition, measurement, measurement, touched=False)


def tell_what_was_muted(turn: Turn) -> None:
    """Send, once, what nobody was told of because it was muted, and what is muted no longer.

    Only where the episode is still at warning or above; the rows of its steps stand already.
    """
    for key in sorted(turn.standing):
        before = turn.standing[key]
        if before.episode is None or is_muted(turn.desk, *key):
            continue
        definition = judged_by(turn.desk, DEFINITIONS[key[0]], key[1])
        step = untold(definition, before.episode)
        if step:
            told = replace(before.measurement, text=f"{before.measurement.text}; this was muted until now")
            signal = signal_row(turn.journaled, definition, told, step, muted=False)
            turn.rows.append(outbox_row(signal, definition, step))
            episode = replace(before.episode, told=step.level)
            turn.standing = turn.standing.insert(key, replace(before, episode=episode))


def _judge(
    turn: Turn,
    definition: Definition,
    measurement: Measurement,
    told: Measurement,
    *,
    touched: bool,
    anew: bool = False,
) -> None:
    """Take a measurement into its episode, and write it down as it is to be `told`.

    Judged `anew`, what is pending starts over: nobody knows since when it has reached other thresholds.
    """
    journaled, key = turn.journaled, (definition.id, measurement.subject)
    before = turn.standing.get(key)
    definition = judged_by(turn.desk, definition, measurement.subject)
    episode, pending, step = advance(
        definition,
        before.episode if before else None,
        before.pending if before and not anew else (),
        told,
        event_id=journaled.event.event_id,
        now=journaled.now,
    )
    muted = False
    if step and episode:
        muted = is_muted(turn.desk, *key)
    elif step:
        # Whoever was told of an episode is told of its end, mute or not: an alert that never closes
        # is noise too. What nobody was told of needs no all-clear.
        muted = before is not None and _told(before) is Level.CALM
    if step and episode and not muted:
        episode = replace(episode, told=step.level)
    after = Standing(
        measurement=measurement,
        since=journaled.now if before is None or step else before.since,
        input_at=_input_at(before, journaled, measurement, touched=touched),
        episode=episode,
        pending=pending,
    )
    turn.rows += _rows(definition, journaled, told, after)
    if step:
        signal = signal_row(journaled, definition, told, step, muted=muted)
        turn.rows.append(signal)
        if not muted:
            turn.rows.append(outbox_row(signal, definition, step))
        turn.steps.append(Heard(*key, step.level, step.evidence))
    turn.standing = turn.standing.insert(key, after)
    if pending[:1] != (before.pending[:1] if before else ()):
        due = pending[0].since + definition.for_at_least if pending else None
        turn.pending = turn.pending.insert(key, due) if due else turn.pending.remove(key)


def _told(standing: Standing) -> Level:
    return standing.episode.told if standing.episode else Level.CALM


def _is_same(before: Measurement, after: Measurement) -> bool:
    return before.value == after.value and before.evidence == after.evidence


def _input_at(
    before: Standing | None, journaled: JournaledEvent, measurement: Measurement, *, touched: bool
) -> datetime | None:
    if measurement.settled:
        return None
    if measurement.heard_at is not None:
        return min(measurement.heard_at, journaled.now)
    if before is None or before.input_at is None:
        return journaled.event.known_at
    return max(before.input_at, journaled.event.known_at) if touched else before.input_at


def _rows(
    definition: Definition, journaled: JournaledEvent, told: Measurement, standing: Standing
) -> Iterable[Row]:
    # Nearly all rows are these, and naming the columns would cost twice the time.
    level, evidence, now, value = str(standing.level), list(told.evidence), journaled.now, told.value
    history = IndicatorRow(
        now,
        journaled.offset,
        journaled.index,
        definition.id,
        told.subject,
        value,
        level,
        evidence,
        told.text,
    )
    current = IndicatorCurrentRow(
        definition.id,
        told.subject,
        value,
        level,
        standing.since,
        now,
        standing.input_at,
        evidence,
        told.text,
        standing.episode.signal_id if standing.episode else None,
    )
    return history, current
