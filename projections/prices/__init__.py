"""Prices: the bars of shares and GPUs, whatever came late put together with what came before."""

from pydantic import TypeAdapter

from events.families.prices import EquityBarClosed, GpuBarClosed
from projections.base import Projection, Table
from projections.prices.fold import project
from projections.prices.rows import EquityBarPartRow, GpuBarPartRow

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
