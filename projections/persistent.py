"""Maps and sets that share structure instead of being copied, and can be written to JSON.

Folds return a new state with each event; with these that costs a few cells, not a copy.
Their own order is arbitrary: sort before anything that can be seen depends on it.
"""

from collections.abc import Iterable
from types import GenericAlias
from typing import TYPE_CHECKING, Any, Generic, TypeVar, get_args

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema
from rpds import HashTrieMap, HashTrieSet

K = TypeVar("K")
V = TypeVar("V")


def _through(listed: CoreSchema, read: Any, write: Any) -> CoreSchema:
    writing = core_schema.plain_serializer_function_ser_schema(write, return_schema=listed)
    return core_schema.no_info_after_validator_function(read, listed, serialization=writing)


def _to_map(pairs: Iterable[tuple[Any, Any]]) -> "HashTrieMap[Any, Any]":
    return HashTrieMap(pairs)


def _to_set(items: Iterable[Any]) -> "HashTrieSet[Any]":
    return HashTrieSet(items)


def _sorted_pairs(mapping: "HashTrieMap[Any, Any]") -> list[tuple[Any, Any]]:
    return sorted(items_of(mapping), key=lambda pair: pair[0])


def items_of(mapping: "HashTrieMap[K, V]") -> list[tuple[K, V]]:
    """Return the keys and values of a map, in its own order.

    What the map gives to be pickled is that list. Its iterators take the map without its first
    key at each step, which takes thirty times as long.
    """
    pickled: Any = mapping.__reduce__()
    listed: list[tuple[K, V]] = pickled[1][0]
    return listed


if TYPE_CHECKING:
    PersistentMap = HashTrieMap
    PersistentSet = HashTrieSet
else:
    # At run time the library's own types take no parameters, and pydantic needs them.
    class PersistentMap(Generic[K, V]):
        """Annotate a field that holds a HashTrieMap; JSON has a sorted list of pairs."""

        @classmethod
        def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
            pair = GenericAlias(tuple, get_args(source))
            return _through(handler.generate_schema(GenericAlias(list, (pair,))), _to_map, _sorted_pairs)

    class PersistentSet(Generic[K]):
        """Annotate a field that holds a HashTrieSet; JSON has a sorted list."""

        @classmethod
        def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
            return _through(handler.generate_schema(GenericAlias(list, get_args(source))), _to_set, sorted)
