"""Roles, the parts of the pipeline that a worker can play, and their supervision.

Consumers are known to die without a word. So each role's progress is looked at from
outside: one that has something to read and does nothing for too long fails the worker.
"""

import asyncio
import time
from collections.abc import Callable, Coroutine, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any, NamedTuple

import psycopg

from events.errors import Stalled
from projections.store.connection import connected
from streams.kafka import EndOffsets
from streams.settings import Settings

HEARTBEAT_SECONDS = 2.0

Loop = Callable[[], Coroutine[Any, Any, None]]


class Health(NamedTuple):
    """How much a role has done, what changes whenever it does anything, and the time of its newest event."""

    applied: int
    progress: int
    last_event_at: datetime | None = None


class Role:
    """A part of the pipeline; what a role has no need of stays as it is here."""

    name: str
    # Its Faust app, where it reads topics.
    app: Any = None

    async def prepare(self) -> None:
        """Do what must be done before anything is read."""

    def loops(self) -> Sequence[Loop]:
        """Return what runs beside the app, for ever."""
        return ()

    async def stop(self) -> None:
        """Bring things to an end while Kafka is still there."""

    async def close(self) -> None:
        """Disconnect from everything."""

    async def lag(self, _ends: EndOffsets) -> int | None:
        """Return how much is still to do; None while another worker is on duty."""
        return 0

    def health(self) -> Health:
        """Return what was done since the start."""
        raise NotImplementedError


async def supervise(settings: Settings, roles: Sequence[Role], ends: EndOffsets) -> None:
    """Write into the database how the roles are, every few seconds, until one stalls. Raises Stalled."""
    moved_at = {role.name: (role.health().progress, time.monotonic()) for role in roles}
    while True:
        await asyncio.sleep(HEARTBEAT_SECONDS)
        for role in roles:
            lag = await role.lag(ends)
            _check_progress(settings, role, lag, moved_at)
            if lag is not None:
                await _write_heartbeat(settings, role, lag)


def _check_progress(
    settings: Settings, role: Role, lag: int | None, moved_at: dict[str, tuple[int, float]]
) -> None:
    before, since = moved_at[role.name]
    progress, now = role.health().progress, time.monotonic()
    if not lag or progress != before:
        moved_at[role.name] = (progress, now)
    elif now - since > settings.stall_seconds:
        raise Stalled(
            f"The {role.name} has {lag:,} to go and has done nothing for {now - since:.0f} seconds.",
            "The worker stops; whatever supervises it should start it again.",
        )


async def _write_heartbeat(settings: Settings, role: Role, lag: int) -> None:
    health = role.health()
    # A database that is away is the projector's to wait for; the heart goes on beating.
    with suppress(psycopg.OperationalError):
        async with connected(
            settings.database_url, connect_timeout=2, application_name="ouroboros-watch"
        ) as connection:
            await connection.execute(
                "INSERT INTO ouroboros.component VALUES (%s, %s, %s, %s, now())"
                " ON CONFLICT (component) DO UPDATE SET last_event_at = EXCLUDED.last_event_at,"
                " lag = EXCLUDED.lag, applied = EXCLUDED.applied, beat_at = now()",
                (role.name, health.last_event_at, lag, health.applied),
            )
