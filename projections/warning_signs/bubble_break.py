"""The composite: how many of the five signs of a breaking bubble are up, always shown with its parts.

It reads no events. It is told of the steps of the other indicators' episodes, so that its
parts are what they are, whatever thresholds they are judged by.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from rpds import HashTrieMap

from projections.base import JournaledEvent
from projections.persistent import PersistentMap, items_of
from projections.warning_signs.definition import (
    EVIDENCE_LIMIT,
    LEVELS,
    S2,
    Definition,
    Direction,
    Indicator,
    Level,
    Measured,
    Measurement,
    Thresholds,
)
from projections.warning_signs.words import day

ALL = "all"
WINDOW = timedelta(days=90)

# The five signs by their ids, in the order in which S2 names them; not all need be computed.
SIGNS = {
    "gpu_resale_drawdown": "falling GPU prices",
    "contract_renegotiations": "renegotiated contracts",
    "credit_waivers": "credit waivers",
    "power_delay": "late power",
    "revenue_coverage": "revenue far below commitments",
}

DEFINITION = Definition(
    id="bubble_break",
    title="Signs of a breaking bubble",
    unit="signs",
    direction=Direction.RISING,
    thresholds=Thresholds(watch=1.0, warning=2.0, critical=3.0),
    named_by=S2,
    formula=(
        "How many of the five signs " + ", ".join(SIGNS) + " have had a subject at warning or critical"
        " at any time of the last 90 days."
    ),
    why="Any of these signs alone may be chance; several at once are how a bubble breaks.",
    window=WINDOW,
    # A count does not waver: back below a threshold it has left it.
    hysteresis=0.0,
)


class Heard(NamedTuple):
    """A step of another indicator's episode."""

    indicator: str
    subject: str
    level: Level
    evidence: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class Spell:
    """A time at warning or above: its highest level, and when it ended, None while it goes on."""

    level: Level
    since: datetime
    ended_at: datetime | None
    evidence: tuple[UUID, ...]


NO_SPELLS: PersistentMap[tuple[str, str], Spell] = HashTrieMap()


@dataclass(frozen=True, slots=True)
class State:
    """The last spell of each (sign, subject), and the end of the next one to leave the window."""

    spells: PersistentMap[tuple[str, str], Spell] = NO_SPELLS
    window: timedelta = WINDOW
    next_end: datetime | None = None


def hear(state: State, steps: Iterable[Heard], now: datetime) -> Measured[State]:
    """Take in steps of episodes; those of other indicators than the five signs change nothing."""
    spells = state.spells
    for step in steps:
        key = (step.indicator, step.subject)
        after = _spell_after(spells.get(key), step, now) if step.indicator in SIGNS else None
        spells = spells.insert(key, after) if after else spells
    if spells is state.spells:
        return state, ()
    return _measure(replace(state, spells=spells), now)


def due(state: State) -> datetime | None:
    """Name the moment at which the next spell that has ended leaves the window."""
    return state.next_end + state.window if state.next_end else None


def elapse(state: State, now: datetime) -> Measured[State]:
    """Let go of the spells that have left the window."""
    return _measure(state, now)


def with_window(state: State, window: timedelta, now: datetime) -> Measured[State]:
    """Count over another window."""
    state = replace(state, window=window)
    return _measure(state, now) if state.spells else (state, ())


def _spell_after(spell: Spell | None, step: Heard, now: datetime) -> Spell | None:
    goes_on = spell is not None and spell.ended_at is None
    if step.level.rank < Level.WARNING.rank:
        return replace(spell, ended_at=now) if spell and goes_on else None
    if spell and goes_on:
        level = max(spell.level, step.level, key=lambda one: one.rank)
        return replace(spell, level=level, evidence=step.evidence)
    return Spell(step.level, now, None, step.evidence)


def _measure(state: State, now: datetime) -> Measured[State]:
    cut = now - state.window
    # The worst subject of each sign: the highest level, rather still up than over, the longest.
    worst: dict[str, tuple[tuple[int, bool, datetime, str], Spell]] = {}
    ends: list[datetime] = []
    for (sign, subject), spell in items_of(state.spells):
        ended_at = spell.ended_at
        if ended_at is not None:
            if ended_at <= cut:
                continue
            ends.append(ended_at)
        rank = (-LEVELS.index(spell.level), ended_at is not None, spell.since, subject)
        if sign not in worst or rank < worst[sign][0]:
            worst[sign] = rank, spell
    counted = [(sign, worst[sign][0][-1], worst[sign][1]) for sign in SIGNS if sign in worst]
    state = replace(state, next_end=min(ends, default=None))
    return state, (_measurement(counted, state.window),)


def _measurement(counted: list[tuple[str, str, Spell]], window: timedelta) -> Measurement:
    # Each sign gets its share, so that no part goes without evidence.
    share = EVIDENCE_LIMIT // max(1, len(counted))
    evidence = dict.fromkeys(one for _, _, spell in counted for one in spell.evidence[:share])
    last = f"in the last {window.days} days"
    if counted:
        parts = ", ".join(_tell(sign, subject, spell) for sign, subject, spell in counted)
        have = "has" if len(counted) == 1 else "have"
        text = f"{len(counted)} of {len(SIGNS)} signs {have} been at warning or above {last}: {parts}"
    else:
        text = f"none of the {len(SIGNS)} signs has been at warning or above {last}"
    return Measurement(ALL, float(len(counted)), tuple(evidence), text)


def _tell(sign: str, subject: str, spell: Spell) -> str:
    until = f" until {day(spell.ended_at)}" if spell.ended_at else ""
    return f"{SIGNS[sign]} (worst {subject}: {spell.level}, since {day(spell.since)}{until})"


def apply(state: State, _: JournaledEvent) -> Measured[State]:
    """Read no event."""
    return state, ()


BUBBLE_BREAK = Indicator(
    definition=DEFINITION,
    initial=State(),
    reads=(),
    apply=apply,
    due=due,
    elapse=elapse,
    with_window=with_window,
)
