"""Write bars as the parts of their buckets: one row each, nothing to remember."""

import numpy as np

from events.families.prices import GpuBarClosed
from projections.base import BatchStep, Row
from projections.column_block import ColumnBlock
from projections.event_batch import EventBatch
from projections.kernel import LearnedBatch
from projections.prices.rows import EquityBarPartRow, GpuBarPartRow


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
    return GpuBarPartRow(
        bar.model,
        bar.basis,
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
