"""What one destination is to be sent and was sent, as the database keeps it.

A destination has an offset in the outbox, up to which everything that concerns it was put into
its own queue. It is put there in the order of the outbox, and steps about the same subject
leave in that order; whatever fails holds up only its own subject.
"""

import random
from dataclasses import dataclass
from typing import Any, Literal

import psycopg
from psycopg.sql import SQL, Identifier

from projections.definition import LEVELS, Level
from streams.evidence import with_sources
from streams.webhooks.destination import Destination
from streams.webhooks.posting import Delivered, Failed, Outcome, Refused, delay_seconds

GIVE_UP_SECONDS = 24 * 3600.0
# What waited long behind something else, or for a worker, gets a fair trial too.
LEAST_ATTEMPTS = 10

Connection = psycopg.AsyncConnection[Any]
Verdict = Literal["delivered", "waits", "given up"]

_REGISTER = """
INSERT INTO ouroboros.webhook_destination (destination, queued_to) VALUES (%s, %s)
ON CONFLICT (destination) DO NOTHING
"""
# One statement, so that what is queued and how far it goes are of one view of the outbox. A step
# concerns whoever is sent the level it reaches or the level sent last (muted steps are in no
# outbox). Several steps of one event are put in the order of their episodes.
_QUEUE = SQL("""
WITH fresh AS MATERIALIZED (
    SELECT o.message_id, o.key, o.payload, o.journal_offset, o.journal_index,
           o.payload->>'level' AS level, before.payload->>'level' AS level_before
    FROM ouroboros.webhook_destination d
    JOIN {outbox} o ON o.journal_offset > d.queued_to
    LEFT JOIN LATERAL (
        SELECT earlier.payload FROM {outbox} earlier
        WHERE earlier.message_id IN (
            SELECT concat(o.payload->>'signal_id', '/', number)
            FROM generate_series(1, (o.payload->>'step_number')::integer - 1) number
        )
        ORDER BY (earlier.payload->>'step_number')::integer DESC LIMIT 1
    ) before ON true
    WHERE d.destination = %(name)s
), queued AS (
    INSERT INTO ouroboros.webhook_delivery (destination, message_id, key, payload)
    SELECT %(name)s, message_id, key, payload FROM fresh
    WHERE level = ANY(%(levels)s) OR level_before = ANY(%(levels)s)
    ORDER BY journal_offset, journal_index, (payload->>'since')::timestamptz,
             (payload->>'step_number')::integer, message_id
    ON CONFLICT (destination, message_id) DO NOTHING
)
UPDATE ouroboros.webhook_destination SET queued_to = (SELECT max(journal_offset) FROM fresh)
WHERE destination = %(name)s AND EXISTS (SELECT FROM fresh)
""")
_NEXT = """
SELECT message_id, payload, attempts, extract(epoch FROM now() - queued_at)::float8 FROM (
    SELECT DISTINCT ON (key) message_id, payload, attempts, queued_at, next_attempt_at, place
    FROM ouroboros.webhook_delivery
    WHERE destination = %s AND next_attempt_at IS NOT NULL
    ORDER BY key, place
) first
WHERE next_attempt_at <= now() ORDER BY next_attempt_at, place LIMIT 1
"""
_RECORD = SQL("""
UPDATE ouroboros.webhook_delivery SET attempts = attempts + 1, reason = %(reason)s, {outcome}
WHERE destination = %(name)s AND message_id = %(message_id)s
""")
_DELIVERED = _RECORD.format(outcome=SQL("delivered_at = now(), next_attempt_at = NULL"))
_GIVEN_UP = _RECORD.format(outcome=SQL("given_up_at = now(), next_attempt_at = NULL"))
_WAITS = _RECORD.format(outcome=SQL("next_attempt_at = now() + make_interval(secs => %(delay)s)"))
_WAITING = SQL("""
SELECT (SELECT count(*) FROM ouroboros.webhook_delivery
        WHERE destination = ANY(%(names)s) AND next_attempt_at IS NOT NULL)
     + (SELECT count(*) FROM ouroboros.webhook_destination d
        JOIN {outbox} o ON o.journal_offset > d.queued_to WHERE d.destination = ANY(%(names)s))
""")


@dataclass(frozen=True, slots=True)
class Waiting:
    """A signal that is due, after so many failed attempts and seconds in the queue."""

    message_id: str
    payload: dict[str, Any]
    attempts: int
    waited_seconds: float


async def register(connection: Connection, destination: str, journal_end: int) -> None:
    """Register a destination; one that was never seen before begins at the present end of the journal."""
    await connection.execute(_REGISTER, (destination, journal_end - 1))


async def count_waiting(connection: Connection, schema: str, destinations: list[str]) -> int:
    """Return how many signals are still to be sent, or not queued yet."""
    statement = _WAITING.format(outbox=Identifier(schema, "outbox"))
    found = await (await connection.execute(statement, {"names": destinations})).fetchone()
    return int(found[0]) if found else 0


class Deliveries:
    """The queue of one destination, in the hands of one worker at a time."""

    def __init__(self, connection: Connection, destination: Destination, schema: str) -> None:
        self._connection = connection
        self._name = destination.name
        self._queue = _QUEUE.format(outbox=Identifier(schema, "outbox"))
        least = Level(destination.at_least)
        self._levels = [level.value for level in LEVELS if level.rank >= least.rank]

    async def lock(self) -> bool:
        """Lock the queue for as long as the connection lives; return False where another worker has it."""
        # The lock is of this database, and so of one namespace.
        statement = "SELECT pg_try_advisory_lock(hashtextextended(%s, 0))"
        name = f"ouroboros webhook {self._name}"
        found = await (await self._connection.execute(statement, (name,))).fetchone()
        return bool(found and found[0])

    async def queue(self) -> None:
        """Queue what came into the outbox since the last call."""
        await self._connection.execute(self._queue, {"name": self._name, "levels": self._levels})

    async def next(self) -> Waiting | None:
        """Return the first signal that is due, if there is one, with its sources."""
        found = await (await self._connection.execute(_NEXT, (self._name,))).fetchone()
        if found is None:
            return None
        message_id, payload, attempts, waited_seconds = found
        (payload,) = await with_sources(self._connection, [payload])
        return Waiting(message_id, payload, attempts, waited_seconds)

    async def record(self, sent: Waiting, outcome: Outcome) -> Verdict:
        """Record what came of an attempt; return what becomes of the signal."""
        values: dict[str, Any] = {"name": self._name, "message_id": sent.message_id, "reason": None}
        match outcome:
            case Delivered():
                await self._connection.execute(_DELIVERED, values)
                return "delivered"
            case Refused(reason):
                await self._connection.execute(_GIVEN_UP, values | {"reason": reason})
                return "given up"
            case Failed(reason, pause_seconds):
                chance = random.random()  # noqa: S311  no secret is made of it
                delay = max(pause_seconds, delay_seconds(sent.attempts + 1, chance))
                if is_hopeless(sent, delay):
                    return await self.record(sent, Refused(reason))
                await self._connection.execute(_WAITS, values | {"reason": reason, "delay": delay})
                return "waits"


def is_hopeless(sent: Waiting, delay: float) -> bool:
    """Return whether a signal that failed once more is given up instead of tried again after a delay."""
    return sent.attempts + 1 >= LEAST_ATTEMPTS and sent.waited_seconds + delay > GIVE_UP_SECONDS
