"""The pairs of a persistent map are all of them, each once."""

from hypothesis import given as forall
from hypothesis import settings
from hypothesis import strategies as st
from rpds import HashTrieMap

from projections.warning_signs.pairs import pairs_of


@settings(deadline=None)
@forall(st.dictionaries(st.text(max_size=3), st.integers(), max_size=40))
def test_every_key_is_listed_once_with_its_value(of: dict[str, int]) -> None:
    assert sorted(pairs_of(HashTrieMap(of))) == sorted(of.items())
