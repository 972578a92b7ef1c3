"""Signals out of the outbox, onto their topic: after the commit, at least once, in order.

Each message carries the id of its step as a header; a receiver that remembers ids sees each
step of an episode once, whatever happens here between sending and taking note of it.
"""

import asyncio
import logging
from contextlib import suppress
from typing import Any

import psycopg
from aiokafka import AIOKafkaProducer
from psycopg.sql import SQL, Identifier

from events.topics import SIGNALS
from projections.base import Projection
from streams.evidence import as_json, with_sources
from streams.kafka import Ends
from streams.settings import Settings

log = logging.getLogger(__name__)

LOOK_SECONDS = 1.0
BATCH = 500


class SignalRole:
    """Sends what the outbox holds; wakes up on every commit of the projector beside it."""

    name = "signals"
    app = None

    def __init__(
        self, settings: Settings, projection: Projection[Any], producer: AIOKafkaProducer, wake: asyncio.Event
    ) -> None:
        self._settings = settings
        self._producer = producer
        self._wake = wake
        self.sent = 0
        self._connection: psycopg.AsyncConnection[Any] | None = None
        # Versions of the projection tell the same signals under the same ids: each is sent once.
        unsent = SQL(
            "FROM {} o WHERE NOT EXISTS (SELECT FROM ouroboros.delivery d WHERE d.message_id = o.message_id)"
        ).format(Identifier(projection.schema, "outbox"))
        self._count = SQL("SELECT count(*) {}").format(unsent)
        self._unsent = SQL(
            "SELECT message_id, key, payload {}"
            " ORDER BY journal_offset, journal_index, key, (payload ->> 'step_number')::integer LIMIT {}"
        ).format(unsent, BATCH)

    async def lag(self, _ends: Ends) -> int | None:
        """Count what waits in the outbox; unknown while the database is away."""
        try:
            async with await psycopg.AsyncConnection.connect(
                self._settings.database_url, connect_timeout=2
            ) as connection:
                found = await (await connection.execute(self._count)).fetchone()
        except psycopg.OperationalError:
            return None
        return int(found[0]) if found else 0

    @property
    def progress(self) -> int:
        """Count what was done."""
        return self.sent

    @property
    def applied(self) -> int:
        """Count the signals sent since the start."""
        return self.sent

    last_event_at = None

    async def prepare(self) -> None:
        """Need nothing beforehand."""

    def tasks(self) -> list[Any]:
        """Name the loop that sends."""
        return [self._send_for_ever()]

    async def stop(self) -> None:
        """Leave the rest to the next start: it is in the outbox."""

    async def close(self) -> None:
        """Let go of the database."""
        if self._connection is not None:
            await self._connection.close()

    async def _send_for_ever(self) -> None:
        while True:
            # Not wait_for: before Python 3.12 it forgets a cancellation that a wake-up comes along with.
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOK_SECONDS):
                    await self._wake.wait()
            self._wake.clear()
            try:
                if self._connection is None or self._connection.closed:
                    self._connection = await psycopg.AsyncConnection.connect(
                        self._settings.database_url, autocommit=True, application_name="ouroboros-signals"
                    )
                while await self._send_some(self._connection) == BATCH:
                    pass
            except psycopg.OperationalError as error:
                log.warning("Signals wait in the outbox: %s", error)
                await self.close()
                self._connection = None

    async def _send_some(self, connection: psycopg.AsyncConnection[Any]) -> int:
        # Sending and taking note under one lock: two publishers would otherwise send everything twice.
        async with connection.transaction():
            await connection.execute("LOCK TABLE ouroboros.delivery IN EXCLUSIVE MODE")
            unsent = await (await connection.execute(self._unsent)).fetchall()
            payloads = await with_sources(connection, [payload for _, _, payload in unsent])
            futures = [
                await self._producer.send(
                    self._settings.topic(SIGNALS),
                    as_json(payload),
                    key=key.encode(),
                    headers=[("message_id", message_id.encode()), ("content-type", b"application/json")],
                )
                for (message_id, key, _), payload in zip(unsent, payloads, strict=True)
            ]
            if futures:
                await asyncio.gather(*futures)
                async with connection.cursor() as cursor:
                    await cursor.executemany(
                        "INSERT INTO ouroboros.delivery (message_id) VALUES (%s)",
                        [(message_id,) for message_id, _, _ in unsent],
                    )
        self.sent += len(unsent)
        return len(unsent)
