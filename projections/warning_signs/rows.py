"""The tables of the warning signs."""

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


class IndicatorCurrentRow(NamedTuple):
    """A subject as it stands: at this level `since`, and its input last heard of at `input_at`."""

    indicator: str
    subject: str
    value: float
    level: str
    since: datetime
    known_at: datetime
    input_at: datetime
    evidence: list[UUID]
    text: str


class SignalRow(NamedTuple):
    """A step of an episode: history."""

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


class OutboxRow(NamedTuple):
    """A message to be published once; `payload` is the JSON of a signal's step."""

    message_id: str
    journal_offset: int
    journal_index: int
    topic: str
    key: str
    payload: str


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
