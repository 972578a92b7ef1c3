"""The phases of a site out of all that was said of it: one pass in the order in which it was known."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import NamedTuple

from projections.facts.log import is_close
from projections.facts.phases import Delivery, End, Phase, Promise
from projections.facts.reports import Fact
from projections.facts.tracks import SAME_DAY, TO_WATTS, Arrival, Track, by_day, matched, receive


class Phases(NamedTuple):
    """The phases of a site, all power that came, and how the whole site ended if that is the last word."""

    phases: tuple[Phase, ...]
    delivered_mw: float
    end: End | None


@dataclass(slots=True)
class _Course:
    """Where a site stands after a part of what was said of it."""

    tracks: list[Track] = field(default_factory=list)
    # Power that came before anything was promised.
    early: list[Delivery] = field(default_factory=list)
    end: End | None = None


def phases_of(
    promises: Iterable[Fact[Promise]], deliveries: Iterable[Fact[Delivery]], ends: Iterable[Fact[End]]
) -> Phases:
    """Return the phases of a site, each promise with what it became."""
    lists = dict[tuple[datetime, str], list[Fact[Promise]]]()
    for fact in promises:
        lists.setdefault((fact.known_at, _source(fact)), []).append(fact)
    # Of one moment: what was promised, what came, what ended.
    said: list[tuple[datetime, int, list[Fact[Promise]] | Delivery | Fact[End]]] = [
        *((known_at, 0, of_source) for (known_at, _), of_source in lists.items()),
        *((fact.known_at, 1, fact.value) for fact in deliveries),
        *((fact.known_at, 2, fact) for fact in ends),
    ]
    course = _Course()
    for _, _, what in sorted(said, key=lambda one: one[:2]):
        match what:
            case list():
                _promise(course, what)
            case Delivery():
                if not receive(course.tracks, what):
                    course.early.append(what)
            case _:
                _end(course, what)
    # What names nothing only says that there is a site.
    stated = [track for track in course.tracks if not _is_bare(track)]
    tracks = stated if any(track.end is None for track in stated) else course.tracks
    if not tracks and course.early:
        tracks = [_unpromised(course)]
    phases = tuple(track.phase() for track in tracks)
    early_mw = sum(delivery.mw for delivery in course.early)
    delivered_mw = round(sum(phase.delivered_mw for phase in phases) + early_mw, TO_WATTS)
    return Phases(phases, delivered_mw, course.end)


def _source(fact: Fact[Promise]) -> str:
    """Return who said it first: what one source says at one time is a list."""
    return min(fact.reports, key=lambda report: report.known_at).source


def _unpromised(course: _Course) -> Track:
    """Return a track of power that came before, or without, any promise."""
    track = Track(None, arrivals=[Arrival(delivery.mw, delivery.on) for delivery in course.early])
    course.early = []
    return track


def _is_bare(track: Track) -> bool:
    return not track.arrivals and not track.ends and all(fact.value.is_bare for fact in track.promises)


def _promise(course: _Course, said: list[Fact[Promise]]) -> None:
    """Take what one source promises at one time: each is a promise made anew, or another phase."""
    for name in dict.fromkeys(fact.value.phase for fact in said):
        of_name = [fact for fact in said if fact.value.phase == name]
        dated = [fact for fact in of_name if fact.value.expected_on is not None]
        _promise_phases(course, name, dated)
        # Without a day it says no more than one more thing of what is there.
        for fact in of_name:
            if fact.value.expected_on is None:
                _promise_phases(course, name, [fact])


def _promise_phases(course: _Course, name: str | None, said: list[Fact[Promise]]) -> None:
    tracks = [track for track in course.tracks if track.name == name and track.is_open]
    new = list[Fact[Promise]]()
    for fact in said:
        again = (other for other in new if _is_equal(other.value, fact.value))
        if next(again, None) is None and not _is_old_news(course, fact, tracks):
            new.append(fact)
    found = matched(tracks, new)
    for fact in new:
        track = found.get(fact.fact_id)
        if track is None:
            track = Track(name)
            course.tracks.append(track)
            course.end = None
        track.say(fact)
    # A list without names replaces what its source said before: what it leaves out is promised no more.
    if name is None and len(new) > 1:
        sources = {_source(fact) for fact in new}
        for track in tracks:
            if track not in found.values() and not track.arrivals and _source(track.promises[-1]) in sources:
                course.tracks.remove(track)
    early, course.early = (course.early, []) if name is None and new else ([], course.early)
    for delivery in early:
        receive(course.tracks, delivery)


def _is_equal(known: Promise, new: Promise) -> bool:
    return (known.mw, known.expected_on) == (new.mw, new.expected_on)


def _is_old_news(course: _Course, fact: Fact[Promise], open_tracks: list[Track]) -> bool:
    """Return whether a promise is of power that is there, or of no phase in particular.

    What is there may be promised once more by a slower source, or be more than was promised.
    """
    promise = fact.value
    if promise.is_bare and len(open_tracks) != 1 and any(track.end is None for track in course.tracks):
        return True
    if any(promise.mw is None or track.mw is None or is_close(track.mw, promise.mw) for track in open_tracks):
        return False
    for track in reversed(course.tracks):
        there_on = track.complete_on if track.end is None else None
        if track.name != promise.phase or there_on is None or not track.promises:
            continue
        if promise.expected_on is None or promise.expected_on <= there_on + SAME_DAY:
            track.say(fact)
            return True
    return False


def _end(course: _Course, fact: Fact[End]) -> None:
    """End the phase that is named, or all that waits; a part of it where MW are named."""
    end = fact.value
    named = [track for track in course.tracks if end.phase is None or track.name == end.phase]
    waiting = [track for track in named if track.is_open]
    is_complete = end.how == "completed"
    if not named or (is_complete and all(track.end for track in named)):
        waiting = [Track(end.phase) if end.phase else _unpromised(course)]
        course.tracks += waiting
    if end.mw is not None and not is_complete:
        _withdraw_part(waiting, fact, end.mw)
        return
    alone = end.phase is not None or len(course.tracks) == 1
    for track in waiting:
        track.ends.append(fact)
        if is_complete:
            # The MW of the whole site are not those of one of its phases.
            track.completed = end if alone else replace(end, mw=None)
        else:
            track.end = end
    if waiting and end.phase is None:
        course.end = None if is_complete else end


def _withdraw_part(waiting: list[Track], fact: Fact[End], mw: float) -> None:
    """Withdraw MW from the promise of just so many, else from the last one and those before it."""
    last_first = sorted(waiting, key=by_day, reverse=True)
    exact = [track for track in last_first if track.owed_mw is not None and is_close(track.owed_mw, mw)]
    for track in exact[:1] or last_first:
        owed_mw = track.owed_mw
        track.ends.append(fact)
        track.withdrawn_mw += mw if owed_mw is None or exact else min(mw, owed_mw)
        mw = round(mw - (owed_mw or 0.0), TO_WATTS)
        if track.owed_mw == 0:
            track.end = fact.value
        if mw <= 0:
            return
