"""A worker as a process: runs until a signal, or the first error, ends it."""

import asyncio
import logging
import signal
from collections.abc import Sequence

from aiokafka.errors import KafkaError

from events.errors import OuroborosError
from streams.settings import Settings
from streams.worker import working

log = logging.getLogger(__name__)


async def run_worker(settings: Settings, only: Sequence[str]) -> None:
    """Work until SIGINT or SIGTERM. Raises whatever broke; the process then ends non-zero."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    async with working(settings, only) as worker:
        log.info("working: %s", ", ".join(role.name for role in worker.roles))
        asked = asyncio.create_task(stop.wait())
        failed = asyncio.create_task(worker.failed())
        await asyncio.wait({asked, failed}, return_when=asyncio.FIRST_COMPLETED)
        asked.cancel()
        if failed.done():
            error = failed.result()
            if not isinstance(error, OuroborosError | KafkaError):
                log.error("A bug: the worker stops, nothing was skipped.", exc_info=error)
            raise error
        failed.cancel()
        log.info("stopping")
