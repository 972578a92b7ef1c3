"""What happened per subject, and how much of it a window of the last so many days still counts.

A watchlist may lengthen a window, so what has left it is remembered as long as the longest
window lasts. Whoever counts keeps a `cut`: what was known by then counts no longer.
"""

from bisect import bisect_right
from datetime import UTC, datetime, timedelta
from typing import Protocol, TypeVar

from projections.persistent import PersistentMap
from projections.warning_signs.definition import LONGEST_WINDOW

# Everything that happens counts for this subject too.
ALL = "all"

BEFORE_ALL = datetime(1, 1, 1, tzinfo=UTC)


class Happening(Protocol):
    """Something that counts for its subjects, `ALL` among them, from when one could know it."""

    @property
    def known_at(self) -> datetime:
        """Give the moment from which it counts."""

    @property
    def subjects(self) -> tuple[str, ...]:
        """Name the subjects that it counts for."""


H = TypeVar("H", bound=Happening)


def with_happening(
    window: PersistentMap[str, tuple[H, ...]], new: H, now: datetime
) -> PersistentMap[str, tuple[H, ...]]:
    """Put something in its place among what happened to its subjects, the oldest first.

    What the longest window has passed by is forgotten.
    """
    for subject in new.subjects:
        earlier = window.get(subject, ())
        place = bisect_right(earlier, new.known_at, key=_known_at)
        happened = (*earlier[:place], new, *earlier[place:])
        window = window.insert(subject, _after(happened, now - LONGEST_WINDOW))
    return window


def without_happening(window: PersistentMap[str, tuple[H, ...]], old: H) -> PersistentMap[str, tuple[H, ...]]:
    """Take something out of what happened to its subjects."""
    for subject in old.subjects:
        window = window.insert(subject, tuple(one for one in window[subject] if one != old))
    return window


def counted(window: PersistentMap[str, tuple[H, ...]], subject: str, cut: datetime) -> tuple[H, ...]:
    """Give what happened to a subject after the cut, the oldest first."""
    return _after(window.get(subject, ()), cut)


def next_leaving(
    window: PersistentMap[str, tuple[H, ...]], cut: datetime, length: timedelta
) -> datetime | None:
    """Name the moment at which the oldest after the cut leaves the window; None where nothing counts."""
    everything = counted(window, ALL, cut)
    return everything[0].known_at + length if everything else None


def leaving(window: PersistentMap[str, tuple[H, ...]], cut: datetime, new_cut: datetime) -> tuple[str, ...]:
    """Name the subjects of what leaves the window when the cut moves on."""
    gone = (one for one in counted(window, ALL, cut) if one.known_at <= new_cut)
    return tuple(dict.fromkeys(subject for one in gone for subject in one.subjects))


def subjects_of(window: PersistentMap[str, tuple[H, ...]]) -> tuple[str, ...]:
    """Name all subjects to which anything happened, sorted."""
    return tuple(sorted(window.keys()))


def _after(happened: tuple[H, ...], cut: datetime) -> tuple[H, ...]:
    return happened[bisect_right(happened, cut, key=_known_at) :]


def _known_at(happening: Happening) -> datetime:
    return happening.known_at
