"""What a window counts, whatever comes late and however often its length changes."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from hypothesis import given as forall
from hypothesis import settings
from hypothesis import strategies as st
from rpds import HashTrieMap

from projections.persistent import PersistentMap
from projections.warning_signs.definition import LONGEST_WINDOW
from projections.warning_signs.window import (
    ALL,
    BEFORE_ALL,
    counted,
    leaving,
    next_leaving,
    subjects_of,
    with_happening,
)

START = datetime(2026, 1, 1, tzinfo=UTC)
WINDOW = timedelta(days=90)


@dataclass(frozen=True)
class Thing:
    known_at: datetime
    subjects: tuple[str, ...]


def thing(day: int, name: str = "A") -> Thing:
    return Thing(START + timedelta(days=day), (ALL, name))


def happened(*things: Thing, now: datetime = START) -> PersistentMap[str, tuple[Thing, ...]]:
    known: PersistentMap[str, tuple[Thing, ...]] = HashTrieMap()
    for one in things:
        known = with_happening(known, one, now)
    return known


THINGS = st.lists(st.builds(thing, st.integers(0, 400), st.sampled_from("ABC")), max_size=30)
CUTS = st.integers(-1, 401).map(lambda day: START + timedelta(days=day))


@settings(deadline=None)
@forall(THINGS, CUTS, CUTS)
def test_what_counts_is_what_came_after_the_cut_the_oldest_first(
    things: list[Thing], one_cut: datetime, other_cut: datetime
) -> None:
    known = happened(*things)
    cut, next_cut = sorted((one_cut, other_cut))
    ordered = sorted(things, key=lambda one: one.known_at)
    after = [one for one in ordered if one.known_at > cut]
    assert list(counted(known, ALL, cut)) == after
    assert list(counted(known, "A", cut)) == [one for one in after if "A" in one.subjects]
    assert next_leaving(known, cut, WINDOW) == (after[0].known_at + WINDOW if after else None)
    left = [one for one in after if one.known_at <= next_cut]
    assert set(leaving(known, cut, next_cut)) == {subject for one in left for subject in one.subjects}


def test_subjects_are_named_in_their_order() -> None:
    assert subjects_of(happened(thing(0, "C"), thing(0, "A"), thing(0, "B"))) == ("A", "B", "C", "all")


def test_what_no_window_can_count_any_more_is_forgotten() -> None:
    known = happened(thing(0), thing(1))
    now = START + LONGEST_WINDOW
    known = with_happening(known, thing(LONGEST_WINDOW.days), now)
    assert counted(known, ALL, BEFORE_ALL) == (thing(1), thing(LONGEST_WINDOW.days))
    assert counted(with_happening(known, thing(-1), now), ALL, BEFORE_ALL) == counted(known, ALL, BEFORE_ALL)


def test_nothing_leaves_an_empty_window() -> None:
    assert next_leaving(happened(), BEFORE_ALL, WINDOW) is None
    assert leaving(happened(), BEFORE_ALL, START) == ()
