"""`python -m benchmarks [NAME ...]`: measure, and print a table of each benchmark."""

import sys
import time
from collections.abc import Callable, Mapping, Sequence

from rich.console import Console

from benchmarks.circularity import circularity
from benchmarks.latency import latency
from benchmarks.live import live
from benchmarks.machine import busy, describe
from benchmarks.memory import memory
from benchmarks.panels import panels
from benchmarks.peers import peers
from benchmarks.records import records
from benchmarks.replay import replay
from benchmarks.restart import restart
from benchmarks.results import Result, show
from benchmarks.servers import Servers

BENCHMARKS: Mapping[str, Callable[[Servers], Result]] = {
    "replay": replay,
    "peers": peers,
    "records": records,
    "live": live,
    "latency": latency,
    "restart": restart,
    "circularity": circularity,
    "memory": memory,
    "panels": panels,
}

# Of a table that goes into a file.
WIDTH = 120


def main(names: Sequence[str]) -> int:
    unknown = [name for name in names if name not in BENCHMARKS]
    if unknown:
        print(f"There is no benchmark {unknown[0]!r}. Known are {', '.join(BENCHMARKS)}.", file=sys.stderr)
        return 2
    out = Console(highlight=False)
    if not out.is_terminal:
        out.width = WIDTH
    out.print(describe(), style="dim", markup=False)
    with Servers() as servers:
        for name in names or BENCHMARKS:
            start = time.monotonic()
            show(BENCHMARKS[name](servers), out)
            out.print(f"{name} took {time.monotonic() - start:.0f} s; {busy()}\n", style="dim", markup=False)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
