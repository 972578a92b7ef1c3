"""Episodes: from the moment a value leaves calm until it is back, signalled once per level.

A level is reached at its threshold, taken once the value has stayed there for as long as the
definition asks, and left only when the value is back by a part of the threshold: so a value
that hovers about a threshold does not ring all day, and one that only touches it not at all.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID, uuid5

from projections.definition import CALM, LEVELS, Definition, Direction, Level, level_of
from projections.indicator import Measurement

SIGNAL_NAMESPACE = UUID("b7d0a4d6-53a1-5d0e-8f0c-3c2c5f6f7f21")


class StepKind(StrEnum):
    """What a step of an episode does."""

    OPENED = "opened"
    ESCALATED = "escalated"
    EASED = "eased"
    CLEARED = "cleared"


@dataclass(frozen=True, slots=True)
class Episode:
    """An open episode; `evidence` and `cited` are the last ones that were not empty.

    `sent` is the level of the last step that was sent; calm where none was, because it is muted.
    """

    signal_id: UUID
    opened_at: datetime
    step_number: int
    level: Level
    evidence: tuple[UUID, ...]
    cited: str
    sent: Level = Level.CALM


class Pending(NamedTuple):
    """A level above the present one that was reached, since when without a break, and by which event."""

    level: Level
    since: datetime
    event_id: UUID


class EpisodeStep(NamedTuple):
    """One step of an episode; `threshold` is the one that the value reached or fell back from."""

    signal_id: UUID
    opened_at: datetime
    step_number: int
    step: StepKind
    before: Level
    level: Level
    threshold: float
    evidence: tuple[UUID, ...]
    cited: str


class EpisodeUpdate(NamedTuple):
    """What a measurement makes of an episode: it, if it is open, the levels still pending, and its step.

    Pending levels come mildest first.
    """

    episode: Episode | None
    pending: tuple[Pending, ...]
    step: EpisodeStep | None


STAYS_CALM = EpisodeUpdate(None, (), None)


def update_episode(
    definition: Definition,
    episode: Episode | None,
    pending: tuple[Pending, ...],
    measurement: Measurement,
    *,
    event_id: UUID,
    now: datetime,
) -> EpisodeUpdate:
    """Take a measurement into the episode of its subject, if one is open: up when due, down at once.

    `event_id` is the event that brings the value; the one that reached the level at which an
    episode opens names it for ever, so that every replay gives the same signal_id.
    """
    before = episode.level if episode else CALM
    reached = _reached(definition, measurement)
    if reached is before:
        # Nearly always: nothing pends, and nothing is left.
        return EpisodeUpdate(_explained(episode, measurement), (), None) if episode else STAYS_CALM
    pending = _pending(before, reached, pending, event_id, now)
    due = [waiting for waiting in pending if waiting.since + definition.for_at_least <= now]
    if pending:
        level = due[-1].level if due else before
    elif measurement.has_no_level:
        level = CALM
    else:
        level = _kept(definition, before, reached, measurement.value)
    still = pending[len(due) :]
    if episode is None:
        if level is Level.CALM:
            return EpisodeUpdate(None, still, None)
        signal_id = signal_id_of(definition.id, measurement.subject, due[0].event_id)
        episode = Episode(signal_id, now, 0, before, (), "")
    episode = _explained(episode, measurement)
    if level is before:
        return EpisodeUpdate(episode, still, None)
    after = replace(episode, step_number=episode.step_number + 1, level=level)
    # Going down, the last threshold that was left lies one level above.
    threshold = definition.thresholds.of(level if level.rank > before.rank else LEVELS[level.rank + 1])
    step = EpisodeStep(
        signal_id=after.signal_id,
        opened_at=after.opened_at,
        step_number=after.step_number,
        step=_kind(before, level),
        before=before,
        level=level,
        threshold=threshold,
        evidence=after.evidence,
        cited=after.cited,
    )
    return EpisodeUpdate(None if level is Level.CALM else after, still, step)


def unsent(definition: Definition, episode: Episode) -> EpisodeStep | None:
    """Sum up the steps that were muted as the last one of them, where they end at warning or above.

    None where as much was sent already.
    """
    if episode.level.rank < max(Level.WARNING.rank, episode.sent.rank + 1):
        return None
    return EpisodeStep(
        signal_id=episode.signal_id,
        opened_at=episode.opened_at,
        step_number=episode.step_number,
        step=_kind(episode.sent, episode.level),
        before=episode.sent,
        level=episode.level,
        threshold=definition.thresholds.of(episode.level),
        evidence=episode.evidence,
        cited=episode.cited,
    )


def signal_id_of(indicator: str, subject: str, event_id: UUID) -> UUID:
    """Derive the id of the episode that an event opens."""
    return uuid5(SIGNAL_NAMESPACE, f"{indicator}\n{subject}\n{event_id}")


def _reached(definition: Definition, measurement: Measurement) -> Level:
    """Return the level that a measurement reaches; none where it has none, and its episode is over."""
    if measurement.has_no_level:
        return CALM
    return level_of(measurement.value, definition.thresholds, definition.direction, above=definition.above)


def _explained(episode: Episode, measurement: Measurement) -> Episode:
    """Let a measurement explain the episode.

    What has left an indicator's window is gone from the measurement, and still explains the episode.
    """
    evidence, cited = measurement.evidence, measurement.cited or ""
    if not evidence or (evidence == episode.evidence and cited == episode.cited):
        return episode
    return Episode(
        episode.signal_id,
        episode.opened_at,
        episode.step_number,
        episode.level,
        evidence,
        cited,
        episode.sent,
    )


def _kind(before: Level, level: Level) -> StepKind:
    if level.rank > before.rank:
        return StepKind.OPENED if before is Level.CALM else StepKind.ESCALATED
    return StepKind.CLEARED if level is Level.CALM else StepKind.EASED


def _pending(
    present: Level, reached: Level, before: tuple[Pending, ...], event_id: UUID, now: datetime
) -> tuple[Pending, ...]:
    """Return the levels above the present one that are reached, with those that had been before."""
    above = LEVELS[present.rank + 1 : reached.rank + 1]
    return (*before[: len(above)], *(Pending(level, now, event_id) for level in above[len(before) :]))


def _kept(definition: Definition, before: Level, reached: Level, value: float) -> Level:
    """Return the level that is kept where the value reaches no higher one."""
    for rank in range(before.rank, reached.rank, -1):
        if not _is_back(definition, LEVELS[rank], value):
            return LEVELS[rank]
    return reached


def _is_back(definition: Definition, level: Level, value: float) -> bool:
    thresholds = definition.thresholds
    threshold = thresholds.of(level)
    # A threshold of 0 has no part: the smallest of the others says how much is little.
    others = (thresholds.watch, thresholds.warning, thresholds.critical)
    size = abs(threshold) or min((abs(other) for other in others if other), default=0.0)
    margin = definition.hysteresis * size
    # Values have six decimals: what lies behind the ninth is only how a computer writes a tenth.
    if definition.direction is Direction.RISING:
        return value <= round(threshold - margin, 9)
    return value >= round(threshold + margin, 9)
