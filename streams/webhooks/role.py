"""Signals posted to webhooks: each destination on its own, after the commit, at least once.

A slow or broken receiver holds up no other. What is posted and not yet recorded when a
worker dies is posted again, under the same key.
"""

import asyncio
import logging
import time
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager, suppress
from functools import partial
from typing import Any

import aiohttp
import psycopg

from events.errors import UsageError
from projections.base import Projection
from projections.store.connection import connected
from streams.kafka import EndOffsets, end_offsets
from streams.roles import Health, Loop, Role
from streams.settings import Settings
from streams.webhooks.deliveries import Deliveries, Verdict, count_waiting, register
from streams.webhooks.destination import Destination
from streams.webhooks.posting import Delivered, Failed, Outcome, open_session, post

log = logging.getLogger(__name__)

POLL_SECONDS = 1.0


class WebhookRole(Role):
    """Posts what the outbox holds, for the destinations that no other worker has in its hands."""

    name = "webhooks"

    def __init__(self, settings: Settings, projection: Projection[Any]) -> None:
        self._settings = settings
        self._schema = projection.schema
        self._destinations = settings.destinations
        if not self._destinations:
            raise UsageError("No webhook is set up.", "Name at least one in OUROBOROS_WEBHOOKS.")
        self._in_hand: set[str] = set()
        self._failing: set[str] = set()
        self._polls = dict.fromkeys((destination.name for destination in self._destinations), 0)
        self._stopped = False
        self._delivered = 0

    async def lag(self, _ends: EndOffsets) -> int | None:
        """Return how many posts wait; None while another worker posts or the database is away."""
        if self._stopped or not self._in_hand:
            return None
        try:
            async with self._connect("ouroboros-watch") as connection:
                return await count_waiting(connection, self._schema, sorted(self._in_hand))
        except psycopg.OperationalError:
            return None

    def health(self) -> Health:
        """Return how many posts were accepted; a poll is progress: one that fails is no standstill."""
        return Health(self._delivered, min(self._polls.values()))

    async def prepare(self) -> None:
        """Register destinations; those that are new begin at the present end of the journal."""
        async with end_offsets(self._settings) as ends:
            end = await ends.of_journal()
        async with self._connect("ouroboros-webhooks") as connection:
            for destination in self._destinations:
                await register(connection, destination.name, end)

    def loops(self) -> Sequence[Loop]:
        """Return the loops that post, one a destination."""
        return [partial(self._serve_for_ever, destination) for destination in self._destinations]

    async def stop(self) -> None:
        """Delete the row of health: by the next start, which does the rest, there may be no webhooks."""
        self._stopped = True
        with suppress(psycopg.OperationalError):
            async with self._connect("ouroboros-webhooks") as connection:
                await connection.execute("DELETE FROM ouroboros.component WHERE component = %s", (self.name,))

    def _connect(self, application_name: str) -> AbstractAsyncContextManager[psycopg.AsyncConnection[Any]]:
        return connected(
            self._settings.database_url,
            autocommit=True,
            connect_timeout=2,
            application_name=application_name,
        )

    async def _serve_for_ever(self, destination: Destination) -> None:
        async with open_session() as session:
            while True:
                try:
                    async with self._connect("ouroboros-webhooks") as connection:
                        deliveries = Deliveries(connection, destination, self._schema)
                        await self._serve(destination, deliveries, session)
                except psycopg.OperationalError as error:
                    log.warning("Signals wait for the webhook %s: %s", destination.name, error)
                finally:
                    self._in_hand.discard(destination.name)
                await self._pause(destination)

    async def _serve(
        self, destination: Destination, deliveries: Deliveries, session: aiohttp.ClientSession
    ) -> None:
        while not await deliveries.lock():
            await self._pause(destination)
        self._in_hand.add(destination.name)
        resume_at = 0.0
        while True:
            await deliveries.queue()
            waiting = None if time.monotonic() < resume_at else await deliveries.next()
            if waiting is None:
                await self._pause(destination)
                continue
            outcome = await post(session, destination, waiting.message_id, waiting.payload)
            verdict = await deliveries.record(waiting, outcome)
            self._log(destination.name, waiting.message_id, outcome, verdict)
            self._polls[destination.name] += 1
            if isinstance(outcome, Failed):
                resume_at = time.monotonic() + outcome.pause_seconds

    async def _pause(self, destination: Destination) -> None:
        self._polls[destination.name] += 1
        await asyncio.sleep(POLL_SECONDS)

    def _log(self, name: str, message_id: str, outcome: Outcome, verdict: Verdict) -> None:
        """Log once that a destination fails and once that it works again; and name each loss."""
        if isinstance(outcome, Delivered):
            self._delivered += 1
            if name in self._failing:
                self._failing.remove(name)
                log.info("The webhook %s takes signals again.", name)
            return
        if verdict == "given up":
            log.error("The webhook %s was not given %s: %s", name, message_id, outcome.reason)
        elif name not in self._failing:
            self._failing.add(name)
            log.warning("The webhook %s fails, its signals wait: %s", name, outcome.reason)
