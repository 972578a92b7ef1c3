"""A replay that kills itself as `kill -9` would, after as many commits as DIE_AFTER says.

It reads little at once, so that there are many commits to die after.
"""

import os
import signal
from collections.abc import AsyncIterator
from typing import Any

from ouroboros.cli import main
from ouroboros.replay import reading
from projections.store.projector import JournalRecord, Projector
from streams.kafka import PartitionReader

FEW = 10


def read_few_at_once() -> None:
    reading.EVENTS_AT_ONCE = FEW
    read = reading.records

    async def few(journal: PartitionReader, start: int, end: int) -> AsyncIterator[list[JournalRecord]]:
        async for records in read(journal, start, end):
            for record in records:
                yield [record]

    reading.records = few


def die_after(commits: int) -> None:
    real = Projector._try_commit
    made = 0

    async def commit_and_die(self: Projector, *args: Any, **more: Any) -> None:
        nonlocal made
        await real(self, *args, **more)
        made += 1
        if made == commits:
            os.kill(os.getpid(), signal.SIGKILL)

    Projector._try_commit = commit_and_die  # type: ignore[method-assign]


if __name__ == "__main__":
    read_few_at_once()
    die_after(int(os.environ["DIE_AFTER"]))
    main()
