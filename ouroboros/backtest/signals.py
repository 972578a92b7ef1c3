"""Signals of a study: the warning signs are folded, and their steps say from when to when each is up.

The fold is the one that runs live. What a signal is at a time follows from rows stamped until then.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import chain, groupby
from typing import NamedTuple
from uuid import UUID

from ouroboros.backtest.study import Condition, SignalRule
from projections.definition import UNKNOWN, Level
from projections.episodes.rows import SignalRow
from projections.event_batch import EventBatch
from projections.kernel import project_history
from projections.warning_signs import WARNING_SIGNS


class Evidence(NamedTuple):
    """An event that a signal rests on, in a line."""

    event_id: UUID
    known_at: datetime
    source: str
    headline: str


@dataclass(frozen=True, slots=True)
class ActivePeriod:
    """A time during which a signal was up; it goes on where `ends_at` is None.

    `messages` are the sentences of the live signals that held at its beginning, `signal_ids` and
    `evidence` theirs.
    """

    begins_at: datetime
    ends_at: datetime | None
    messages: tuple[str, ...]
    signal_ids: tuple[UUID, ...]
    evidence: tuple[UUID, ...]


def signal_rows(history: Iterable[EventBatch], indicators: Iterable[str]) -> Iterator[SignalRow]:
    """Fold a history through the warning signs, and give the steps of some indicators' episodes."""
    wanted = frozenset(indicators)
    for row in project_history(WARNING_SIGNS, history):
        if isinstance(row, SignalRow) and row.indicator in wanted:
            yield row


def active_periods(
    rows: Sequence[SignalRow], rules: Mapping[str, SignalRule]
) -> dict[str, tuple[ActivePeriod, ...]]:
    """Follow signals through the steps of a history."""
    return {name: tuple(_active_periods(rows, rule)) for name, rule in rules.items()}


def _active_periods(rows: Sequence[SignalRow], rule: SignalRule) -> Iterator[ActivePeriod]:
    newest: dict[tuple[str, str], SignalRow] = {}
    up: ActivePeriod | None = None
    # A signal is judged once all events of a time are in: what comes and goes within it was never up.
    for at, steps in groupby(rows, key=lambda row: row.known_at):
        newest |= {(row.indicator, row.subject): row for row in steps}
        held = [_held(condition, newest) for condition in rule.of]
        holds = sum(1 for rows_held in held if rows_held) >= rule.at_least
        if holds and up is None:
            up = _active_period(at, chain.from_iterable(held))
        elif up is not None and not holds:
            yield replace(up, ends_at=at)
            up = None
    if up is not None:
        yield up


def evidence_of(history: Iterable[EventBatch], wanted: frozenset[UUID]) -> dict[UUID, Evidence]:
    """Return the events that signals rest on, each with its headline."""
    texts = frozenset(map(str, wanted))
    found = {}
    for batch in history:
        ids = enumerate(batch.bars.event_id.tolist())
        bars = [batch.journaled(position) for position, event_id in ids if event_id in texts]
        for event in (journaled.event for journaled in (*bars, *batch.others.values())):
            if event.event_id in wanted:
                found[event.event_id] = Evidence(event.event_id, event.known_at, event.source, event.headline)
    return found


def fits(pattern: str, subject: str) -> bool:
    """Return whether a subject fits a pattern, in which * stands for any text."""
    return re.fullmatch(".*".join(map(re.escape, pattern.split("*"))), subject) is not None


def _held(condition: Condition, newest: Mapping[tuple[str, str], SignalRow]) -> list[SignalRow]:
    least = Level(condition.level).rank
    return [
        row
        for (indicator, subject), row in sorted(newest.items())
        if indicator == condition.indicator
        and row.level != UNKNOWN
        and Level(row.level).rank >= least
        and fits(condition.subject, subject)
    ]


def _active_period(at: datetime, rows: Iterable[SignalRow]) -> ActivePeriod:
    # Two conditions may hold by the same step.
    once = list({row.signal_id: row for row in rows}.values())
    evidence = dict.fromkeys(event_id for row in once for event_id in row.evidence)
    return ActivePeriod(
        begins_at=at,
        ends_at=None,
        messages=tuple(row.message for row in once),
        signal_ids=tuple(row.signal_id for row in once),
        evidence=tuple(evidence),
    )
