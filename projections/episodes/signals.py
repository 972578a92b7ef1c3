"""A step of an episode as others get it: a row, a sentence for an analyst, a message to publish."""

import orjson

from events.topics import SIGNALS
from projections.base import JournaledEvent
from projections.definition import UNKNOWN, Definition
from projections.episodes.episode import EpisodeStep, StepKind
from projections.episodes.rows import OutboxRow, SignalRow
from projections.indicator import Measurement


def signal_row(
    journaled: JournaledEvent,
    definition: Definition,
    measurement: Measurement,
    step: EpisodeStep,
    *,
    muted: bool,
) -> SignalRow:
    """Write down a step."""
    return SignalRow(
        known_at=journaled.now,
        journal_offset=journaled.offset,
        journal_index=journaled.index,
        signal_id=step.signal_id,
        step_number=step.step_number,
        indicator=definition.id,
        subject=measurement.subject,
        step=step.step.value,
        level=UNKNOWN if measurement.is_unknown else step.level.value,
        value=measurement.value,
        threshold=step.threshold,
        message=message(definition, measurement, step),
        evidence=list(step.evidence),
        muted=muted,
    )


def message(definition: Definition, measurement: Measurement, step: EpisodeStep) -> str:
    """Tell an analyst in plain sentences what happened, why it matters and where it is written."""
    level = {
        StepKind.OPENED: f"{step.level}",
        StepKind.ESCALATED: f"{step.level}, up from {step.before}",
        StepKind.EASED: f"{step.level}, down from {step.before}",
        StepKind.CLEARED: _end(measurement),
    }[step.step]
    happened = f"{definition.title} ({level}): {measurement.text}."
    why = "" if step.step is StepKind.CLEARED else f" {definition.why}"
    see = f" See {step.cited}." if step.cited else ""
    return f"{happened}{why} Named by {definition.named_by}.{see}"


def _end(measurement: Measurement) -> str:
    """Return how an episode ended: calm is only what is known to be calm."""
    if measurement.is_unknown:
        return "no longer known"
    return "no longer new" if measurement.is_old else "calm again"


def outbox_row(row: SignalRow, definition: Definition, step: EpisodeStep) -> OutboxRow:
    """Make the message that is published for a step, once; `since` is when the episode opened."""
    payload = {
        "signal_id": row.signal_id,
        "step_number": row.step_number,
        "indicator": row.indicator,
        "title": definition.title,
        "subject": row.subject,
        "step": row.step,
        "level": row.level,
        # What is not known is not 0.
        "value": None if row.level == UNKNOWN else row.value,
        "unit": definition.unit,
        "threshold": row.threshold,
        "message": row.message,
        "since": step.opened_at,
        "known_at": row.known_at,
        "evidence": row.evidence,
    }
    return OutboxRow(
        message_id=f"{row.signal_id}/{row.step_number}",
        journal_offset=row.journal_offset,
        journal_index=row.journal_index,
        topic=SIGNALS.name,
        key=f"{row.indicator}/{row.subject}",
        payload=orjson.dumps(payload).decode(),
    )
