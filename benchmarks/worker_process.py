"""A worker of the roles named on the command line, which answers when asked about itself.

It says that it is ready when it has been given its partitions and has caught up. Asked to
`settle`, it answers when everything published before is in the read models; it ends when its
standard input does.
"""

import asyncio
import json
import logging
import sys

from benchmarks.machine import peak_mb, resident_mb
from streams.settings import Settings
from streams.worker import Worker, working


async def main(roles: list[str]) -> None:
    settings = Settings()
    async with working(settings, roles) as worker:
        await worker.settle()
        _tell()
        while await _next_line(worker):
            await worker.settle()
            _tell()


async def _next_line(worker: Worker) -> str:
    """Wait for a question, or for the worker to break: then raise what broke it."""
    line = asyncio.ensure_future(asyncio.to_thread(sys.stdin.readline))
    failed = asyncio.ensure_future(worker.failed())
    await asyncio.wait({line, failed}, return_when=asyncio.FIRST_COMPLETED)
    if failed.done():
        raise failed.result()
    failed.cancel()
    asked: str = line.result()
    return asked


def _tell() -> None:
    print(json.dumps({"resident_mb": resident_mb(), "peak_mb": peak_mb()}), flush=True)


if __name__ == "__main__":
    logging.basicConfig(level=logging.ERROR)
    asyncio.run(main(sys.argv[1:]))
