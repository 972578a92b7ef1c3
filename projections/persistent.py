"""Maps and sets that share structure instead of being copied, and can be written to JSON.

Folds return a new state with each event; with these that costs a few cells, not a copy.
Their own order is arbitrary: sort before anything that can be seen depends on it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from types import GenericAlias
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema
from rpds import HashTrieMap, HashTrieSet

K = TypeVar("K")
V = TypeVar("V")


@dataclass(frozen=True)
class _MapInJson:
    """Write a map as a sorted list of pairs: keys may be more than strings."""

    key_and_value: tuple[Any, Any]

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        pair = GenericAlias(tuple, self.key_and_value)
        pairs = handler.generate_schema(GenericAlias(list, (pair,)))
        return _through(pairs, _to_map, _sorted_pairs)


@dataclass(frozen=True)
class _SetInJson:
    """Write a set as a sorted list."""

    item: Any

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        items = handler.generate_schema(GenericAlias(list, (self.item,)))
        return _through(items, _to_set, sorted)


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
    """List the keys and values of a map, in its own order.

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
    class PersistentMap:
        """Annotate a field that holds a HashTrieMap."""

        def __class_getitem__(cls, key_and_value: tuple[Any, Any]) -> Any:
            return Annotated[HashTrieMap, _MapInJson(key_and_value)]

    class PersistentSet:
        """Annotate a field that holds a HashTrieSet."""

        def __class_getitem__(cls, item: Any) -> Any:
            return Annotated[HashTrieSet, _SetInJson(item)]
