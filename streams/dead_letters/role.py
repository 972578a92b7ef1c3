"""The keeper of dead letters: writes them from their topic into the database, where people look."""

from dataclasses import asdict
from typing import Any

import psycopg
from psycopg.types.json import Jsonb
from tenacity import AsyncRetrying, retry_if_exception_type, wait_exponential_jitter

from events.topics import DEAD_LETTERS
from projections.store.connection import connected
from streams.dead_letters.record import DeadLetter, MessageId
from streams.faust_app import Failure, consume, create_app
from streams.roles import Health, Role
from streams.settings import Settings

# Writing a dead letter twice is writing it once: the id of its message is its key.
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


class DeadLetterRole(Role):
    """Reads the dead-letters topic as a group of its own; dead letters are few, so it has no lag to count."""

    name = "dead-letters"

    def __init__(self, settings: Settings, failure: Failure) -> None:
        self._settings = settings
        self._written = 0
        self.app = create_app(settings, self.name)
        consume(self.app, settings, [DEAD_LETTERS], "keep", failure.guard(self._work))

    def health(self) -> Health:
        """Return how many records were written since the start."""
        return Health(self._written, self._written)

    async def _work(self, batch: list[Any]) -> None:
        dead_letters = [DeadLetter.model_validate_json(event.message.value) for event in batch]
        retrying = AsyncRetrying(
            retry=retry_if_exception_type(psycopg.OperationalError),
            wait=wait_exponential_jitter(multiplier=0.1, max=2),
        )
        async for attempt in retrying:
            with attempt:
                await self._write(dead_letters)
        for event in batch:
            event.ack()
        self._written += len(batch)

    async def _write(self, dead_letters: list[DeadLetter]) -> None:
        async with connected(self._settings.database_url) as connection:
            for dead_letter in dead_letters:
                await connection.execute(_statement(dead_letter), _values(dead_letter))


def _statement(dead_letter: DeadLetter) -> str:
    if dead_letter.resolved:
        return _RESOLVE
    return _WRITE if dead_letter.is_open else _DISCARD


def _values(dead_letter: DeadLetter) -> dict[str, Any]:
    return {
        **asdict(MessageId.parse(dead_letter.message_id)),
        "key": _storable(dead_letter.key),
        "reason": _storable(dead_letter.reason),
        "raw": dead_letter.raw,
        "headers": Jsonb(dead_letter.headers),
        "at": dead_letter.at,
        "discarded_by": _storable(dead_letter.discarded_by),
        "discard_reason": _storable(dead_letter.discard_reason),
    }


def _storable(text: str | None) -> str | None:
    """Show NUL, which PostgreSQL cannot hold in a text, as an escape."""
    return text.replace("\x00", "\\x00") if text else text
