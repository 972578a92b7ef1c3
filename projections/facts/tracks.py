"""Which promises to a site are one promise said again, and which are other phases of it.

Only the same promise can slip. It is recognised by its phase; where phases have no names, by its MW, by its
day, or, if a list names as many phases as the one before, by its rank among those that are still to come.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import NamedTuple

from projections.facts.log import is_close
from projections.facts.phases import Delivery, End, Phase, Promise
from projections.facts.reports import Fact

# 0.7 + 0.1 + 0.2 MW must come out as 1 MW, or a site with all its power would stay overdue for ever.
TO_WATTS = 6
# Sources that say nearly the same day mean one promise.
SAME_DAY = timedelta(days=31)


class Arrival(NamedTuple):
    """What a phase got of a delivery."""

    mw: float
    on: date


@dataclass(slots=True)
class Track:
    """A promise through all that was said of it, in the order in which it was known."""

    name: str | None
    promises: list[Fact[Promise]] = field(default_factory=list)
    arrivals: list[Arrival] = field(default_factory=list)
    withdrawn_mw: float = 0.0
    # What withdrew or completed it, a part of it too, newest last.
    ends: list[Fact[End]] = field(default_factory=list)
    end: End | None = None
    completed: End | None = None

    @property
    def is_open(self) -> bool:
        """Return whether power is missing and still to come."""
        return self.end is None and self.complete_on is None

    @property
    def mw(self) -> float | None:
        """Return the power that was promised as it was said last."""
        stated = (fact.value.mw for fact in reversed(self.promises))
        return next((mw for mw in stated if mw is not None), None)

    @property
    def owed_mw(self) -> float | None:
        """Return the power that was promised and not withdrawn."""
        return None if (mw := self.mw) is None else round(max(0.0, mw - self.withdrawn_mw), TO_WATTS)

    @property
    def missing_mw(self) -> float | None:
        """Return the power that is owed and has not come."""
        owed_mw, came_mw = self.owed_mw, sum(arrival.mw for arrival in self.arrivals)
        return None if owed_mw is None else round(owed_mw - came_mw, TO_WATTS)

    @property
    def days(self) -> list[date]:
        """Return the promised days, the newest last."""
        return [fact.value.expected_on for fact in self.promises if fact.value.expected_on is not None]

    @property
    def complete_on(self) -> date | None:
        """Return the day on which deliveries reached the promised MW; where none were promised, any do."""
        if self.completed is not None:
            return self.completed.on
        owed_mw, days = self.owed_mw, self.days
        missing_mw = owed_mw or 0.0
        for arrival in sorted(self.arrivals, key=lambda arrival: arrival.on):
            missing_mw = round(missing_mw - arrival.mw, TO_WATTS)
            if missing_mw <= 0:
                return arrival.on
        # Less than a watt is promised: rounded away, nothing is missing.
        return days[-1] if owed_mw == 0 and not self.withdrawn_mw and days else None

    @property
    def is_stated(self) -> bool:
        """Return whether MW or a day were ever promised."""
        return self.mw is not None or bool(self.days)

    def say(self, fact: Fact[Promise]) -> None:
        """Take a promise as this one said again; MW that are named anew are those of now."""
        self.promises.append(fact)
        if fact.value.mw is not None:
            self.withdrawn_mw = 0.0

    def phase(self) -> Phase:
        """Return what has become of it."""
        mw, owed_mw, days = self.mw, self.owed_mw, self.days
        came_mw = round(sum((arrival.mw for arrival in self.arrivals), 0.0), TO_WATTS)
        if self.completed is not None:
            came_mw = max(came_mw, self.completed.mw or mw or 0.0)
        # Without any promise, what came is all that is known of it.
        stated = (mw if owed_mw == 0 else owed_mw) if self.promises else came_mw or None
        dated = [fact for fact in self.promises if fact.value.expected_on is not None]
        facts: list[Fact[Promise] | Fact[End]] = [*dated[:1], *dated[-1:], *self.ends[-1:]]
        return Phase(
            name=self.name,
            mw=stated,
            first_expected_on=days[0] if days else None,
            expected_on=days[-1] if days else None,
            delivered_mw=came_mw,
            complete_on=self.complete_on if self.end is None else None,
            end=self.end,
            evidence=tuple(dict.fromkeys(event_id for fact in facts for event_id in fact.evidence)),
        )


def by_day(track: Track) -> date:
    """Return the newest promised day, for sorting."""
    days = track.days
    return days[-1] if days else date.max


def matched(tracks: Sequence[Track], said: Sequence[Fact[Promise]]) -> dict[str, Track]:
    """Return, by the id of each promise that one source makes at one time, the track that it goes on with."""
    if len(tracks) == len(said) == 1:
        return {said[0].fact_id: tracks[0]}
    found = dict[str, Track]()
    left, new = sorted(tracks, key=by_day), sorted(said, key=_day)
    for rule in (_of_same_mw, _of_same_day):
        for fact in list(new):
            same = [track for track in left if rule(track, fact)]
            if not same:
                continue
            alike = [other for other in new if rule(same[0], other)]
            track = same[0] if len(same) == len(alike) else min(same, key=lambda near: _apart(near, fact))
            found[fact.fact_id] = track
            left.remove(track)
            new.remove(fact)
    # As many as before: each has its rank among those that are still to come.
    if new and len(tracks) == len(said):
        on = said[0].known_at.date()
        coming = [track for track in left if by_day(track) >= on]
        if len(coming) == len(new):
            found |= {fact.fact_id: track for fact, track in zip(new, coming, strict=True)}
    return found


def _of_same_mw(track: Track, fact: Fact[Promise]) -> bool:
    mw, new = track.mw, fact.value.mw
    return mw is not None and new is not None and is_close(mw, new)


def _of_same_day(track: Track, fact: Fact[Promise]) -> bool:
    return fact.value.expected_on is not None and by_day(track) == fact.value.expected_on


def _day(fact: Fact[Promise]) -> date:
    return fact.value.expected_on or date.max


def _apart(track: Track, fact: Fact[Promise]) -> timedelta:
    return abs(by_day(track) - _day(fact))


def fill(tracks: Iterable[Track], mw: float, on: date) -> None:
    """Share a delivery among tracks that wait: to one that misses just as much, else in order of their days.

    What is too much for all of them is with the last.
    """
    waiting = sorted(tracks, key=by_day)
    exact = [track for track in waiting if track.missing_mw is not None and is_close(track.missing_mw, mw)]
    *others, last = exact[:1] or waiting
    for track in others:
        missing_mw = track.missing_mw
        share_mw = mw if missing_mw is None else min(mw, missing_mw)
        track.arrivals.append(Arrival(share_mw, on))
        mw = round(mw - share_mw, TO_WATTS)
        if mw <= 0:
            return
    last.arrivals.append(Arrival(mw, on))


def receive(tracks: list[Track], delivery: Delivery) -> bool:
    """Give a delivery to the phase that it names, else to what waits, else to what has its power already.

    Returns False where nothing was promised that it could be of.
    """
    name = delivery.phase
    named = [track for track in tracks if track.name == name]
    unnamed = [track for track in tracks if track.name is None and not named and track.is_stated]
    for group in (named, tracks if name is None else unnamed):
        if waiting := [track for track in group if track.is_open]:
            fill(waiting, delivery.mw, delivery.on)
            return True
    there = [track for track in named if track.end is None]
    if name is not None and not there:
        # Of a phase that nobody promised it is known what came.
        there = [Track(name)]
        tracks += there
    if there:
        there[-1].arrivals.append(Arrival(delivery.mw, delivery.on))
    return bool(there)
