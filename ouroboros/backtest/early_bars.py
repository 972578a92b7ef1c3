"""Bars that are said to have been known before they were over: whoever decides by them looks ahead."""

from datetime import timedelta

import numpy as np

from events.errors import UsageError
from events.prices import EquityBarClosed, GpuBarClosed
from ouroboros.backtest.priced import priced_by
from ouroboros.history.places import place_of
from ouroboros.history.source import History
from projections.event_batch import EventBatch

# So much may the clock of whoever made a price be ahead of that of whoever passed it on.
CLOCKS_DIFFER = timedelta(minutes=1)


def check_last_prices(batch: EventBatch, name: str, history: History) -> None:
    """Refuse a bar that was known before its last price was made. Raises UsageError with its place."""
    bars = batch.bars
    early = (bars.code >= 0) & (bars.last_at > batch.known_at + np.timedelta64(CLOCKS_DIFFER))
    for position, one in batch.others.items():
        if isinstance(one.event, EquityBarClosed | GpuBarClosed):
            early[position] = one.event.last_at > one.event.known_at + CLOCKS_DIFFER
    if not early.any():
        return
    position = int(np.argmax(early))
    bar = batch.journaled(position).event
    assert isinstance(bar, EquityBarClosed | GpuBarClosed)  # noqa: S101  nothing else is early
    stands = int(batch.offset[position]), int(batch.index[position])
    raise UsageError(
        f"{place_of(history, name, stands, bar.source, bar.known_at)}: the bar of {priced_by(bar)} has prices"
        f" until {bar.last_at:%Y-%m-%d %H:%M} UTC, but is said to have been known at"
        f" {bar.known_at:%Y-%m-%d %H:%M}.",
        "A bar is known when it is over: correct its known_at, or say `take: facts` beside this place.",
    )
