"""`ouroboros worker`: a process that works until a signal, or the first error, ends it."""

import asyncio
import logging
import os
import signal
import threading
from collections.abc import Sequence
from typing import Annotated

import typer
from aiokafka.errors import KafkaError

from events.errors import OuroborosError
from ouroboros.terminal import log_to_stderr, read_settings
from streams.settings import Settings

app = typer.Typer()
log = logging.getLogger(__name__)

# Ending takes a second or two. Less than docker-compose.yml allows, so that there is a word of it in the log.
ENDING_SECONDS = 25.0


@app.command()
def worker(
    only: Annotated[
        list[str] | None,
        typer.Option(
            help="sequencer, projector, dead-letters, signals, webhooks, or a projection; may be repeated."
        ),
    ] = None,
) -> None:
    """Take events in, keep the projections, raise the signals, until stopped."""
    log_to_stderr(logging.INFO)
    asyncio.run(run_worker(read_settings(), only or []))


async def run_worker(settings: Settings, only: Sequence[str]) -> None:
    """Work until SIGINT or SIGTERM. Raises whatever broke; the process then ends non-zero."""
    from streams.worker import working

    stop = asyncio.Event()
    loop = asyncio.get_running_loop()

    def end() -> None:
        stop.set()
        leave_within(ENDING_SECONDS)

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, end)
    async with working(settings, only) as running:
        log.info("working: %s", ", ".join(role.name for role in running.roles))
        asked = asyncio.create_task(stop.wait())
        failed = asyncio.create_task(running.failed())
        await asyncio.wait({asked, failed}, return_when=asyncio.FIRST_COMPLETED)
        asked.cancel()
        if failed.done():
            leave_within(ENDING_SECONDS)
            error = failed.result()
            if not isinstance(error, OuroborosError | KafkaError):
                log.error("A bug: the worker stops, nothing was skipped.", exc_info=error)
            raise error
        failed.cancel()
        log.info("stopping")


def leave_within(seconds: float) -> None:
    """End the process after a time, whatever it hangs in: what is not committed is not acknowledged."""
    timer = threading.Timer(seconds, _leave, (seconds,))
    timer.daemon = True
    timer.start()


def _leave(seconds: float) -> None:
    log.error("Ending took more than %.0f seconds: the worker leaves at once. Nothing is lost.", seconds)
    logging.shutdown()
    os._exit(1)
