"""Live: from Kafka to committed rows, beside a hand-written loop over the same messages."""

import time
from collections.abc import Sequence
from contextlib import ExitStack

import psycopg

from benchmarks.children import Child
from benchmarks.facts import SEED, SYMBOLS
from benchmarks.results import Figure, Result
from benchmarks.servers import Servers
from benchmarks.workloads import FACT_SECONDS, Workload, workloads
from streams.settings import Settings

WORKER = "benchmarks.worker_process"
# Each line is a process; none named is all roles.
ONE_PROCESS: tuple[tuple[str, ...], ...] = ((),)
TWO_PROCESSES = (("sequencer",), ("projector", "dead-letters", "signals"))
RATIO_GOAL = 0.8


def live(servers: Servers) -> Result:
    """Work off each workload by one worker process, by two, and by hand."""
    figures: list[Figure] = []
    for workload in workloads():
        one = _events_a_second(servers, workload, ONE_PROCESS)
        two = _events_a_second(servers, workload, TWO_PROCESSES)
        by_hand = _by_hand(servers, workload)
        name = workload.name
        figures += [
            Figure(f"{name}: one worker process", one, "events/s", workload.goal),
            Figure(f"{name}: sequencer and projector apart", two, "events/s", workload.goal),
            Figure(f"{name}: the hand-written loop", by_hand, "events/s"),
            Figure(f"{name}: the better of ours to the loop", max(one, two) / by_hand, "times", RATIO_GOAL),
        ]
    return Result(
        "Live: Kafka to committed rows, broker and database on the same cores",
        figures,
        [
            f"Facts of many kinds {FACT_SECONDS:g} s apart, prints of {len(SYMBOLS)} shares a second apart;"
            f" seed {SEED}.",
            "Readers join and are paused, everything is published, then the time runs from when they go on"
            " to when the last row is committed (looked at every 50 ms).",
            "Prices become bars of a minute: their last ones wait a fifth of a second for late prints.",
            "The loop writes the plain events into one table without index, the worker all read models.",
        ],
    )


def work_off(workload: Workload, settings: Settings, workers: Sequence[Child]) -> float:
    """Put a workload before workers that wait, let them go, and tell the seconds that they took."""
    for worker in workers:
        worker.pause()
    workload.publish(settings)
    start = time.perf_counter()
    for worker in workers:
        worker.resume()
    for worker in workers:
        worker.ask("settle")
    return time.perf_counter() - start


def _events_a_second(servers: Servers, workload: Workload, processes: Sequence[Sequence[str]]) -> float:
    settings = servers.fresh()
    with ExitStack() as stack:
        workers = [stack.enter_context(Child(settings, WORKER, *roles)) for roles in processes]
        for worker in workers:
            worker.answer()
        seconds = work_off(workload, settings, workers)
    workload.check(settings)
    return len(workload.events) / seconds


def _by_hand(servers: Servers, workload: Workload) -> float:
    settings = servers.fresh()
    expected = len(workload.events)
    with Child(settings, "benchmarks.hand_written", str(expected), *workload.topics) as loop:
        loop.answer()
        loop.pause()
        workload.publish(settings)
        start = time.perf_counter()
        loop.resume()
        loop.answer()
        seconds = time.perf_counter() - start
    with psycopg.connect(settings.database_url) as connection:
        assert connection.execute("SELECT count(*) FROM plain").fetchone() == (expected,)
    return expected / seconds
