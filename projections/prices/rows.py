"""The tables of the prices projection.

A bucket may get more than one bar, because prices come late. Each bar is a part with a row
of its own, and the views put the parts of a bucket together: the fold need not remember
any bucket, a part may come at any time and in any order, and one that is delivered twice
writes the same row again. That is why these rows carry no clock of the fold.
"""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID


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
    """One bar of a GPU model's bucket on one basis, prices in USD."""

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
