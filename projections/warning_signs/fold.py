"""Fold every event through the indicators that read it, and their values into episodes."""

from dataclasses import dataclass
from datetime import UTC, datetime
from types import GenericAlias
from typing import TYPE_CHECKING, Any

from rpds import HashTrieMap

from events.base import Event
from events.clock import ClockTicked
from projections.base import Recorded, Row, Step
from projections.persistent import PersistentMap
from projections.warning_signs.definition import Definition, Indicator, Level, Measurement, never
from projections.warning_signs.episodes import Episode, advance
from projections.warning_signs.indicators import INDICATORS
from projections.warning_signs.rows import ClockRow, IndicatorCurrentRow, IndicatorRow
from projections.warning_signs.signals import outbox_row, signal_row

if TYPE_CHECKING:
    States = tuple[Any, ...]
else:
    # Each indicator's own type of state, so that a snapshot can be read back.
    States = GenericAlias(tuple, tuple(type(indicator.initial) for indicator in INDICATORS))

NOT_IN_SIGHT = datetime(9999, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Standing:
    """A subject as it stands, and its episode if one is open."""

    value: float
    since: datetime
    input_at: datetime
    episode: Episode | None

    @property
    def level(self) -> Level:
        """Name the level of the open episode; calm where there is none."""
        return self.episode.level if self.episode else Level.CALM


NOTHING_STANDS: PersistentMap[tuple[str, str], Standing] = HashTrieMap()


@dataclass(frozen=True, slots=True)
class WarningSigns:
    """The state of each indicator in their order, every subject by (indicator, subject).

    Before `due` time alone changes nothing.
    """

    states: States = tuple(indicator.initial for indicator in INDICATORS)
    standing: PersistentMap[tuple[str, str], Standing] = NOTHING_STANDS
    due: datetime = NOT_IN_SIGHT


EVERY_PLACE = tuple(range(len(INDICATORS)))
TIMED = frozenset(place for place in EVERY_PLACE if INDICATORS[place].due is not never)
READERS: dict[type[Event], tuple[int, ...]] = {
    kind: tuple(place for place in EVERY_PLACE if kind in INDICATORS[place].reads)
    for kind in dict.fromkeys(kind for indicator in INDICATORS for kind in indicator.reads)
}


def apply(state: WarningSigns, recorded: Recorded) -> Step[WarningSigns]:
    """Fold one event, and whatever time has brought until then.

    Most events are prices, and most of those concern nobody: they must cost next to nothing.
    """
    kind = type(recorded.event)
    overdue = recorded.now >= state.due
    readers = READERS.get(kind, ())
    if not (overdue or readers or kind is ClockTicked):
        return Step(state)
    states, standing, rows = list(state.states), state.standing, list[Row]()
    for place in EVERY_PLACE if overdue else readers:
        indicator = INDICATORS[place]
        elapsed: dict[str, Measurement] = {}
        if overdue:
            states[place], elapsed = _elapse(indicator, states[place], recorded.now)
        if place in readers:
            states[place], measurements = indicator.apply(states[place], recorded)
            for one in measurements:
                # A subject is measured once an event: what the event says includes what time did.
                elapsed.pop(one.subject, None)
                standing = _stand(standing, indicator.definition, recorded, one, rows, touched=True)
        for one in elapsed.values():
            standing = _stand(standing, indicator.definition, recorded, one, rows, touched=False)
    due = _due(states) if overdue or not TIMED.isdisjoint(readers) else state.due
    if kind is ClockTicked:
        rows.append(ClockRow(1, recorded.now))
    return Step(WarningSigns(tuple(states), standing, due), tuple(rows))


def _elapse(indicator: Indicator[Any], state: Any, now: datetime) -> tuple[Any, dict[str, Measurement]]:
    due = indicator.due(state)
    if due is None or due > now:
        return state, {}
    state, measurements = indicator.elapse(state, now)
    return state, {one.subject: one for one in measurements}


def _due(states: list[Any]) -> datetime:
    moments = (indicator.due(state) for indicator, state in zip(INDICATORS, states, strict=True))
    return min((moment for moment in moments if moment is not None), default=NOT_IN_SIGHT)


def _stand(
    standing: PersistentMap[tuple[str, str], Standing],
    definition: Definition,
    recorded: Recorded,
    measurement: Measurement,
    rows: list[Row],
    *,
    touched: bool,
) -> PersistentMap[tuple[str, str], Standing]:
    """Let a measurement stand and write its rows.

    An event that touched the subject is always written, time alone only where the value changed.
    """
    now = recorded.now
    key = (definition.id, measurement.subject)
    before = standing.get(key)
    if before and not touched and before.value == measurement.value:
        return standing
    open_episode = before.episode if before else None
    episode, step = advance(definition, open_episode, measurement, recorded.event.event_id, now)
    after = Standing(
        value=measurement.value,
        since=now if before is None or step else before.since,
        input_at=_input_at(before, recorded, touched=touched),
        episode=episode,
    )
    rows += _rows(definition, recorded, measurement, after)
    if step:
        signal = signal_row(recorded, definition, measurement, step)
        rows += (signal, outbox_row(signal, definition, step))
    return standing.insert(key, after)


def _input_at(before: Standing | None, recorded: Recorded, *, touched: bool) -> datetime:
    if before is None:
        return recorded.event.known_at
    return max(before.input_at, recorded.event.known_at) if touched else before.input_at


def _rows(
    definition: Definition, recorded: Recorded, measurement: Measurement, standing: Standing
) -> tuple[Row, Row]:
    history = IndicatorRow(
        known_at=recorded.now,
        journal_offset=recorded.offset,
        journal_index=recorded.index,
        indicator=definition.id,
        subject=measurement.subject,
        value=measurement.value,
        level=standing.level.value,
        evidence=list(measurement.evidence),
        text=measurement.text,
    )
    current = IndicatorCurrentRow(
        indicator=definition.id,
        subject=measurement.subject,
        value=measurement.value,
        level=standing.level.value,
        since=standing.since,
        known_at=recorded.now,
        input_at=standing.input_at,
        evidence=list(measurement.evidence),
        text=measurement.text,
    )
    return history, current
