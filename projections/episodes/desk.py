"""What the desk has decided: thresholds in place of the defaults, and mutes.

Of several watchlists whatever came last wins. Thresholds of one subject win over those of its indicator.
What names an indicator that is not there, or runs against its direction, changes nothing.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from rpds import HashTrieMap

from events.families.desk import SignalMuted, ThresholdOverride, WatchlistChanged
from projections.base import JournaledEvent
from projections.definition import Definition, Thresholds, in_direction
from projections.indicators import DEFINITIONS
from projections.persistent import PersistentMap

# No subject has an empty name.
EVERY_SUBJECT = ""

NO_THRESHOLDS: PersistentMap[tuple[str, str], Thresholds] = HashTrieMap()
NO_MUTES: PersistentMap[tuple[str, str], datetime] = HashTrieMap()


@dataclass(frozen=True, slots=True)
class Desk:
    """Thresholds of the desk, and when its mutes end, both by (indicator, subject)."""

    thresholds: PersistentMap[tuple[str, str], Thresholds] = NO_THRESHOLDS
    mutes: PersistentMap[tuple[str, str], datetime] = NO_MUTES


def desk_after(desk: Desk, journaled: JournaledEvent, watchlists: tuple[WatchlistChanged, ...]) -> Desk:
    """Let mutes end that end by now, and take in what the desk decides; `watchlists` hold from now on."""
    desk = _without_ended(desk, journaled.now)
    match journaled.event:
        case WatchlistChanged():
            return replace(desk, thresholds=_thresholds(watchlists))
        case SignalMuted() as muted if muted.indicator in DEFINITIONS:
            key = (muted.indicator, muted.subject or EVERY_SUBJECT)
            mutes = desk.mutes.discard(key)
            return replace(
                desk, mutes=mutes.insert(key, muted.until) if muted.until > journaled.now else mutes
            )
        case _:
            return desk


def next_end(desk: Desk) -> datetime | None:
    """Return when the next mute ends."""
    return min(desk.mutes.values()) if desk.mutes else None


def is_muted(desk: Desk, indicator: str, subject: str) -> bool:
    """Return whether signals of a subject are not to be sent now."""
    return bool(desk.mutes) and (
        (indicator, EVERY_SUBJECT) in desk.mutes or (indicator, subject) in desk.mutes
    )


def with_own_thresholds(desk: Desk, definition: Definition, subject: str) -> Definition:
    """Return the definition with the thresholds that hold for a subject."""
    if not desk.thresholds:
        return definition
    thresholds = thresholds_of(desk, definition, subject)
    return definition if thresholds is definition.thresholds else replace(definition, thresholds=thresholds)


def thresholds_of(desk: Desk, definition: Definition, subject: str) -> Thresholds:
    """Return the thresholds that hold for a subject."""
    of_all = desk.thresholds.get((definition.id, EVERY_SUBJECT), definition.thresholds)
    return desk.thresholds.get((definition.id, subject), of_all)


def _thresholds(watchlists: tuple[WatchlistChanged, ...]) -> PersistentMap[tuple[str, str], Thresholds]:
    return HashTrieMap(
        {
            (own.indicator, own.subject or EVERY_SUBJECT): Thresholds(own.watch, own.warning, own.critical)
            for changed in watchlists
            for own in changed.thresholds
            if _counts(own)
        }
    )


def _counts(override: ThresholdOverride) -> bool:
    definition = DEFINITIONS.get(override.indicator)
    return definition is not None and in_direction(definition, override.watch, override.critical)


def _without_ended(desk: Desk, now: datetime) -> Desk:
    mutes = desk.mutes
    for key, until in desk.mutes.items():
        if until <= now:
            mutes = mutes.remove(key)
    return desk if mutes is desk.mutes else replace(desk, mutes=mutes)
