"""Replay: an export in Parquet to rows in memory, on one core, through every projection."""

import gc
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow as pa

from benchmarks.facts import SEED
from benchmarks.results import Figure, Result
from benchmarks.servers import Servers
from benchmarks.trading import BASKETS, DAYS, FACTS_A_MINUTE, MINUTES_A_DAY, SHARES, export_days
from ouroboros.history.batches import EVENTS_AT_ONCE, batches
from ouroboros.history.exported import Exported
from ouroboros.history.opening import open_history
from ouroboros.history.source import Order, journaled
from projections.base import fold
from projections.bulk.folding import fold_batch
from projections.column_block import rows_of
from projections.registry import PROJECTIONS
from projections.warning_signs import WARNING_SIGNS

GOAL = 250_000
TIMES = 3
# One by one it takes so much longer that a part of a day must do.
ONE_BY_ONE = 60_000


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
    """Measure the whole of it in batches, the share of each part, and one by one beside it."""
    with TemporaryDirectory() as folder:
        size = export_days(Path(folder), DAYS)
        bytes_each = sum(file.stat().st_size for file in Path(folder).glob("*/*.parquet")) / size
        parts: dict[str, float] = defaultdict(float)
        # What stays for the whole run is nothing that the collector need look through.
        gc.collect()
        gc.freeze()
        with one_core():
            runs = [timed(lambda: in_batches(Path(folder), {})) for _ in range(TIMES)]
            best = min(runs, key=lambda one: one.processor_seconds)
            tuples = timed(lambda: in_batches(Path(folder), {}, as_tuples=True))
            single = timed(lambda: _one_by_one(Path(folder)))
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
            Figure("one by one, a second of the processor", single.a_second, "events/s"),
            Figure("in batches to one by one", best.a_second / single.a_second, "times"),
            *(
                Figure(f"of that {name}: {seconds / total:.0%}", 1e6 * seconds / size, "µs/event")
                for name, seconds in parts.items()
            ),
        ],
        [
            f"{size:,} events of {DAYS} trading days, {bytes_each:.0f} bytes each on disk: minute bars of"
            f" {SHARES} shares, hourly bars of 10 GPU models on two bases, {facts:.1%} facts; seed {SEED}.",
            f"Followed are the {len(BASKETS)} shares of the default baskets, and the few that loans pledge.",
            f"Chunks of {EVENTS_AT_ONCE:,}; the best of {TIMES}; the first {ONE_BY_ONE:,} events one by one.",
            "Writing the export is not timed; checking its hashes is. Rows of bars stay columns unless told.",
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
    """Run something that tells how many events it took."""
    began, processor = time.perf_counter(), time.process_time()
    events = run()
    return Taken(events, time.perf_counter() - began, time.process_time() - processor)


def in_batches(
    folder: Path, parts: dict[str, float], states: dict[str, Any] | None = None, *, as_tuples: bool = False
) -> int:
    """Fold an export at once, and add the processor seconds of each part to `parts`."""
    states = {} if states is None else states
    events = 0
    before = time.process_time()
    for batch in batches(Exported(folder)):
        events += len(batch)
        before = _note(parts, "reading", before)
        # As a writer would, this keeps the rows of a batch until the next one.
        kept: list[Any] = []
        for one in PROJECTIONS:
            step = fold_batch(one, states.get(one.name, one.initial), batch)
            states[one.name] = step.state
            kept.append(list(rows_of(step.pieces)) if as_tuples else step.pieces)
            before = _note(parts, one.name, before)
    return events


def fall_of_each(states: dict[str, Any]) -> dict[str, float]:
    """Tell how far each share stands below its high, as the states know it."""
    (windows,) = (one.windows for one in states[WARNING_SIGNS.name].states if hasattr(one, "facilities"))
    return {symbol: window.drawdown for symbol, window in windows.items()}


def _one_by_one(folder: Path) -> int:
    history = open_history(folder)
    events = list[Any]()
    states: dict[str, Any] = {}
    read = journaled(history.entries(Order.JOURNAL))
    count = 0
    while count < ONE_BY_ONE and (events := list(islice(read, 5_000))):
        count += len(events)
        for one in PROJECTIONS:
            states[one.name] = fold(one, states.get(one.name, one.initial), events).state
    return count


def _note(parts: dict[str, float], name: str, before: float) -> float:
    now = time.process_time()
    parts[name] = parts.get(name, 0.0) + now - before
    return now
