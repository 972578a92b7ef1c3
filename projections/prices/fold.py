"""Fold bars into the parts of their buckets: one row each, nothing to remember."""

from dataclasses import dataclass

from events.prices import EquityBarClosed, GpuBarClosed
from projections.base import Recorded, Step
from projections.prices.rows import EquityBarPartRow, GpuBarPartRow


@dataclass(frozen=True, slots=True)
class Prices:
    """Prices need no memory."""


def apply(state: Prices, recorded: Recorded) -> Step[Prices]:
    """Write a bar down; single prices become bars before the journal, other families pass by."""
    event = recorded.event
    if isinstance(event, EquityBarClosed):
        return Step(state, (_equity(event),))
    if isinstance(event, GpuBarClosed):
        return Step(state, (_gpu(event),))
    return Step(state)


def _equity(bar: EquityBarClosed) -> EquityBarPartRow:
    return EquityBarPartRow(
        symbol=bar.symbol,
        interval_seconds=bar.interval_seconds,
        bucket=bar.bucket,
        event_id=bar.event_id,
        open_usd=bar.open_usd,
        high_usd=bar.high_usd,
        low_usd=bar.low_usd,
        close_usd=bar.close_usd,
        volume=bar.volume,
        first_at=bar.first_at,
        last_at=bar.last_at,
    )


def _gpu(bar: GpuBarClosed) -> GpuBarPartRow:
    return GpuBarPartRow(
        model=bar.model,
        basis=bar.basis,
        interval_seconds=bar.interval_seconds,
        bucket=bar.bucket,
        event_id=bar.event_id,
        open_usd=bar.open_usd,
        high_usd=bar.high_usd,
        low_usd=bar.low_usd,
        close_usd=bar.close_usd,
        quantity=bar.quantity,
        first_at=bar.first_at,
        last_at=bar.last_at,
    )
