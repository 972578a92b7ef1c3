"""Price ticks into bars: many prints in, one bar a series and interval out.

The bars of a series cut its ticks, in the order of their offsets, into stretches without
overlap: whatever is open of a series closes together, in one run of the journal whose offset
is that of the last tick inside. So one high-water mark per series says exactly which ticks are
in the journal, and a redelivered tick can be dropped even when bars of other series close
earlier or later. A tick that comes after its bar was closed makes a bar of its own for the same
bucket, which adds to the first.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from events.bars import SeriesDraft, series_of
from events.families.prices import Tick
from events.journal import Run
from streams.messages import Message

# How long a series must be quiet, after its interval ended, before its bar is closed.
QUIET_SECONDS = 0.2
# Messages waiting for their bars are not acknowledged; more than this many are too many to redeliver.
MAX_WAITING = 50_000


@dataclass(slots=True)
class _OpenSeries:
    """What is open of one series of one partition; times are those of a monotonic clock, in seconds."""

    draft: SeriesDraft
    opened_at: float
    last_offset: int
    touched_at: float
    waiting: list[Message] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class ClosedSeries:
    """A stretch of a series: its bars as a run, and the messages that now wait for nothing else."""

    run: Run
    messages: Sequence[Message]


class Conflation:
    """All open bars of the partitions that this sequencer reads."""

    def __init__(self, interval_seconds: int) -> None:
        self._interval = interval_seconds
        self._open: dict[str, _OpenSeries] = {}
        # A message with ticks of several series waits until all of them are closed.
        self._waits_for: Counter[Message] = Counter()

    def add(self, message: Message, ticks: Iterable[Tick], monotonic: float) -> list[ClosedSeries]:
        """Draw the ticks of one message; return what the end of an interval has closed."""
        by_series: dict[str, list[Tick]] = {}
        for tick in ticks:
            by_series.setdefault(series_of(tick), []).append(tick)
        closed = []
        for name, ticks_of_series in by_series.items():
            source = bar_source(message, name)
            series = self._open.get(source)
            if series and min(tick.occurred_at for tick in ticks_of_series).timestamp() >= series.draft.ends:
                closed.append(self._close(source))
                series = None
            if series is None:
                draft = SeriesDraft(self._interval)
                series = self._open[source] = _OpenSeries(draft, monotonic, message.offset, monotonic)
            for tick in ticks_of_series:
                series.draft.add(tick)
            series.last_offset = message.offset
            series.touched_at = monotonic
            series.waiting.append(message)
            self._waits_for[message] += 1
        return closed

    def close_ended(self, now: datetime, monotonic: float) -> list[ClosedSeries]:
        """Close the series whose interval has ended and that have gone quiet."""
        return [
            self._close(source)
            for source, series in list(self._open.items())
            if self._has_ended(series, now, monotonic)
        ]

    def close_all(self) -> list[ClosedSeries]:
        """Close every series as it is: ticks still to come add to the bars."""
        return [self._close(source) for source in list(self._open)]

    def forget(self, partitions: Iterable[str]) -> None:
        """Drop what is open of partitions that another sequencer reads now; it reads their ticks again."""
        prefixes = tuple(f"{partition}#" for partition in partitions)
        for source in [source for source in self._open if source.startswith(prefixes)]:
            self._close(source)

    @property
    def waiting(self) -> int:
        """Return the number of messages whose bars are still open."""
        return len(self._waits_for)

    def _has_ended(self, series: _OpenSeries, now: datetime, monotonic: float) -> bool:
        if monotonic - series.opened_at > self._interval + QUIET_SECONDS:
            return True
        ended = series.draft.ends <= now.timestamp()
        return ended and monotonic - series.touched_at >= QUIET_SECONDS

    def _close(self, source: str) -> ClosedSeries:
        series = self._open.pop(source)
        return ClosedSeries(
            Run(source, series.last_offset, series.draft.bars()),
            [message for message in series.waiting if self._release(message)],
        )

    def _release(self, message: Message) -> bool:
        """Count one series less that a message waits for; return whether it was the last."""
        self._waits_for[message] -= 1
        if self._waits_for[message]:
            return False
        del self._waits_for[message]
        return True


def bar_source(message: Message, series: str) -> str:
    """Return the name of the source that bars of a series have in the journal."""
    return f"{message.source}#{series}"
