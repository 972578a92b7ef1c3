"""The price rows of a batch: a block of its bars of shares."""

import numpy as np

from projections.column_block import ColumnBlock
from projections.event_batch import EventBatch
from projections.prices.rows import EquityBarPartRow


def share_bars(batch: EventBatch) -> ColumnBlock:
    """Write the bars of shares down, each a part of its bucket."""
    bars = batch.bars
    at = np.flatnonzero(bars.code >= 0)
    symbols = np.array((*bars.symbols, ""), dtype=object)
    columns = (
        *(symbols[bars.code[at]], bars.interval_seconds[at], bars.bucket[at], bars.event_id[at]),
        *(bars.open_usd[at], bars.high_usd[at], bars.low_usd[at], bars.close_usd[at], bars.volume[at]),
        *(bars.first_at[at], bars.last_at[at]),
    )
    return ColumnBlock(EquityBarPartRow, columns)
