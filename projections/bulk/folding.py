"""Fold a batch through a projection: the state and rows are those of folding its events one by one."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from projections.base import Projection, Step, fold
from projections.bulk.journal_event import archived
from projections.bulk.prices import share_bars
from projections.bulk.warning_signs import fold_heeded
from projections.circularity import CIRCULARITY
from projections.column_block import Piece
from projections.credit import CREDIT
from projections.event_batch import EventBatch
from projections.journal_event import JOURNAL_EVENT
from projections.power import POWER
from projections.prices import PRICES
from projections.warning_signs import WARNING_SIGNS

S = TypeVar("S")


@dataclass(frozen=True, slots=True)
class BatchStep(Generic[S]):
    """What a batch did: the state after it, and the rows it gave, those of each table in their order."""

    state: S
    pieces: tuple[Piece, ...]


def fold_batch(projection: Projection[S], state: S, batch: EventBatch) -> BatchStep[S]:
    """Fold a batch; a projection of which nothing else is known sees its events one by one."""
    if not len(batch):
        return BatchStep(state, ())
    way = _WAYS.get(projection.name, _one_by_one)
    return way(projection, state, batch)


def _one_by_one(projection: Projection[S], state: S, batch: EventBatch) -> BatchStep[S]:
    return _as_pieces(fold(projection, state, map(batch.journaled, range(len(batch)))))


def _without_bars(projection: Projection[S], state: S, batch: EventBatch) -> BatchStep[S]:
    return _as_pieces(fold(projection, state, batch.others.values()))


def _archive(projection: Projection[Any], state: Any, batch: EventBatch) -> BatchStep[Any]:
    return BatchStep(state, (archived(state, batch),))


def _prices(projection: Projection[Any], state: Any, batch: EventBatch) -> BatchStep[Any]:
    step = fold(projection, state, batch.others.values())
    return BatchStep(step.state, (share_bars(batch), step.rows))


def _warning_signs(projection: Projection[Any], state: Any, batch: EventBatch) -> BatchStep[Any]:
    return _as_pieces(fold_heeded(state, batch))


def _as_pieces(step: Step[S]) -> BatchStep[S]:
    return BatchStep(step.state, (step.rows,))


_WAYS: Mapping[str, Callable[[Projection[Any], Any, EventBatch], BatchStep[Any]]] = {
    JOURNAL_EVENT.name: _archive,
    CIRCULARITY.name: _without_bars,
    CREDIT.name: _without_bars,
    POWER.name: _without_bars,
    PRICES.name: _prices,
    WARNING_SIGNS.name: _warning_signs,
}
