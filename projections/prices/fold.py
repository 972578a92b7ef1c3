"""Fold bars into the parts of their buckets: one row each, nothing to remember."""

from dataclasses import dataclass

from events.prices import EquityBarClosed, GpuBarClosed
from projections.base import JournaledEvent, Step
from projections.prices.rows import EquityBarPartRow, GpuBarPartRow


@dataclass(frozen=True, slots=True)
class Prices:
    """Prices need no memory."""


def apply(state: Prices, journaled: JournaledEvent) -> Step[Prices]:
    """Write a bar down; single prices become bars before the journal, other families pass by."""
    event = journaled.event
    if isinstance(event, EquityBarClosed):
        return Step(state, (_equity(event),))
    if isinstance(event, GpuBarClosed):
        return Step(state, (_gpu(event),))
    return Step(state)


# Bars are nearly all of a journal, and naming the columns would cost twice the time.


def _equity(bar: EquityBarClosed) -> EquityBarPartRow:
    return EquityBarPartRow(
        bar.symbol,
        bar.interval_seconds,
        bar.bucket,
        bar.event_id,
        bar.open_usd,
        bar.high_usd,
        bar.low_usd,
        bar.close_usd,
        bar.volume,
        bar.first_at,
        bar.last_at,
    )


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
