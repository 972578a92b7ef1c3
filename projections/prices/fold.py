"""Prices: the bars of shares and GPUs, whatever came late put together with what came before.

A bucket may get more than one bar, because prices come late. Each bar is a part with a row
of its own, and the views put the parts of a bucket together: the fold need not remember
any bucket, a part may come at any time and in any order, and one that is delivered twice
writes the same row again. That is why these rows carry no clock of the fold.
"""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import numpy as np

from events.families.prices import EquityBarClosed, GpuBarClosed
from projections.base import BatchStep, Projection, Row, Table
from projections.column_block import ColumnBlock
from projections.event_batch import EventBatch
from projections.kernel import LearnedBatch


class EquityBarPartRow(NamedTuple):
    """One bar of a share's bucket, prices in USD."""

    symbol: str
    interval_seconds: int
    bucket: datetime
    event_id: UUID
    open_usd: float
    high_usd: float
    low_usd: float
    close_usd: float
    volume: float
    first_at: datetime
    last_at: datetime


class GpuBarPartRow(NamedTuple):
    """One bar of a GPU series, prices in USD; `basis` says all that the price is for."""

    model: str
    basis: str
    interval_seconds: int
    bucket: datetime
    event_id: UUID
    open_usd: float
    high_usd: float
    low_usd: float
    close_usd: float
    quantity: float
    first_at: datetime
    last_at: datetime


def project(state: None, learned: LearnedBatch) -> BatchStep[None]:
    """Write the bars of a batch; single prices become bars before the journal, other families pass by."""
    gpus = (step.event for step in learned.steps)
    rows: tuple[Row, ...] = tuple(_gpu(bar) for bar in gpus if isinstance(bar, GpuBarClosed))
    return BatchStep(state, (_shares(learned.batch), rows) if learned.batch.bars.symbols else (rows,))


def _shares(batch: EventBatch) -> ColumnBlock:
    bars = batch.bars
    at = np.flatnonzero(bars.code >= 0)
    symbols = np.array((*bars.symbols, ""), dtype=object)
    own = (getattr(bars, name)[at] for name in EquityBarPartRow._fields if name != "symbol")
    return ColumnBlock(EquityBarPartRow, (symbols[bars.code[at]], *own))


def _gpu(bar: GpuBarClosed) -> GpuBarPartRow:
    series, same = bar.series, GpuBarPartRow._fields[2:]
    return GpuBarPartRow(series.product, series.price_of, *(getattr(bar, name) for name in same))


PRICES = Projection(
    name="prices",
    version=1,
    initial=None,
    reads=(EquityBarClosed, GpuBarClosed),
    project=project,
    tables=(
        Table(
            "equity_bar_part",
            EquityBarPartRow,
            key=("symbol", "interval_seconds", "bucket", "event_id"),
            time_column="bucket",
        ),
        Table(
            "gpu_bar_part",
            GpuBarPartRow,
            key=("model", "basis", "interval_seconds", "bucket", "event_id"),
            time_column="bucket",
        ),
    ),
)
