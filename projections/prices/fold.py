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
from pydantic import TypeAdapter

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
    columns = (
        *(symbols[bars.code[at]], bars.interval_seconds[at], bars.bucket[at], bars.event_id[at]),
        *(bars.open_usd[at], bars.high_usd[at], bars.low_usd[at], bars.close_usd[at], bars.volume[at]),
        *(bars.first_at[at], bars.last_at[at]),
    )
    return ColumnBlock(EquityBarPartRow, columns)


def _gpu(bar: GpuBarClosed) -> GpuBarPartRow:
    series = bar.series
    return GpuBarPartRow(
        series.product,
        series.price_of,
        bar.interval_seconds,
        bar.bucket,
        bar.event_id,
        bar.open_usd,
        bar.high_usd,
        bar.low_usd,
        bar.close_usd,
        bar.quantity,
        bar.first_at,
        bar.last_at,
    )


PRICES = Projection(
    name="prices",
    version=1,
    initial=None,
    reads=(EquityBarClosed, GpuBarClosed),
    project=project,
    state_type=TypeAdapter(None),
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
