"""Replay: an export in Parquet to rows in memory, on one core, through every projection."""

import gc
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa

from benchmarks.facts import SEED
from benchmarks.in_memory import Folds, Parts, note
from benchmarks.results import Figure, Result
from benchmarks.servers import Servers
from benchmarks.trading import BASKETS, DAYS, FACTS_A_MINUTE, MINUTES_A_DAY, SHARES, export_days
from ouroboros.history.batches import EVENTS_AT_ONCE, batches
from ouroboros.history.exported import Exported
from ouroboros.history.opening import open_history
from ouroboros.history.source import Order, journaled
from projections.column_block import rows_of
from projections.event_batch import batch_of

GOAL = 250_000
TIMES = 3
# Events take so much longer to read that a part of a day must do.
AS_EVENTS = 60_000


@dataclass(frozen=True)
class Taken:
    """How many events were folded in how many seconds, of the clock and of the processor."""

    events: int
    seconds: float
    processor_seconds: float

    @property
    def a_second(self) -> float:
        """Compute the rate on one core that nobody else uses."""
        return self.events / self.processor_seconds


def replay(_: Servers) -> Result:
    """Measure the whole of it in batches, the share of each part, and events in memory beside it."""
    with TemporaryDirectory() as folder:
        size = export_days(Path(folder), DAYS)
        bytes_each = sum(file.stat().st_size for file in Path(folder).glob("*/*.parquet")) / size
        parts: dict[str, float] = defaultdict(float)
        # What stays for the whole run is nothing that the collector need look through.
        gc.collect()
        gc.freeze()
        with one_core():
            runs = [timed(lambda: in_batches(Path(folder), {})) for _ in range(TIMES)]
            best = min(runs, key=lambda run: run.processor_seconds)
            tuples = timed(lambda: in_batches(Path(folder), {}, as_tuples=True))
            as_events = timed(lambda: _as_events(Path(folder)))
            in_batches(Path(folder), parts)
        gc.unfreeze()
    total = sum(parts.values())
    facts = DAYS * MINUTES_A_DAY * FACTS_A_MINUTE / size
    return Result(
        "Replay, one core: a Parquet export to rows in memory",
        [
            Figure(
                "in batches, through every projection, a second of the processor",
                best.a_second,
                "events/s",
                GOAL,
            ),
            Figure("the same, a second of the clock", best.events / best.seconds, "events/s"),
            Figure("the same, and a tuple made of each row", tuples.a_second, "events/s"),
            Figure("read as events, a second of the processor", as_events.a_second, "events/s"),
            Figure("in columns to read as events", best.a_second / as_events.a_second, "times"),
            *(
                Figure(f"of that {name}: {seconds / total:.0%}", 1e6 * seconds / size, "µs/event")
                for name, seconds in parts.items()
            ),
        ],
        [
            f"{size:,} events of {DAYS} trading days, {bytes_each:.0f} bytes each on disk: minute bars of"
            f" {SHARES} shares, hourly bars of 10 GPU models on two bases, {facts:.1%} facts; seed {SEED}.",
            f"Followed are the {len(BASKETS)} shares of the default baskets, and the few that loans pledge.",
            f"Batches of {EVENTS_AT_ONCE:,}; the best of {TIMES}.",
            f"The first {AS_EVENTS:,} were read as events, in batches of 5,000.",
            "Writing the export is not timed; checking its hashes is. Rows of bars stay columns.",
        ],
    )


class one_core:  # noqa: N801  reads as what it does
    """Let Arrow use one thread only."""

    def __enter__(self) -> None:
        self._before = pa.cpu_count(), pa.io_thread_count()
        pa.set_cpu_count(1)
        pa.set_io_thread_count(1)

    def __exit__(self, *_: object) -> None:
        pa.set_cpu_count(self._before[0])
        pa.set_io_thread_count(self._before[1])


def timed(run: Callable[[], int]) -> Taken:
    """Run something that returns how many events it took."""
    began, processor = time.perf_counter(), time.process_time()
    events = run()
    return Taken(events, time.perf_counter() - began, time.process_time() - processor)


def in_batches(folder: Path, parts: Parts, folds: Folds | None = None, *, as_tuples: bool = False) -> int:
    """Fold an export at once, and add the processor seconds of each part to `parts`."""
    folds = folds or Folds()
    events = 0
    began = time.process_time()
    for batch in batches(Exported(folder), Order.JOURNAL):
        events += len(batch)
        note(parts, "reading", began)
        # As a writer would, this keeps the rows of a batch until the next one.
        kept = folds.fold(batch, parts)
        if as_tuples:
            kept = [tuple(rows_of(pieces)) for pieces in kept]
        began = time.process_time()
    return events


def fall_of_each(folds: Folds) -> dict[str, float]:
    """Return how far each share stands below its high, as the world knows it."""
    return {symbol: year.drawdown for symbol, year in folds.world.prices.shares.items()}


def _as_events(folder: Path) -> int:
    folds, count = Folds(), 0
    read = journaled(open_history(folder).entries(Order.JOURNAL))
    while count < AS_EVENTS and (events := list(islice(read, 5_000))):
        count += len(events)
        folds.fold(batch_of(events))
    return count
