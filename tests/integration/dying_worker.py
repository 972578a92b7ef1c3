"""A worker that kills itself as `kill -9` would, at the worst of moments, named in DIE_AT:

commit   the database has the batch, Kafka does not know
journal  the journal has the events, the ingress topics do not know
"""

import asyncio
import os
import signal
from typing import Any

from ouroboros.commands.worker import run_worker
from projections.store.projector import Projector
from streams.sequencer.sequencer import Sequencer
from streams.settings import Settings


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def die_after(kind: type[Any], method: str) -> None:
    """Let a method do its work, and then no more."""
    real = getattr(kind, method)

    async def and_die(self: Any, *args: Any, **more: Any) -> None:
        await real(self, *args, **more)
        # Nothing to do yet is no moment to die at.
        if args and args[0] and getattr(args[0], "runs", True):
            die()

    setattr(kind, method, and_die)


if __name__ == "__main__":
    match os.environ["DIE_AT"]:
        case "commit":
            die_after(Projector, "_try_commit")
        case "journal":
            die_after(Sequencer, "_append")
        case moment:
            raise SystemExit(f"There is no moment {moment!r} to die at.")
    asyncio.run(run_worker(Settings(), []))
