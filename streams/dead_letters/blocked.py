"""Entities that wait: on ordered topics, later events of an entity wait behind its open dead letter.

They wait as dead letters of their own, so that an amendment never overtakes the deal that it amends.
"""

from events.topics import ORDERED
from streams.dead_letters.record import DeadLetter, MessageId

# A topic and a key.
_Entity = tuple[str, str]


class BlockedKeys:
    """The entities that have an open dead letter, as the dead-letters topic says."""

    def __init__(self) -> None:
        self._open: dict[str, _Entity] = {}
        self._queues: dict[_Entity, dict[str, None]] = {}

    def record(self, dead_letter: DeadLetter) -> None:
        """Record a dead letter, or what became of it."""
        message_id, entity = dead_letter.message_id, _blocked_by(dead_letter)
        known = self._open.get(message_id)
        if known == entity:
            # Sent again in vain: it keeps its rank in the queue.
            return
        if known:
            del self._open[message_id], self._queues[known][message_id]
        if entity:
            self._open[message_id] = entity
            self._queues.setdefault(entity, {})[message_id] = None

    def first_of(self, topic: str, key: str, redriven: MessageId | None = None) -> str | None:
        """Return the oldest open dead letter of an entity; one sent again waits for those before it only."""
        queue = self._queues.get((topic, key), {})
        first = next(iter(queue), None)
        return None if redriven and (first == str(redriven) or str(redriven) not in queue) else first


def _blocked_by(dead_letter: DeadLetter) -> _Entity | None:
    topic = MessageId.parse(dead_letter.message_id).topic
    if dead_letter.is_open and dead_letter.key is not None and topic in ORDERED:
        return topic, dead_letter.key
    return None
