"""Promises of power in lists, compared with what was known of each site: repeats give nothing.

A list of several days of one site is given whole where any of it is new, so that phases are distinguished.
Where a list has all that a site has by a day, each row becomes what comes on top: by the day of the list it
was delivered, after it it is promised.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from events.base import Event
from events.codec import decode_document
from events.families.power import PowerCompleted, PowerDelivered, PowerScheduled, PowerWithdrawn
from ouroboros.imports.located import Dropped, LocatedEvent
from ouroboros.imports.mapping import Mapping, PowerSchedule

# A site and a phase of it, where one is named.
Subject = tuple[str, str | None]
# MW and day of a promise.
Terms = tuple[float | None, date | None]
# How a promise ended: in what way, of how many MW among several, and on which day where that tells two apart.
How = tuple[str, float | None, date | None]


class Promises:
    """What is known of each site while tables are read."""

    def __init__(self, mappings: Sequence[Mapping]) -> None:
        self._mappings = mappings
        self._terms: dict[Subject, tuple[Terms, ...]] = {}
        self._operators: dict[str, str | None] = {}
        self._ends: dict[Subject, set[How]] = {}
        self._there_mw: dict[str, float] = {}

    def decide(self, same_time: Iterable[LocatedEvent]) -> Iterator[LocatedEvent | Dropped]:
        """Decide all that is said at one time; what was there before comes first and is not given again."""
        lists: dict[tuple[int, str], list[LocatedEvent]] = {}
        known: dict[Subject, list[Event]] = {}
        for located in same_time:
            if located.table is None:
                known.setdefault(_subject(located.event), []).append(located.event)
            else:
                lists.setdefault((located.table, located.event.key), []).append(located)
        for subject, events in known.items():
            self._learn(subject, events)
        for (table, _), rows in lists.items():
            mapping = self._mappings[table]
            if isinstance(mapping, PowerSchedule) and mapping.totals:
                yield from self._totals(rows, mapping)
            else:
                yield from self._new(rows)

    def _new(self, rows: list[LocatedEvent]) -> Iterator[LocatedEvent | Dropped]:
        """Return rows of a site that say anything new."""
        by_phase: dict[Subject, list[LocatedEvent]] = {}
        for row in rows:
            by_phase.setdefault(_subject(row.event), []).append(row)
        for subject, of_phase in by_phase.items():
            ends = [row for row in of_phase if not isinstance(row.event, PowerScheduled)]
            promises = [row for row in of_phase if isinstance(row.event, PowerScheduled)]
            yield from self._given(promises, is_new=not self._is_known(promises))
            for row in ends:
                end = replace(row, event=_end(row.event, is_alone=len(of_phase) == 1))
                is_new = _how(end.event) not in self._ends.get(subject, ())
                yield from self._given([end], is_new=is_new)

    def _is_known(self, rows: list[LocatedEvent]) -> bool:
        promises = [row.event for row in rows if isinstance(row.event, PowerScheduled)]
        said = tuple((promise.mw, promise.expected_on) for promise in promises)
        if not said or any(mw is None for _, mw, _ in self._ends.get(_subject(promises[0]), ())):
            return False
        if any(promise.operator not in {None, self._operators.get(promise.site_id)} for promise in promises):
            return False
        known = self._terms.get(_subject(promises[0]), ())
        if len(set(said)) > 1:
            return set(said) == set(known)
        return any(said[0][0] in {None, mw} and said[0][1] in {None, on} for mw, on in known)

    def _given(self, rows: list[LocatedEvent], *, is_new: bool) -> Iterator[LocatedEvent | Dropped]:
        seen = set[Any]()
        for row in rows:
            assert row.table is not None  # noqa: S101  what was there before is not decided
            if not is_new or row.event.event_id in seen:
                yield Dropped(row.table, row.line, "")
                continue
            seen.add(row.event.event_id)
            yield row
        if is_new and rows:
            self._learn(_subject(rows[0].event), [row.event for row in rows])

    def _learn(self, subject: Subject, said: list[Event]) -> None:
        """Take in what is said at one time of one site or phase."""
        promised = list[Terms]()
        ends = self._ends.setdefault(subject, set())
        for event in said:
            match event:
                case PowerScheduled():
                    promised.append((event.mw, event.expected_on))
                    self._operators[event.site_id] = event.operator or self._operators.get(event.site_id)
                case PowerDelivered():
                    self._there_mw[event.site_id] = self._there_mw.get(event.site_id, 0.0) + event.mw
                    ends.add(_how(event))
                case _:
                    ends.add(_how(event))
        if not promised:
            return
        over = {end for end in ends if end[1] is None}
        known = () if over else self._terms.get(subject, ())
        self._ends[subject] = ends - over
        self._terms[subject] = _merged(known, tuple(promised))

    def _totals(self, rows: list[LocatedEvent], mapping: PowerSchedule) -> Iterator[LocatedEvent | Dropped]:
        """Return what each row has more than the one before it, and than what is there."""
        zone, before_mw, last_mw = (
            ZoneInfo(mapping.time_zone),
            self._there_mw.get(rows[0].event.key, 0.0),
            0.0,
        )
        given = list[LocatedEvent]()
        # What was there before the first row of a phase of which a part is there.
        begun_mw: dict[str | None, float] = {}
        for row in sorted(rows, key=_day):
            total = row.event
            assert isinstance(total, PowerScheduled)  # noqa: S101  totals are read as promises
            assert row.table is not None  # noqa: S101  what was there before is not decided
            listed_on = (total.known_at - timedelta.resolution).astimezone(zone).date()
            total_mw = total.mw or 0.0
            on = total.expected_on or listed_on
            more_mw, is_there = round(total_mw - before_mw, 6), on <= listed_on
            if total.operator not in {None, self._operators.get(total.site_id)}:
                yield from self._given(
                    [replace(row, event=_made(total, mw=None, expected_on=None))], is_new=True
                )
            if total_mw < last_mw:
                reason = (
                    f"the power in all falls from {last_mw:g} to {total_mw:g} MW: what came is taken to stay."
                )
                yield Dropped(row.table, row.line, reason)
            elif more_mw <= 0:
                yield Dropped(row.table, row.line, "")
            else:
                if not is_there and total.phase:
                    # A phase that is there in part is promised as a whole.
                    more_mw = round(total_mw - begun_mw.pop(total.phase, before_mw), 6)
                given.append(replace(row, event=_increment(total, more_mw, on, is_there=is_there)))
            if is_there:
                begun_mw.setdefault(total.phase, last_mw)
            last_mw, before_mw = max(total_mw, last_mw), max(total_mw, before_mw)
        for row in given:
            if isinstance(row.event, PowerDelivered):
                yield from self._given([row], is_new=True)
        yield from self._new([row for row in given if isinstance(row.event, PowerScheduled)])


def _subject(event: Event) -> Subject:
    return event.key, getattr(event, "phase", None)


def _day(row: LocatedEvent) -> tuple[date, float]:
    promise = row.event
    assert isinstance(promise, PowerScheduled)  # noqa: S101  totals are read as promises
    return promise.expected_on or date.min, promise.mw or 0.0


def _how(event: Event) -> How:
    match event:
        case PowerWithdrawn():
            return event.reason, event.mw, None
        case PowerDelivered():
            return "delivered", event.mw, event.delivered_on
        case _:
            return "completed", None, None


def _end(event: Event, *, is_alone: bool) -> Event:
    """Return an end as it is meant: of the whole site or phase, or of so many MW among several."""
    if is_alone and isinstance(event, PowerWithdrawn):
        return _made(event, mw=None)
    if not is_alone and isinstance(event, PowerCompleted) and event.mw is not None:
        known = event.model_dump(mode="json", exclude={"event_id", "operator", "completed_on"})
        return _decoded(known, event_type="PowerDelivered", delivered_on=event.completed_on.isoformat())
    return event


def _increment(total: PowerScheduled, mw: float, on: date, *, is_there: bool) -> Event:
    """Return what comes on top of what was there; its phase is the row's, or the total that it reaches."""
    phase = total.phase or (f"up to {total.mw:g} MW" if total.mw and total.expected_on else None)
    known = total.model_dump(mode="json", exclude={"event_id", "operator", "expected_on"})
    if is_there:
        return _decoded(known, event_type="PowerDelivered", mw=mw, delivered_on=on.isoformat(), phase=phase)
    return _made(total, mw=mw, expected_on=on.isoformat(), phase=phase)


def _made(event: Event, **changes: Any) -> Event:
    return _decoded(event.model_dump(mode="json", exclude={"event_id"}), **changes)


def _decoded(document: dict[str, Any], **changes: Any) -> Event:
    changed = {name: value for name, value in (document | changes).items() if value is not None}
    # The id follows from what the event says.
    return decode_document(changed)


def _merged(known: tuple[Terms, ...], said: tuple[Terms, ...]) -> tuple[Terms, ...]:
    """Return the terms after a list: what it leaves out of the only promise stays."""
    if len(known) != 1 or len(said) != 1:
        return said
    ((known_mw, known_on),), ((mw, on),) = known, said
    return ((known_mw if mw is None else mw, on or known_on),)
