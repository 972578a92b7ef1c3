from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from random import Random
from typing import NamedTuple
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError
from rpds import HashTrieMap, HashTrieSet

from projections.persistent import PersistentMap, PersistentSet, items_of


class Amount(NamedTuple):
    day: date
    usd: Decimal


@dataclass(frozen=True, slots=True)
class State:
    """Every shape of map and set that a fold may keep."""

    marks: PersistentMap[str, int] = field(default_factory=HashTrieMap)
    pairs: PersistentMap[tuple[str, int], Amount] = field(default_factory=HashTrieMap)
    inner: PersistentMap[str, PersistentMap[UUID, date]] = field(default_factory=HashTrieMap)
    seen: PersistentSet[UUID] = field(default_factory=HashTrieSet)
    days: PersistentSet[tuple[date, str]] = field(default_factory=HashTrieSet)


STATE: TypeAdapter[State] = TypeAdapter(State)
AMOUNTS = st.builds(Amount, st.dates(), st.decimals(allow_nan=False, allow_infinity=False, places=2))
STATES = st.builds(
    State,
    st.dictionaries(st.text(), st.integers(-(2**63), 2**63 - 1)).map(HashTrieMap),
    st.dictionaries(st.tuples(st.text(), st.integers(0, 9)), AMOUNTS).map(HashTrieMap),
    st.dictionaries(st.text(), st.dictionaries(st.uuids(), st.dates()).map(HashTrieMap)).map(HashTrieMap),
    st.sets(st.uuids()).map(HashTrieSet),
    st.sets(st.tuples(st.dates(), st.text())).map(HashTrieSet),
)


@settings(max_examples=300, deadline=None)
@given(STATES)
def test_a_state_comes_back_from_json_as_it_was(state: State) -> None:
    restored = STATE.validate_json(STATE.dump_json(state))
    assert restored == state
    assert type(restored.marks) is HashTrieMap
    assert type(restored.seen) is HashTrieSet
    assert all(type(one) is HashTrieMap for one in restored.inner.values())
    assert all(type(one) is Amount for one in restored.pairs.values())


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(st.text(), st.integers(0, 9)), st.randoms(use_true_random=False))
def test_the_json_does_not_depend_on_the_order_in_which_things_came(
    content: dict[str, int], random: Random
) -> None:
    items = list(content.items())
    random.shuffle(items)
    one, other = State(marks=HashTrieMap(content)), State(marks=HashTrieMap(items))
    assert one == other
    assert STATE.dump_json(one) == STATE.dump_json(other)
    seen = [UUID(int=number) for number in content.values()]
    assert STATE.dump_json(State(seen=HashTrieSet(seen))) == STATE.dump_json(
        State(seen=HashTrieSet(reversed(seen)))
    )


def test_a_map_is_a_sorted_list_of_pairs_and_a_set_a_sorted_list() -> None:
    state = State(
        marks=HashTrieMap({"b": 2, "a": 1}),
        pairs=HashTrieMap({("x", 2): Amount(date(2026, 1, 1), Decimal("1.50"))}),
        seen=HashTrieSet([UUID(int=2), UUID(int=1)]),
    )
    assert STATE.dump_python(state, mode="json") == {
        "marks": [["a", 1], ["b", 2]],
        "pairs": [[["x", 2], ["2026-01-01", "1.50"]]],
        "inner": [],
        "seen": [str(UUID(int=1)), str(UUID(int=2))],
        "days": [],
    }


def test_states_differ_where_one_entry_does() -> None:
    state = State(marks=HashTrieMap({"a": 1}), seen=HashTrieSet([UUID(int=1)]))
    for other in (
        State(marks=HashTrieMap({"a": 2}), seen=state.seen),
        State(marks=HashTrieMap({"b": 1}), seen=state.seen),
        State(marks=HashTrieMap({"a": 1, "b": 1}), seen=state.seen),
        State(marks=state.marks, seen=HashTrieSet([UUID(int=2)])),
        State(marks=state.marks),
    ):
        assert other != state
        assert STATE.dump_json(other) != STATE.dump_json(state)


@pytest.mark.parametrize(
    "content", ['{"marks": {"a": 1}}', '{"marks": [["a"]]}', '{"marks": [["a", "x"]]}', '{"seen": ["7"]}']
)
def test_what_is_no_state_is_refused(content: str) -> None:
    with pytest.raises(ValidationError):
        STATE.validate_json(content)


def test_a_map_that_is_changed_leaves_the_one_before_alone() -> None:
    before = State(marks=HashTrieMap({"a": 1}))
    after = State(marks=before.marks.insert("b", 2))
    assert dict(before.marks.items()) == {"a": 1}
    assert dict(after.marks.items()) == {"a": 1, "b": 2}


@settings(deadline=None)
@given(st.dictionaries(st.text(max_size=3), st.integers(), max_size=40))
def test_every_key_of_a_map_is_listed_once_with_its_value(of: dict[str, int]) -> None:
    assert sorted(items_of(HashTrieMap(of))) == sorted(of.items())
