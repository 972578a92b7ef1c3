"""Events onto the ingress topics: keyed by entity, neighbours of one entity in one message."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager

from aiokafka import AIOKafkaProducer

from events.base import Event
from events.codec import cloud_event_headers, encode, encode_many
from streams.kafka import check_topics, producing
from streams.settings import Settings

EVENTS_PER_MESSAGE = 500
# Messages on their way at once: enough to keep the broker busy, few enough to keep memory small.
IN_FLIGHT = 5000


class Publisher:
    """Sends events in the order given; neighbours with the same topic and key travel together."""

    def __init__(self, settings: Settings, producer: AIOKafkaProducer) -> None:
        self._settings = settings
        self._producer = producer
        self._group: list[Event] = []
        self._sent: list[asyncio.Future[object]] = []

    async def publish(self, events: Iterable[Event]) -> None:
        """Send events; they are on the topic for sure only after `flush`."""
        for event in events:
            if self._group and (
                (self._group[0].TOPIC, self._group[0].key) != (event.TOPIC, event.key)
                or len(self._group) >= EVENTS_PER_MESSAGE
            ):
                await self._send()
            self._group.append(event)

    async def publish_together(self, events: Sequence[Event]) -> None:
        """Send events of one topic in one message: what becomes known at once is journaled at once.

        The message has the key of the first one: the broker keeps no order to others of the other keys.
        """
        await self.flush()
        for start in range(0, len(events), EVENTS_PER_MESSAGE):
            self._group = list(events[start : start + EVENTS_PER_MESSAGE])
            await self._send()
        await self.flush()

    async def flush(self) -> None:
        """Wait until the broker has everything. Raises KafkaError when it does not."""
        await self._send()
        await asyncio.gather(*self._sent)
        self._sent.clear()

    async def _send(self) -> None:
        group, self._group = self._group, []
        if not group:
            return
        value, headers = _message(group)
        self._sent.append(
            await self._producer.send(
                self._settings.topic_named(group[0].TOPIC), value, key=group[0].key.encode(), headers=headers
            )
        )
        if len(self._sent) >= IN_FLIGHT:
            await asyncio.gather(*self._sent)
            self._sent.clear()


@asynccontextmanager
async def publishing(settings: Settings) -> AsyncIterator[Publisher]:
    """Open a publisher, and flush it in the end. Raises UsageError where a topic is missing, KafkaError."""
    await check_topics(settings)
    async with producing(settings) as producer:
        publisher = Publisher(settings, producer)
        yield publisher
        await publisher.flush()


def _message(group: Sequence[Event]) -> tuple[bytes, list[tuple[str, bytes]]]:
    if len(group) == 1:
        return encode(group[0]), cloud_event_headers(group[0])
    return encode_many(group), [("content-type", b"application/json")]
