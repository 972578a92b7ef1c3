"""Putting a history in the order in which the world could know it, in bounded memory.

What fits is sorted in memory. What does not is cut into sorted runs, each in a temporary file
without a name, and the runs are merged line by line. Memory holds one run of at most RUN_EVENTS
events and RUN_BYTES of JSON, and a block of each run that was written down.
"""

import heapq
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from typing import IO

from ouroboros.history.source import Entry, Order, Stored, entry, stored

RUN_EVENTS = 200_000
RUN_BYTES = 128 * 1024 * 1024

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def in_known_order(rows: Iterable[Stored], run_events: int = RUN_EVENTS) -> Iterator[Stored]:
    """Sort by (known_at, offset, index); what does not fit into one run goes to disk meanwhile."""
    with ExitStack() as files:
        runs: list[IO[bytes]] = []
        run: list[Stored] = []
        size = 0
        for row in rows:
            run.append(row)
            size += len(row.payload)
            if len(run) >= run_events or size >= RUN_BYTES:
                runs.append(_written(sorted(run), files))
                run, size = [], 0
        run.sort()
        if runs:
            yield from heapq.merge(*map(_read, runs), run)
        else:
            yield from run


def ordered(entries: Iterable[Entry], order: Order, until: datetime | None, where: str) -> Iterator[Entry]:
    """Put entries that come in journal order into an order, those that were known by `until`."""
    wanted = (row for row in entries if until is None or row.event.known_at <= until)
    if order is Order.JOURNAL:
        yield from wanted
    else:
        for row in in_known_order(map(stored, wanted)):
            yield entry(row, where)


def _written(run: list[Stored], files: ExitStack) -> IO[bytes]:
    file = files.enter_context(tempfile.TemporaryFile(buffering=1 << 16))  # noqa: SIM115
    for row in run:
        # JSON as it is encoded here holds no line feed.
        microseconds = (row.known_at - _EPOCH) // _MICROSECOND
        file.write(b"%d %d %d %s\n" % (microseconds, row.journal_offset, row.journal_index, row.payload))
    file.seek(0)
    return file


def _read(file: IO[bytes]) -> Iterator[Stored]:
    for line in file:
        microseconds, offset, index, payload = line.split(b" ", 3)
        known_at = _EPOCH + timedelta(microseconds=int(microseconds))
        yield Stored(known_at, int(offset), int(index), payload[:-1])
