"""Signals out of the outbox, onto their topic: after the commit, at least once, in order.

Each message carries the id of its step as a header; a receiver that remembers ids sees each
step of an episode once, whatever happens here between sending it and recording that it was sent.
"""

import asyncio
import logging
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import psycopg
from aiokafka import AIOKafkaProducer
from psycopg.sql import SQL, Identifier

from events.topics import SIGNALS
from projections.base import Projection
from projections.store.connection import connected
from streams.evidence import as_json, with_sources
from streams.kafka import EndOffsets
from streams.roles import Health, Loop, Role
from streams.settings import Settings

log = logging.getLogger(__name__)

POLL_SECONDS = 1.0
BATCH = 500


class SignalRole(Role):
    """Sends what the outbox holds; wakes up on every commit of the projector beside it."""

    name = "signals"

    def __init__(
        self, settings: Settings, projection: Projection[Any], producer: AIOKafkaProducer, wake: asyncio.Event
    ) -> None:
        self._settings = settings
        self._producer = producer
        self._wake = wake
        self._sent = 0
        # Versions of the projection give the same signals the same ids: each is sent once.
        unsent = SQL(
            "FROM {} o WHERE NOT EXISTS (SELECT FROM ouroboros.delivery d WHERE d.message_id = o.message_id)"
            " AND NOT EXISTS (SELECT FROM ouroboros.sends_after s WHERE s.projection = {} AND s.version = {}"
            " AND o.journal_offset <= s.journal_offset)"
        ).format(Identifier(projection.schema, "outbox"), projection.name, projection.version)
        self._count = SQL("SELECT count(*) {}").format(unsent)
        self._unsent = SQL(
            "SELECT message_id, key, payload {}"
            " ORDER BY journal_offset, journal_index, key, (payload ->> 'step_number')::integer LIMIT {}"
        ).format(unsent, BATCH)

    async def lag(self, _ends: EndOffsets) -> int | None:
        """Return how many signals wait in the outbox; None while the database is away."""
        try:
            async with connected(self._settings.database_url, connect_timeout=2) as connection:
                found = await (await connection.execute(self._count)).fetchone()
        except psycopg.OperationalError:
            return None
        return int(found[0]) if found else 0

    def health(self) -> Health:
        """Return how many signals were sent since the start."""
        return Health(self._sent, self._sent)

    def loops(self) -> Sequence[Loop]:
        """Return the loop that sends."""
        return [self._send_for_ever]

    async def _send_for_ever(self) -> None:
        while True:
            await self._wake_up()
            try:
                async with connected(
                    self._settings.database_url, autocommit=True, application_name="ouroboros-signals"
                ) as connection:
                    while True:
                        if await self._send_some(connection) < BATCH:
                            await self._wake_up()
            except psycopg.OperationalError as error:
                log.warning("Signals wait in the outbox: %s", error)

    async def _wake_up(self) -> None:
        # Not wait_for: before Python 3.12 it forgets a cancellation that a wake-up comes along with.
        with suppress(TimeoutError):
            async with asyncio.timeout(POLL_SECONDS):
                await self._wake.wait()
        self._wake.clear()

    async def _send_some(self, connection: psycopg.AsyncConnection[Any]) -> int:
        # Sending and recording it under one lock: two publishers would otherwise send everything twice.
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
        self._sent += len(unsent)
        return len(unsent)
