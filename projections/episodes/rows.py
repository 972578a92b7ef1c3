"""The tables of the warning signs, and the rows that episodes write."""

from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID


class IndicatorRow(NamedTuple):
    """A subject was measured: history; `level` is that of its episode, calm where none is open."""

    known_at: datetime
    journal_offset: int
    journal_index: int
    indicator: str
    subject: str
    value: float
    level: str
    evidence: list[UUID]
    text: str
    is_unknown: bool


class IndicatorCurrentRow(NamedTuple):
    """A subject as it stands: at this level `since`, and its input last heard of at `input_at`.

    `input_at` is None where nothing more is to be heard; `signal_id` is its open episode.
    """

    indicator: str
    subject: str
    value: float
    level: str
    since: datetime
    known_at: datetime
    input_at: datetime | None
    evidence: list[UUID]
    text: str
    signal_id: UUID | None
    is_unknown: bool
    is_old: bool


class SignalRow(NamedTuple):
    """A step of an episode: history; one that is `muted` was not sent when it happened.

    `level` is unknown where the episode ended because nothing is known any more; the value says nothing then.
    """

    known_at: datetime
    journal_offset: int
    journal_index: int
    signal_id: UUID
    step_number: int
    indicator: str
    subject: str
    step: str
    level: str
    value: float
    threshold: float
    message: str
    evidence: list[UUID]
    muted: bool


class OutboxRow(NamedTuple):
    """A message to be published once; `payload` is the JSON of a signal's step."""

    message_id: str
    journal_offset: int
    journal_index: int
    topic: str
    key: str
    payload: str


class AcknowledgementRow(NamedTuple):
    """Somebody has seen an episode: the newest of each."""

    signal_id: UUID
    acknowledged_at: datetime
    acknowledged_by: str
    note: str | None


class MuteRow(NamedTuple):
    """Signals are not sent until a moment: the newest decision; an empty `subject` means all of them."""

    indicator: str
    subject: str
    until: datetime
    muted_at: datetime
    muted_by: str
    why: str | None


class ThresholdOverrideRow(NamedTuple):
    """Thresholds in place of the release's, until `removed`; an empty `subject` means all of them."""

    indicator: str
    subject: str
    watch: float
    warning: float
    critical: float
    known_at: datetime
    removed: bool


class ClockRow(NamedTuple):
    """The time that the folds have reached: one row, `id` 1."""

    id: int
    now: datetime


class DefinitionRow(NamedTuple):
    """An indicator as data."""

    id: str
    title: str
    unit: str
    direction: str
    watch: float
    warning: float
    critical: float
    named_by: str
    formula: str
    why: str
    stale_after: timedelta | None
    window: timedelta | None
    for_at_least: timedelta
    named_in: str
    family: str
    board: str
    stands_for: timedelta | None
