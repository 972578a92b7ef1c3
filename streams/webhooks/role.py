"""Signals posted to webhooks: each destination on its own, after the commit, at least once.

A slow or broken receiver holds up no other. What is posted and not yet written down when a
worker dies is posted again, under the same key.
"""

import asyncio
import logging
import time
from contextlib import suppress
from typing import Any

import aiohttp
import psycopg
from aiokafka import TopicPartition

from events.errors import UsageError
from events.topics import JOURNAL
from projections.base import Projection
from streams.kafka import Ends
from streams.settings import Settings
from streams.webhooks.deliveries import Deliveries, Verdict, count_waiting, register
from streams.webhooks.destination import Destination
from streams.webhooks.posting import Delivered, Failed, Outcome, open_session, post

log = logging.getLogger(__name__)

LOOK_SECONDS = 1.0


class WebhookRole:
    """Posts what the outbox holds, for the destinations that no other worker has in its hands."""

    name = "webhooks"
    app = None
    last_event_at = None

    def __init__(self, settings: Settings, projection: Projection[Any]) -> None:
        self._settings = settings
        self._schema = projection.schema
        self._destinations = settings.destinations
        if not self._destinations:
            raise UsageError("No webhook is set up.", "Name at least one in OUROBOROS_WEBHOOKS.")
        self._in_hand: set[str] = set()
        self._failing: set[str] = set()
        self._looks = dict.fromkeys((one.name for one in self._destinations), 0)
        self._stopped = False
        self.delivered = 0

    async def lag(self, _ends: Ends) -> int | None:
        """Count what waits to be posted; unknown while another worker posts or the database is away."""
        if self._stopped or not self._in_hand:
            return None
        try:
            async with await self._connect("ouroboros-watch") as connection:
                return await count_waiting(connection, self._schema, sorted(self._in_hand))
        except psycopg.OperationalError:
            return None

    @property
    def progress(self) -> int:
        """Count how often every destination was looked after: one that fails is no standstill."""
        return min(self._looks.values())

    @property
    def applied(self) -> int:
        """Count the posts that were taken since the start."""
        return self.delivered

    async def prepare(self) -> None:
        """Let destinations that are new begin at the present end of the journal."""
        journal = TopicPartition(self._settings.topic(JOURNAL), 0)
        ends = Ends(self._settings)
        await ends.start()
        try:
            end = (await ends.of([journal]))[journal]
        finally:
            await ends.stop()
        async with await self._connect("ouroboros-webhooks") as connection:
            for destination in self._destinations:
                await register(connection, destination.name, end)

    def tasks(self) -> list[Any]:
        """Name the loops that post, one a destination."""
        return [self._serve_for_ever(destination) for destination in self._destinations]

    async def stop(self) -> None:
        """Leave the rest to the next start, and its row of health too: there may be no webhooks by then."""
        self._stopped = True
        with suppress(psycopg.OperationalError):
            async with await self._connect("ouroboros-webhooks") as connection:
                await connection.execute("DELETE FROM ouroboros.component WHERE component = %s", (self.name,))

    async def close(self) -> None:
        """Hold nothing: each loop lets go of what it has."""

    async def _connect(self, application_name: str) -> psycopg.AsyncConnection[Any]:
        return await psycopg.AsyncConnection.connect(
            self._settings.database_url,
            autocommit=True,
            connect_timeout=2,
            application_name=application_name,
        )

    async def _serve_for_ever(self, destination: Destination) -> None:
        async with open_session() as session:
            while True:
                try:
                    async with await self._connect("ouroboros-webhooks") as connection:
                        deliveries = Deliveries(connection, destination, self._schema)
                        await self._serve(destination, deliveries, session)
                except psycopg.OperationalError as error:
                    log.warning("Signals wait for the webhook %s: %s", destination.name, error)
                finally:
                    self._in_hand.discard(destination.name)
                await self._rest(destination)

    async def _serve(
        self, destination: Destination, deliveries: Deliveries, session: aiohttp.ClientSession
    ) -> None:
        while not await deliveries.take():
            await self._rest(destination)
        self._in_hand.add(destination.name)
        resume_at = 0.0
        while True:
            await deliveries.queue()
            waiting = None if time.monotonic() < resume_at else await deliveries.next()
            if waiting is None:
                await self._rest(destination)
                continue
            outcome = await post(session, destination, waiting.message_id, waiting.payload)
            self._tell(
                destination.name, waiting.message_id, outcome, await deliveries.record(waiting, outcome)
            )
            self._looks[destination.name] += 1
            if isinstance(outcome, Failed):
                resume_at = time.monotonic() + outcome.pause_seconds

    async def _rest(self, destination: Destination) -> None:
        self._looks[destination.name] += 1
        await asyncio.sleep(LOOK_SECONDS)

    def _tell(self, name: str, message_id: str, outcome: Outcome, verdict: Verdict) -> None:
        """Say once that a destination fails and once that it works again; and name each loss."""
        if isinstance(outcome, Delivered):
            self.delivered += 1
            if name in self._failing:
                self._failing.remove(name)
                log.info("The webhook %s takes signals again.", name)
            return
        if verdict == "given up":
            log.error("The webhook %s was not given %s: %s", name, message_id, outcome.reason)
        elif name not in self._failing:
            self._failing.add(name)
            log.warning("The webhook %s fails, its signals wait: %s", name, outcome.reason)
