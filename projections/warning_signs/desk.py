"""What the desk has decided: thresholds and windows in place of the defaults, and mutes.

The newest watchlist of a name stands in place of the earlier ones of that name; of several
names, whatever came last wins. Thresholds of one subject win over those of its indicator.
What names an indicator that is not there, or runs against its direction, changes nothing.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from rpds import HashTrieMap

from events.desk import SignalMuted, ThresholdOverride, WatchlistChanged
from projections.base import JournaledEvent
from projections.persistent import PersistentMap
from projections.warning_signs.definition import Definition, Direction, Thresholds
from projections.warning_signs.registry import DEFINITIONS
from projections.warning_signs.rows import ThresholdOverrideRow

# No subject has an empty name.
EVERY_SUBJECT = ""

NO_THRESHOLDS: PersistentMap[tuple[str, str], Thresholds] = HashTrieMap()
NO_MUTES: PersistentMap[tuple[str, str], datetime] = HashTrieMap()


@dataclass(frozen=True, slots=True)
class Desk:
    """The watchlists, the last one to change last, and the moments at which mutes end.

    Thresholds and mutes are by (indicator, subject).
    """

    watchlists: tuple[WatchlistChanged, ...] = ()
    thresholds: PersistentMap[tuple[str, str], Thresholds] = NO_THRESHOLDS
    mutes: PersistentMap[tuple[str, str], datetime] = NO_MUTES


def desk_after(desk: Desk, journaled: JournaledEvent) -> Desk:
    """Let mutes end that end by now, and take in what the desk decides."""
    desk = _without_ended(desk, journaled.now)
    match journaled.event:
        case WatchlistChanged() as changed:
            others = (one for one in desk.watchlists if one.watchlist != changed.watchlist)
            watchlists = (*others, changed)
            return replace(desk, watchlists=watchlists, thresholds=_thresholds(watchlists))
        case SignalMuted() as muted if muted.indicator in DEFINITIONS:
            key = (muted.indicator, muted.subject or EVERY_SUBJECT)
            mutes = desk.mutes.discard(key)
            return replace(
                desk, mutes=mutes.insert(key, muted.until) if muted.until > journaled.now else mutes
            )
        case _:
            return desk


def threshold_rows(before: Desk, after: Desk, now: datetime) -> list[ThresholdOverrideRow]:
    """Write the thresholds that the desk sets, or sets no longer, in place of the release's."""
    old, new = before.thresholds, after.thresholds
    keys = {key for thresholds in (old, new) for key in thresholds if old.get(key) != new.get(key)}
    return [
        _threshold_row(*key, new.get(key) or old[key], now, removed=key not in new) for key in sorted(keys)
    ]


def _threshold_row(
    indicator: str, subject: str, of: Thresholds, now: datetime, *, removed: bool
) -> ThresholdOverrideRow:
    return ThresholdOverrideRow(indicator, subject, of.watch, of.warning, of.critical, now, removed)


def next_end(desk: Desk) -> datetime | None:
    """Name the moment at which the next mute ends."""
    return min(desk.mutes.values()) if desk.mutes else None


def is_muted(desk: Desk, indicator: str, subject: str) -> bool:
    """Tell whether signals of a subject are not to be sent now."""
    return bool(desk.mutes) and (
        (indicator, EVERY_SUBJECT) in desk.mutes or (indicator, subject) in desk.mutes
    )


def judged_by(desk: Desk, definition: Definition, subject: str) -> Definition:
    """Give the definition with the thresholds that hold for a subject."""
    if not desk.thresholds:
        return definition
    thresholds = thresholds_of(desk, definition, subject)
    return definition if thresholds is definition.thresholds else replace(definition, thresholds=thresholds)


def thresholds_of(desk: Desk, definition: Definition, subject: str) -> Thresholds:
    """Give the thresholds that hold for a subject."""
    of_all = desk.thresholds.get((definition.id, EVERY_SUBJECT), definition.thresholds)
    return desk.thresholds.get((definition.id, subject), of_all)


def window_of(desk: Desk, definition: Definition) -> timedelta | None:
    """Give the window that holds for an indicator; None where it has none."""
    if definition.window is None:
        return None
    asked = (one for changed in desk.watchlists for one in changed.windows if one.indicator == definition.id)
    days = [one.days for one in asked]
    return timedelta(days=days[-1]) if days else definition.window


def in_direction(definition: Definition, watch: float, critical: float) -> bool:
    """Tell whether thresholds get worse the way the indicator does."""
    return watch <= critical if definition.direction is Direction.RISING else watch >= critical


def _thresholds(watchlists: tuple[WatchlistChanged, ...]) -> PersistentMap[tuple[str, str], Thresholds]:
    return HashTrieMap(
        {
            (one.indicator, one.subject or EVERY_SUBJECT): Thresholds(one.watch, one.warning, one.critical)
            for changed in watchlists
            for one in changed.thresholds
            if _counts(one)
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
