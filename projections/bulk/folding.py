"""Fold a chunk through a projection: the state and rows are those of folding its events one by one."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from projections.base import Projection, Step, fold
from projections.bulk.block import Piece
from projections.bulk.chunk import Chunk
from projections.bulk.journal_event import archived
from projections.bulk.prices import share_bars
from projections.bulk.warning_signs import fold_heeded
from projections.circularity import CIRCULARITY
from projections.credit import CREDIT
from projections.journal_event import JOURNAL_EVENT
from projections.power import POWER
from projections.prices import PRICES
from projections.warning_signs import WARNING_SIGNS

S = TypeVar("S")


@dataclass(frozen=True, slots=True)
class ChunkStep(Generic[S]):
    """What a chunk did: the state after it, and the rows it gave, those of each table in their order."""

    state: S
    pieces: tuple[Piece, ...]


def fold_chunk(projection: Projection[S], state: S, chunk: Chunk) -> ChunkStep[S]:
    """Fold a chunk; a projection of which nothing else is known sees its events one by one."""
    if not len(chunk):
        return ChunkStep(state, ())
    way = _WAYS.get(projection.name, _one_by_one)
    return way(projection, state, chunk)


def _one_by_one(projection: Projection[S], state: S, chunk: Chunk) -> ChunkStep[S]:
    return _as_pieces(fold(projection, state, map(chunk.recorded, range(len(chunk)))))


def _without_bars(projection: Projection[S], state: S, chunk: Chunk) -> ChunkStep[S]:
    return _as_pieces(fold(projection, state, chunk.others.values()))


def _archive(projection: Projection[Any], state: Any, chunk: Chunk) -> ChunkStep[Any]:
    return ChunkStep(state, (archived(state, chunk),))


def _prices(projection: Projection[Any], state: Any, chunk: Chunk) -> ChunkStep[Any]:
    step = fold(projection, state, chunk.others.values())
    return ChunkStep(step.state, (share_bars(chunk), step.rows))


def _warning_signs(projection: Projection[Any], state: Any, chunk: Chunk) -> ChunkStep[Any]:
    return _as_pieces(fold_heeded(state, chunk))


def _as_pieces(step: Step[S]) -> ChunkStep[S]:
    return ChunkStep(step.state, (step.rows,))


_WAYS: Mapping[str, Callable[[Projection[Any], Any, Chunk], ChunkStep[Any]]] = {
    JOURNAL_EVENT.name: _archive,
    CIRCULARITY.name: _without_bars,
    CREDIT.name: _without_bars,
    POWER.name: _without_bars,
    PRICES.name: _prices,
    WARNING_SIGNS.name: _warning_signs,
}
