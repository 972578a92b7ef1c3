"""Memory: what a worker process holds after the events of the live benchmark."""

from benchmarks.children import Child
from benchmarks.live import WORKER, work_off
from benchmarks.results import Figure, Result
from benchmarks.servers import Servers
from benchmarks.workloads import workloads

GOAL_MB = 300


def memory(servers: Servers) -> Result:
    """Let one worker process of all roles work off every workload, and ask it what it holds."""
    settings = servers.fresh()
    figures: list[Figure] = []
    with Child(settings, WORKER) as worker:
        told = worker.answer()
        figures.append(_resident("before anything", told["resident_mb"]))
        count = 0
        for workload in workloads():
            work_off(workload, settings, [worker])
            count += len(workload.events)
            told = worker.ask("settle")
            figures.append(_resident(f"after {workload.name}: {count:,} events", told["resident_mb"]))
        figures.append(_resident("at most, on the way", told["peak_mb"]))
    return Result("Memory of a worker process with all roles", figures)


def _resident(what: str, megabytes: float) -> Figure:
    return Figure(what, megabytes, "MB", GOAL_MB, "less")
