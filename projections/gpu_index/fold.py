"""The index of GPU prices: every revision of every day of every series, as it became known."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from events.base import Event
from events.families.prices import GpuBarClosed
from projections.base import BatchStep, BigInt, Projection, Row, Table
from projections.facts.gpu_index import GpuIndex, IndexDay
from projections.facts.world import DESK, Thing, WorldStep
from projections.kernel import LearnedBatch

READS: tuple[type[Event], ...] = (GpuBarClosed, *DESK)


class GpuIndexRow(NamedTuple):
    """The index of a day (USD) after what was known at `known_at`, learned by the clock of the folds.

    `is_whole` says that it is of a day that was over, `is_thin` that too few offers make it.
    """

    series: str
    day: date
    known_at: datetime
    learned_at: datetime
    product: str
    model: str
    form: str | None
    memory_gb: float | None
    basis: str
    condition: str | None
    term: str | None
    price_usd: float
    offers: BigInt
    venues: int
    is_average: bool
    is_thin: bool
    is_whole: bool
    event_id: UUID


def project(state: None, learned: LearnedBatch) -> BatchStep[None]:
    """Write the days that the events of a batch changed, those of one moment in one row."""
    rows: tuple[Row, ...] = tuple(row for step in learned.steps for row in _rows(step))
    return BatchStep(state, (rows,))


def _rows(step: WorldStep) -> Iterator[GpuIndexRow]:
    for name in step.names(Thing.GPU):
        before, after = step.before.prices.gpus.get(name), step.world.prices.gpus.get(name)
        if after is None or after is before:
            continue
        for day in _changed(before, after, step.event):
            yield _row(after, day, step.journaled.now)


def _changed(before: GpuIndex | None, after: GpuIndex, event: Event) -> Iterator[IndexDay]:
    """Return the days that an event changed: that of a bar, or any, where it says what things are called."""
    days = (after.on(event.bucket.date()),) if isinstance(event, GpuBarClosed) else after.days
    for day in days:
        if day is not None and (before is None or day != before.on(day.day)):
            yield day


def _row(index: GpuIndex, day: IndexDay, now: datetime) -> GpuIndexRow:
    series = index.series
    return GpuIndexRow(
        series=series.name,
        day=day.day,
        known_at=day.known_at,
        learned_at=now,
        product=series.product,
        model=series.model,
        form=series.form,
        memory_gb=series.memory_gb,
        basis=series.basis,
        condition=series.condition,
        term=series.term,
        price_usd=day.price_usd,
        offers=day.offers,
        venues=day.venues,
        is_average=day.is_average,
        is_thin=day.is_thin,
        is_whole=day.is_whole,
        event_id=day.event_id,
    )


GPU_INDEX = Projection(
    name="gpu_index",
    version=1,
    initial=None,
    reads=READS,
    project=project,
    tables=(Table("gpu_index_revision", GpuIndexRow, key=("series", "day", "known_at", "learned_at")),),
)
