"""The watch beside the roles: tells the database how each is doing, and notices one that stands still.

Consumers are known to die without a word. So each role's progress is looked at from
outside: one that has something to read and does nothing for too long fails the worker.
"""

import asyncio
import logging
import time
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any, Protocol

import psycopg

from events.errors import Stalled
from streams.kafka import Ends
from streams.settings import Settings

log = logging.getLogger(__name__)

BEAT_SECONDS = 2.0


class Role(Protocol):
    """A part of the pipeline that a worker can play."""

    name: str
    app: Any

    async def prepare(self) -> None:
        """Do what must be done before anything is read."""

    def tasks(self) -> list[Any]:
        """Give the coroutines that run beside the agents, for ever."""

    async def stop(self) -> None:
        """Bring things to an end while Kafka is still there."""

    async def close(self) -> None:
        """Let go of everything."""

    async def lag(self, ends: Ends) -> int | None:
        """Count what is still to do; None while another worker is on duty."""

    @property
    def progress(self) -> int:
        """Change whenever anything is done."""

    @property
    def applied(self) -> int:
        """Count what was done since the start."""

    @property
    def last_event_at(self) -> datetime | None:
        """Tell when something was last heard of."""


async def watch(settings: Settings, roles: Sequence[Role], ends: Ends) -> None:
    """Look at the roles every few seconds, until one stalls.

    Raises Stalled.
    """
    moved_at = {role.name: (role.progress, time.monotonic()) for role in roles}
    while True:
        await asyncio.sleep(BEAT_SECONDS)
        for role in roles:
            lag = await role.lag(ends)
            _note_progress(settings, role, lag, moved_at)
            if lag is not None:
                await _beat(settings, role, lag)


def _note_progress(
    settings: Settings, role: Role, lag: int | None, moved_at: dict[str, tuple[int, float]]
) -> None:
    progress, since = moved_at[role.name]
    now = time.monotonic()
    if not lag or role.progress != progress:
        moved_at[role.name] = (role.progress, now)
    elif now - since > settings.stall_seconds:
        raise Stalled(
            f"The {role.name} has {lag:,} to go and has done nothing for {now - since:.0f} seconds.",
            "The worker stops; whatever supervises it should start it again.",
        )


async def _beat(settings: Settings, role: Role, lag: int) -> None:
    # A database that is away is the projector's to wait for; the heart goes on beating.
    with suppress(psycopg.OperationalError):
        async with await psycopg.AsyncConnection.connect(
            settings.database_url, connect_timeout=2, application_name="ouroboros-watch"
        ) as connection:
            await connection.execute(
                "INSERT INTO ouroboros.component VALUES (%s, %s, %s, %s, now())"
                " ON CONFLICT (component) DO UPDATE SET last_event_at = EXCLUDED.last_event_at,"
                " lag = EXCLUDED.lag, applied = EXCLUDED.applied, beat_at = now()",
                (role.name, role.last_event_at, lag, role.applied),
            )
