"""The keeper of dead letters: writes them from their topic into the database, where people look."""

from typing import Any

import psycopg
from psycopg.types.json import Jsonb
from tenacity import AsyncRetrying, retry_if_exception_type, wait_exponential_jitter

from events.topics import DEAD_LETTERS
from streams.dead_letters import DeadLetter, Place
from streams.faust_app import Failure, consume, create_app
from streams.kafka import Ends
from streams.settings import Settings

# Writing a letter twice is writing it once: its place is its key.
_WRITE = """
INSERT INTO ouroboros.dead_letter (topic, partition, "offset", index, key, reason, raw, headers, received_at)
VALUES (%(topic)s, %(partition)s, %(offset)s, %(index)s, %(key)s, %(reason)s, %(raw)s, %(headers)s, %(at)s)
ON CONFLICT (topic, partition, "offset", index) DO UPDATE
SET reason = EXCLUDED.reason, resolved_at = NULL,
    discarded_at = NULL, discarded_by = NULL, discard_reason = NULL,
    attempts = dead_letter.attempts + (EXCLUDED.received_at > dead_letter.received_at)::integer,
    received_at = greatest(dead_letter.received_at, EXCLUDED.received_at)
"""
_RESOLVE = """
UPDATE ouroboros.dead_letter SET resolved_at = %(at)s
WHERE (topic, partition, "offset", index) = (%(topic)s, %(partition)s, %(offset)s, %(index)s)
"""
_DISCARD = """
UPDATE ouroboros.dead_letter
SET discarded_at = %(at)s, discarded_by = %(discarded_by)s, discard_reason = %(discard_reason)s
WHERE (topic, partition, "offset", index) = (%(topic)s, %(partition)s, %(offset)s, %(index)s)
"""


class DeadLetterRole:
    """Reads the dead-letters topic as a group of its own."""

    name = "dead-letters"

    def __init__(self, settings: Settings, failure: Failure) -> None:
        self._settings = settings
        self.kept = 0
        self.app = create_app(settings, self.name)
        consume(self.app, settings, [DEAD_LETTERS], "keep", failure.guard(self._work))

    async def lag(self, _ends: Ends) -> int | None:
        """Count nothing: dead letters are few and have no order to keep."""
        return 0

    @property
    def progress(self) -> int:
        """Count what was done."""
        return self.kept

    @property
    def applied(self) -> int:
        """Count the letters kept since the start."""
        return self.kept

    last_event_at = None

    async def prepare(self) -> None:
        """Need nothing beforehand."""

    def tasks(self) -> list[Any]:
        """Run nothing beside the agent."""
        return []

    async def stop(self) -> None:
        """Leave nothing open."""

    async def close(self) -> None:
        """Hold nothing."""

    async def _work(self, batch: list[Any]) -> None:
        letters = [DeadLetter.model_validate_json(event.message.value) for event in batch]
        retrying = AsyncRetrying(
            retry=retry_if_exception_type(psycopg.OperationalError),
            wait=wait_exponential_jitter(multiplier=0.1, max=2),
        )
        async for attempt in retrying:
            with attempt:
                await self._write(letters)
        for event in batch:
            event.ack()
        self.kept += len(batch)

    async def _write(self, letters: list[DeadLetter]) -> None:
        async with await psycopg.AsyncConnection.connect(self._settings.database_url) as connection:
            for one in letters:
                place = Place.parse(one.place)
                await connection.execute(
                    _RESOLVE if one.resolved else _WRITE if one.is_open else _DISCARD,
                    {
                        "topic": place.topic,
                        "partition": place.partition,
                        "offset": place.offset,
                        "index": place.index,
                        "key": _storable(one.key),
                        "reason": _storable(one.reason),
                        "raw": one.raw,
                        "headers": Jsonb(one.headers),
                        "at": one.at,
                        "discarded_by": _storable(one.discarded_by),
                        "discard_reason": _storable(one.discard_reason),
                    },
                )


def _storable(text: str | None) -> str | None:
    """Show NUL, which PostgreSQL cannot hold in a text, as an escape."""
    return text.replace("\x00", "\\x00") if text else text
