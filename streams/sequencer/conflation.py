"""Price ticks into bars: many prints in, one bar a series and interval out.

The bars of a series cut its ticks, in the order of their offsets, into stretches without
overlap: whatever is open of a series closes together, in one run of the journal whose offset
is that of the last tick inside. So one mark per series tells exactly which ticks are in the
journal, and a redelivered tick can be dropped even when bars of other series close earlier
or later. A tick that comes after its bar was closed makes a bar of its own for the same
bucket, which adds to the first.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID, uuid5

from events.base import EVENT_ID_NAMESPACE, Certainty, Event
from events.journal import Run
from events.prices import EquityBarClosed, EquityPriced, GpuBarClosed, GpuPriced, Tick, bucket_second
from streams.messages import Message

# How long a series must be quiet, after its interval ended, before its bar is closed.
QUIET_SECONDS = 0.2
# Messages waiting for their bars are not acknowledged; more than this many are too many to redeliver.
MAX_WAITING = 50_000

BEGINNING = datetime(1990, 1, 1, tzinfo=UTC)
_SUREST_FIRST = {certainty: rank for rank, certainty in enumerate(Certainty)}


@dataclass(slots=True)
class _Draft:
    """A bar being drawn."""

    first: Tick
    last: Tick
    high_usd: float
    low_usd: float
    quantity: float = 0
    known_at: datetime = BEGINNING
    certainty: Certainty = Certainty.FILING
    ids: set[UUID] = field(default_factory=set)

    def add(self, tick: Tick) -> None:
        if tick.event_id in self.ids:
            return
        self.ids.add(tick.event_id)
        # Prints of the same moment keep the order in which they came.
        if tick.occurred_at < self.first.occurred_at:
            self.first = tick
        if tick.occurred_at >= self.last.occurred_at:
            self.last = tick
        self.high_usd = max(self.high_usd, tick.price_usd)
        self.low_usd = min(self.low_usd, tick.price_usd)
        self.quantity += tick.size if isinstance(tick, EquityPriced) else tick.quantity
        self.known_at = max(self.known_at, tick.known_at)
        self.certainty = max(self.certainty, tick.certainty, key=_SUREST_FIRST.__getitem__)


@dataclass(slots=True)
class _Series:
    """What is open of one series of one partition."""

    last_offset: int
    touched: float
    opened: float
    drafts: dict[int, _Draft] = field(default_factory=dict)
    waiting: list[Message] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Closed:
    """A stretch of a series: its bars as a run, and the messages that now wait for nothing else."""

    run: Run
    messages: Sequence[Message]


class Conflation:
    """All open bars of the partitions that this sequencer reads."""

    def __init__(self, interval_seconds: int) -> None:
        self._interval = interval_seconds
        self._open: dict[str, _Series] = {}
        # A message with ticks of several series waits until all of them are closed.
        self._waits_for: dict[Message, int] = {}

    def add(self, message: Message, ticks: Iterable[Tick], monotonic: float) -> list[Closed]:
        """Take the ticks of one message; return what an interval's end has closed."""
        by_series: dict[str, list[Tick]] = {}
        for tick in ticks:
            by_series.setdefault(series_of(message, tick), []).append(tick)
        closed = []
        for source, of_series in by_series.items():
            buckets = [bucket_second(tick.occurred_at, self._interval) for tick in of_series]
            series = self._open.get(source)
            if series and min(buckets) > max(series.drafts):
                closed.append(self._close(source))
                series = None
            if series is None:
                series = self._open[source] = _Series(message.offset, monotonic, monotonic)
            self._draw(series, message, of_series, buckets, monotonic)
        return closed

    def close_ended(self, now: datetime, monotonic: float) -> list[Closed]:
        """Close the series whose interval has ended and that have gone quiet."""
        return [
            self._close(source)
            for source, series in list(self._open.items())
            if self._has_ended(series, now, monotonic)
        ]

    def close_all(self) -> list[Closed]:
        """Close every series as it is: ticks still to come add to the bars."""
        return [self._close(source) for source in list(self._open)]

    def forget(self, partitions: Iterable[str]) -> None:
        """Drop what is open of partitions that another sequencer reads now; it reads their ticks again."""
        gone = tuple(f"{partition}#" for partition in partitions)
        for source in [source for source in self._open if source.startswith(gone)]:
            self._close(source)

    @property
    def waiting(self) -> int:
        """Count the messages whose bars are still open."""
        return len(self._waits_for)

    def _draw(
        self,
        series: _Series,
        message: Message,
        ticks: Sequence[Tick],
        buckets: Sequence[int],
        monotonic: float,
    ) -> None:
        for tick, bucket in zip(ticks, buckets, strict=True):
            draft = series.drafts.get(bucket)
            if draft is None:
                draft = series.drafts[bucket] = _Draft(tick, tick, tick.price_usd, tick.price_usd)
            draft.add(tick)
        series.last_offset = message.offset
        series.touched = monotonic
        series.waiting.append(message)
        self._waits_for[message] = self._waits_for.get(message, 0) + 1

    def _has_ended(self, series: _Series, now: datetime, monotonic: float) -> bool:
        if monotonic - series.opened > self._interval + QUIET_SECONDS:
            return True
        ended = max(series.drafts) + self._interval <= now.timestamp()
        return ended and monotonic - series.touched >= QUIET_SECONDS

    def _close(self, source: str) -> Closed:
        series = self._open.pop(source)
        bars = tuple(
            _bar(source, series.last_offset, bucket, self._interval, draft)
            for bucket, draft in sorted(series.drafts.items())
        )
        return Closed(
            Run(source, series.last_offset, bars), [one for one in series.waiting if self._release(one)]
        )

    def _release(self, message: Message) -> bool:
        """Take one wait off a message; tell whether it was the last."""
        self._waits_for[message] -= 1
        if self._waits_for[message]:
            return False
        del self._waits_for[message]
        return True


def series_of(message: Message, tick: Tick) -> str:
    """Name the source of a tick's bars in the journal."""
    match tick:
        case EquityPriced():
            return f"{message.source}#{tick.symbol}"
        case GpuPriced():
            return f"{message.source}#{tick.model}/{tick.basis}"


def _bar(source: str, offset: int, bucket: int, interval_seconds: int, draft: _Draft) -> Event:
    last = draft.last
    common = {
        # Out of its place alone, so that the same ticks closed again make the same bar.
        "event_id": uuid5(EVENT_ID_NAMESPACE, f"{source}\n{offset}\n{bucket}\n{interval_seconds}"),
        "occurred_at": last.occurred_at,
        "known_at": draft.known_at,
        "source": last.source,
        "source_url": last.source_url,
        "certainty": draft.certainty,
        "interval_seconds": interval_seconds,
        "bucket": datetime.fromtimestamp(bucket, UTC),
        "open_usd": draft.first.price_usd,
        "high_usd": draft.high_usd,
        "low_usd": draft.low_usd,
        "close_usd": last.price_usd,
        "first_at": draft.first.occurred_at,
        "last_at": last.occurred_at,
    }
    match last:
        case EquityPriced():
            return EquityBarClosed.model_validate({**common, "symbol": last.symbol, "volume": draft.quantity})
        case GpuPriced():
            return GpuBarClosed.model_validate(
                {**common, "model": last.model, "basis": last.basis, "quantity": draft.quantity}
            )
