"""The same signal elsewhere: each share's fall from its high so far, and every crossing of a level.

Ours comes out of a whole replay: every projection, from the file on. The others get the bars in
memory, compute this one signal and write nothing. nautilus_trader is no dependency of this project:
name the interpreter of an environment that has it in OUROBOROS_BENCH_NAUTILUS, else it is left out.
"""

import hashlib
import json
import os
import subprocess
from collections.abc import Callable, Iterable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pandas as pd
import pyarrow.dataset

from benchmarks.facts import SEED
from benchmarks.in_memory import Folds
from benchmarks.replay import Taken, fall_of_each, in_batches, one_core, timed
from benchmarks.results import Figure, Result
from benchmarks.servers import Servers
from benchmarks.trading import SHARES, export_days

INTERPRETER = "OUROBOROS_BENCH_NAUTILUS"
SCRIPT = Path(__file__).with_name("peers_nautilus.py")
THRESHOLDS = (0.02, 0.04, 0.08)
# Bars of two days; of iterrows fewer must do.
DAYS = 2
ROWS_ITERATED = 30_000
TIMES = 3

Falls = dict[str, float]
Crossings = list[str]


def peers(_: Servers) -> Result:
    """Measure all of them on the same bars, and make sure that they say the same."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        export_days(folder, DAYS)
        folds = Folds()
        with one_core():
            in_batches(folder, {}, folds)
            ours = _best(lambda: in_batches(folder, {}))
            bars = _bars(folder)
        falls, crossings = _loop(bars.itertuples(index=False))
        _check("ours", fall_of_each(folds), falls)
        vectorised_falls, vectorised_crossings = _vectorised(bars)
        _check("pandas, vectorised", vectorised_falls, falls)
        assert vectorised_crossings == crossings
        figures = [
            _figure("Ouroboros: a whole replay, from the file on", ours, ours),
            *_nautilus(folder, falls, crossings, ours),
        ]
        few = bars.head(ROWS_ITERATED)
        loops: list[tuple[str, Callable[[], int]]] = [
            ("pandas: iterrows", lambda: _counted(_loop(row for _, row in few.iterrows()), few)),
            ("pandas: itertuples", lambda: _counted(_loop(bars.itertuples(index=False)), bars)),
            ("pandas: vectorised", lambda: _counted(_vectorised(bars), bars)),
        ]
        figures += [_figure(what, _best(run), ours) for what, run in loops]
    notes = [
        f"{len(bars):,} minute bars of {SHARES} shares, and for ours the facts and GPU bars among them; seed"
        f" {SEED}; a second of the processor, the best of {TIMES}.",
        f"{len(crossings):,} crossings, the same wherever they are told. Only ours reads the file and"
        " folds facts into rows.",
    ]
    if not os.environ.get(INTERPRETER):
        notes.append(f"nautilus_trader was not measured: {INTERPRETER} names no interpreter that has it.")
    return Result("The same signal elsewhere", figures, notes)


def _nautilus(folder: Path, falls: Falls, crossings: Crossings, ours: Taken) -> list[Figure]:
    interpreter = os.environ.get(INTERPRETER)
    if not interpreter:
        return []
    runs = [_run_nautilus(interpreter, folder) for _ in range(TIMES)]
    told = min(runs, key=lambda one: float(one["processor_seconds"]))
    _check("nautilus_trader", told["falls"], falls)
    assert told["sha256"] == hashlib.sha256("\n".join(crossings).encode()).hexdigest()
    taken = Taken(told["bars"], told["seconds"], told["processor_seconds"])
    return [
        _figure(f"nautilus_trader {told['version']}: its engine, bars loaded and sorted before", taken, ours)
    ]


def _run_nautilus(interpreter: str, folder: Path) -> dict[str, Any]:
    done = subprocess.run([interpreter, SCRIPT, folder], check=True, stdout=subprocess.PIPE, text=True)
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told


def _bars(folder: Path) -> pd.DataFrame:
    columns = ["key", "event_type", "bucket", "high_usd", "close_usd"]
    files = sorted(folder.glob("*/*.parquet"))
    table: pd.DataFrame = pyarrow.dataset.dataset(files).to_table(columns).to_pandas()
    return table[table.event_type == "EquityBarClosed"].drop(columns="event_type").reset_index(drop=True)


def _loop(rows: Iterable[Any]) -> tuple[Falls, Crossings]:
    highs: dict[str, float] = {}
    levels: dict[str, int] = {}
    falls: Falls = {}
    crossings: Crossings = []
    for row in rows:
        name = row.key
        highs[name] = high = max(highs.get(name, 0.0), row.high_usd)
        falls[name] = fall = round((high - row.close_usd) / high, 6)
        level = sum(fall >= threshold for threshold in THRESHOLDS)
        if level != levels.get(name, 0):
            levels[name] = level
            crossings.append(_told(name, row.bucket, level))
    return falls, sorted(crossings)


def _vectorised(bars: pd.DataFrame) -> tuple[Falls, Crossings]:
    high = bars.groupby("key", sort=False)["high_usd"].cummax()
    fall = ((high - bars["close_usd"]) / high).round(6)
    level = sum((fall >= threshold).astype(int) for threshold in THRESHOLDS)
    frame = bars.assign(fall=fall, level=level)
    before = frame.groupby("key", sort=False)["level"].shift(fill_value=0)
    crossed = frame[frame["level"] != before]
    crossings = [_told(*one) for one in zip(crossed["key"], crossed["bucket"], crossed["level"], strict=True)]
    falls = frame.groupby("key", sort=False)["fall"].last()
    return {str(name): float(fall) for name, fall in falls.items()}, sorted(crossings)


def _told(name: str, bucket: pd.Timestamp, level: int) -> str:
    return f"{name} {bucket.value // 1_000} {level}"


def _check(who: str, found: Falls, expected: Falls) -> None:
    other = [name for name, fall in expected.items() if abs(found[name] - fall) > 2e-6]
    if other:
        raise SystemExit(f"{who}: {other[0]} fell by {found[other[0]]} instead of {expected[other[0]]}.")


def _counted(_: tuple[Falls, Crossings], bars: pd.DataFrame) -> int:
    return len(bars)


def _best(run: Callable[[], int]) -> Taken:
    return min((timed(run) for _ in range(TIMES)), key=lambda one: one.processor_seconds)


def _figure(what: str, taken: Taken, ours: Taken) -> Figure:
    return Figure(f"{what} (ours to this: {ours.a_second / taken.a_second:.2f})", taken.a_second, "events/s")
