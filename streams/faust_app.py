"""Faust apps as Ouroboros uses them: raw bytes in, manual acknowledgement, no tables, no web server."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from pathlib import Path
from tempfile import gettempdir
from typing import Any

import faust

from events.topics import Topic
from streams.settings import Settings

# A batch is whatever came within this time: the price of batching, paid by every event.
GATHER_SECONDS = 0.005
BATCH = 2000
# After so long without a heartbeat a consumer's partitions are given to another.
SESSION_SECONDS = 10.0


def create_app(settings: Settings, role: str) -> Any:
    """Create the app of one role; its name is the role's consumer group."""
    return faust.App(
        settings.group(role),
        broker=[f"kafka://{address}" for address in settings.kafka.split(",")],
        autodiscover=False,
        broker_heartbeat_interval=2.0,
        broker_session_timeout=SESSION_SECONDS,
        broker_max_poll_records=BATCH,
        consumer_auto_offset_reset="earliest",
        consumer_max_fetch_size=8 * 1024 * 1024,
        # Faust makes a folder even where no table will ever be in it.
        datadir=str(Path(gettempdir()) / settings.group(role)),
        key_serializer="raw",
        value_serializer="raw",
        store="memory://",
        stream_wait_empty=False,
        topic_allow_declare=False,
        topic_disable_leader=True,
        web_enabled=False,
        worker_redirect_stdouts=False,
    )


Work = Callable[[list[Any]], Awaitable[None]]


def consume(app: Any, settings: Settings, topics: Iterable[Topic], name: str, work: Work) -> None:
    """Hand the events of topics to `work` in batches, unacknowledged, one batch at a time."""
    names = [settings.topic(topic) for topic in topics]
    channel = app.topic(
        *names, key_type=bytes, value_type=bytes, key_serializer="raw", value_serializer="raw"
    )

    async def agent(stream: Any) -> None:
        async for batch in stream.noack_take(BATCH, within=GATHER_SECONDS):
            await work(batch)

    app.agent(channel, name=name)(agent)


class Failure:
    """The first error of a worker, for whoever waits for it."""

    def __init__(self) -> None:
        self._first: asyncio.Future[BaseException] = asyncio.get_running_loop().create_future()

    def report(self, error: BaseException) -> None:
        """Record an error, unless one came before it."""
        if not self._first.done():
            self._first.set_result(error)

    async def wait(self) -> BaseException:
        """Wait for the first error."""
        return await asyncio.shield(self._first)

    def guard(self, work: Callable[..., Awaitable[None]]) -> Callable[..., Coroutine[Any, Any, None]]:
        """Return `work` that reports what it raises, and never works again.

        After an exception an agent of `noack_take` stands still without a word: so the
        error is taken out of its way, and the worker that waits for it stops the process.
        """

        async def guarded(*args: Any) -> None:
            if self._first.done():
                return
            try:
                await work(*args)
            except Exception as error:
                self.report(error)

        return guarded
