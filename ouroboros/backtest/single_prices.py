"""Single prices of GPUs as bars: signs read bars of GPUs alone, for live the sequencer draws them."""

from dataclasses import replace
from datetime import UTC, datetime

from events.prices import DAY_SECONDS, GpuBarClosed, GpuPriced, bucket_second
from projections.event_batch import EventBatch


def with_bars(batch: EventBatch) -> EventBatch:
    """Put a bar of the day in the place of each single price of a GPU; further ones of the day add to it."""
    drawn = {
        position: replace(one, event=bar_of(one.event))
        for position, one in batch.others.items()
        if isinstance(one.event, GpuPriced)
    }
    return replace(batch, others={**batch.others, **drawn}) if drawn else batch


def bar_of(tick: GpuPriced) -> GpuBarClosed:
    """Draw the bar of one price, known when the price was; it keeps the identity of the price."""
    return GpuBarClosed(
        event_id=tick.event_id,
        occurred_at=tick.occurred_at,
        known_at=tick.known_at,
        source=tick.source,
        source_url=tick.source_url,
        certainty=tick.certainty,
        model=tick.model,
        basis=tick.basis,
        interval_seconds=DAY_SECONDS,
        bucket=bucket_of(tick.occurred_at, DAY_SECONDS),
        open_usd=tick.price_usd,
        high_usd=tick.price_usd,
        low_usd=tick.price_usd,
        close_usd=tick.price_usd,
        first_at=tick.occurred_at,
        last_at=tick.occurred_at,
        quantity=tick.quantity,
    )


def bucket_of(moment: datetime, interval_seconds: int) -> datetime:
    """Give the beginning of the interval, counted from 1970 UTC, in which a moment lies."""
    return datetime.fromtimestamp(bucket_second(moment, interval_seconds), UTC)
