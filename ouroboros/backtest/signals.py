"""Signals of a study: the warning signs are folded, and their steps say from when to when each is up.

The fold is the one that runs live. What a signal is at a moment follows from rows stamped until then.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import groupby
from typing import NamedTuple
from uuid import UUID

from events.base import Event
from events.telling import headline
from ouroboros.backtest.single_prices import with_bars
from ouroboros.backtest.study import Condition, SignalRule
from projections.bulk.folding import fold_batch
from projections.column_block import rows_of
from projections.event_batch import EventBatch
from projections.warning_signs import WARNING_SIGNS
from projections.warning_signs.definition import Level
from projections.warning_signs.rows import SignalRow


class Evidence(NamedTuple):
    """An event that a signal rests on, in a line."""

    event_id: UUID
    known_at: datetime
    source: str
    headline: str


@dataclass(frozen=True, slots=True)
class Spell:
    """An episode of a signal: a time during which it was up; it goes on where `ends_at` is None.

    `messages` are the sentences of the live signals that held at its beginning, `signal_ids` and
    `evidence` theirs.
    """

    signal: str
    begins_at: datetime
    ends_at: datetime | None
    messages: tuple[str, ...]
    signal_ids: tuple[UUID, ...]
    evidence: tuple[UUID, ...]


# The newest step of every open episode, by indicator and subject.
Standing = dict[tuple[str, str], SignalRow]


@dataclass(slots=True)
class _Course:
    """A signal while it is followed."""

    name: str
    rule: SignalRule
    up: Spell | None = None
    spells: list[Spell] = field(default_factory=list)

    def judge(self, moment: datetime, standing: Standing) -> None:
        held = [_held(condition, standing) for condition in self.rule.of]
        up = sum(1 for rows in held if rows) >= self.rule.at_least
        if up and self.up is None:
            self.up = _spell(self.name, moment, [row for rows in held for row in rows])
        elif not up and self.up is not None:
            self.spells.append(replace(self.up, ends_at=moment))
            self.up = None


def signal_rows(history: Iterable[EventBatch], indicators: Iterable[str]) -> Iterator[SignalRow]:
    """Fold a history through the warning signs, and give the steps of some indicators' episodes."""
    wanted = frozenset(indicators)
    state = WARNING_SIGNS.initial
    for batch in history:
        step = fold_batch(WARNING_SIGNS, state, with_bars(batch))
        state = step.state
        for row in rows_of(step.pieces):
            if isinstance(row, SignalRow) and row.indicator in wanted:
                yield row


def spells(rows: Sequence[SignalRow], rules: Mapping[str, SignalRule]) -> dict[str, tuple[Spell, ...]]:
    """Follow signals through the steps of a history.

    A signal is judged once all events of a moment are in: what comes and goes within it was never up.
    """
    courses = [_Course(name, rule) for name, rule in rules.items()]
    standing: Standing = {}
    for moment, steps in groupby(rows, key=lambda row: row.known_at):
        for row in steps:
            if row.level == Level.CALM:
                standing.pop((row.indicator, row.subject), None)
            else:
                standing[row.indicator, row.subject] = row
        for course in courses:
            course.judge(moment, standing)
    return {one.name: (*one.spells, *([one.up] if one.up else [])) for one in courses}


def evidence_of(history: Iterable[EventBatch], wanted: frozenset[UUID]) -> dict[UUID, Evidence]:
    """Find the events that signals rest on, and tell each in a line."""
    texts = frozenset(map(str, wanted))
    return {
        event.event_id: Evidence(event.event_id, event.known_at, event.source, headline(event))
        for batch in history
        for event in _events_among(batch, wanted, texts)
    }


def fits(pattern: str, subject: str) -> bool:
    """Tell whether a subject fits a pattern, in which * stands for any text."""
    return re.fullmatch(".*".join(map(re.escape, pattern.split("*"))), subject) is not None


def _events_among(batch: EventBatch, wanted: frozenset[UUID], texts: frozenset[str]) -> Iterator[Event]:
    for position, event_id in enumerate(batch.bars.event_id.tolist()):
        if event_id in texts and position not in batch.others:
            yield batch.journaled(position).event
    for one in batch.others.values():
        if one.event.event_id in wanted:
            yield one.event


def _held(condition: Condition, standing: Standing) -> list[SignalRow]:
    least = Level(condition.level).rank
    return [
        row
        for (indicator, subject), row in sorted(standing.items())
        if indicator == condition.indicator
        and Level(row.level).rank >= least
        and fits(condition.subject, subject)
    ]


def _spell(name: str, moment: datetime, rows: Iterable[SignalRow]) -> Spell:
    # Two conditions may hold by the same step.
    once = list({row.signal_id: row for row in rows}.values())
    evidence = dict.fromkeys(one for row in once for one in row.evidence)
    return Spell(
        signal=name,
        begins_at=moment,
        ends_at=None,
        messages=tuple(row.message for row in once),
        signal_ids=tuple(row.signal_id for row in once),
        evidence=tuple(evidence),
    )
