"""The sequencer at work: Faust agents that feed it, and the tasks beside them."""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from typing import Any

from aiokafka import AIOKafkaProducer, TopicPartition
from aiokafka.structs import ConsumerRecord

from events.codec import encode
from events.families.clock import tick
from events.topics import CLOCK, DEAD_LETTERS, INGRESS
from streams.dead_letters.blocked import BlockedKeys
from streams.dead_letters.record import DeadLetter
from streams.faust_app import SESSION_SECONDS, Failure, consume, create_app
from streams.kafka import EndOffsets, reading
from streams.messages import Message, message_of
from streams.roles import Health, Loop, Role
from streams.sequencer.acknowledging import Acknowledgements
from streams.sequencer.lease import Lease
from streams.sequencer.recovery import high_water_marks_since
from streams.sequencer.sequencer import Sequencer
from streams.settings import Settings

BAR_CHECK_SECONDS = 0.1


class SequencerRole(Role):
    """Reads the ingress topics as a member of the sequencers' group."""

    name = "sequencer"

    def __init__(self, settings: Settings, producer: AIOKafkaProducer, failure: Failure) -> None:
        self._settings = settings
        self._producer = producer
        self._blocked = BlockedKeys()
        self.sequencer = Sequencer(settings, producer, self._blocked, lambda: datetime.now(UTC))
        self._known_partitions: set[str] = set()
        self._read_to: dict[str, int] = {}
        self._messages = 0
        self._one_at_a_time = asyncio.Lock()
        self._lease = Lease(SESSION_SECONDS / 2)
        self._lease.keep()
        self._acknowledgements = Acknowledgements(lambda message: message.ticket.ack())
        self._exits = AsyncExitStack()
        self.app = create_app(settings, self.name)
        consume(self.app, settings, INGRESS, "sequence", failure.guard(self._work))
        self.app.on_partitions_revoked.connect(self._on_revoked)

    async def prepare(self) -> None:
        """Read which entities have open dead letters, before anything of theirs is read."""
        dead_letters = reading(self._settings, DEAD_LETTERS)
        self._dead_letters = await self._exits.enter_async_context(dead_letters)
        self._dead_letters_end = await self._dead_letters.end()
        await self._record(self._dead_letters.read(0, self._dead_letters_end))

    def loops(self) -> Sequence[Loop]:
        """Return what runs beside the agents."""
        ticking = [self._tick] if self._settings.clock_seconds else []
        return [self._close_bars, self._follow_dead_letters, *ticking]

    async def stop(self) -> None:
        """Journal what is open; what it acknowledges is committed when the app stops."""
        async with self._one_at_a_time:
            self._acknowledgements.done(await self.sequencer.close_all())

    async def close(self) -> None:
        """Disconnect from Kafka."""
        self._lease.release()
        await self._exits.aclose()

    async def lag(self, ends: EndOffsets) -> int | None:
        """Return how many messages of this sequencer's partitions it has not read."""
        assigned = {
            self._source(partition): TopicPartition(partition.topic, partition.partition)
            for partition in (self.app.consumer.assignment() if self.app.started else ())
        }
        if not assigned:
            return None
        found = await ends.of(assigned.values())
        return sum(
            max(0, found[partition] - max(self._read_to.get(source, 0), self._start_of(partition)))
            for source, partition in assigned.items()
        )

    @property
    def settled(self) -> bool:
        """Return whether no bar is open here and no partition is left to another.

        Beside a member that died and is not missed yet, a new one is given a part of them only.
        """
        mine = len(self.app.consumer.assignment()) if self.app.started else 0
        return mine == sum(topic.partitions for topic in INGRESS) and not self.sequencer.waiting

    def _start_of(self, partition: TopicPartition) -> int:
        """Return the offset from which this sequencer was to read a partition: behind what is committed."""
        return int(self.app.consumer._committed_offset.get(partition) or 0)

    def health(self) -> Health:
        """Return how many events were journaled, and when the last ones were; a message read is progress."""
        return Health(self.sequencer.journaled, self._messages, self.sequencer.last_event_at)

    async def _work(self, batch: list[Any]) -> None:
        async with self._one_at_a_time:
            self._lease.check()
            await self._recover(self._current(batch))
            # Looked at again: partitions may have been taken away while the journal was read.
            messages = self._current(batch)
            self._acknowledgements.expect(messages)
            self._acknowledgements.done(await self.sequencer.sequence(messages, time.monotonic()))
        self._messages += len(messages)
        for message in messages:
            self._read_to[message.source] = message.offset + 1

    def _current(self, batch: list[Any]) -> list[Message]:
        """Return the messages that were read since the last rebalance.

        What was buffered before it is redelivered from the committed offset on. Sequencing it now would put
        the high-water marks ahead of messages that are still to come, and these would be dropped.
        """
        generation = self.app.consumer_generation_id
        return [
            message_of(event, self._settings.without_namespace(event.message.topic))
            for event in batch
            if event.message.generation_id == generation
        ]

    async def _recover(self, messages: list[Message]) -> None:
        """Look up what the journal holds of partitions that this sequencer has just been given."""
        of_new = [message for message in messages if message.source not in self._known_partitions]
        if of_new:
            generation = self.app.consumer_generation_id
            since = min(message.timestamp_ms for message in of_new)
            self.sequencer.restore(await high_water_marks_since(self._settings, since))
            if self.app.consumer_generation_id == generation:
                self._known_partitions.update(message.source for message in of_new)

    async def _on_revoked(self, _app: Any, revoked: Any, **_: Any) -> None:
        partitions = [self._source(partition) for partition in revoked]
        self._known_partitions.difference_update(partitions)
        self.sequencer.forget(partitions)
        self._acknowledgements.forget(partitions)

    async def _close_bars(self) -> None:
        while True:
            await asyncio.sleep(BAR_CHECK_SECONDS)
            async with self._one_at_a_time:
                self._lease.check()
                self._acknowledgements.done(await self.sequencer.close_ended(time.monotonic()))

    async def _follow_dead_letters(self) -> None:
        """Read the dead letters that other sequencers wrote or resolved."""
        await self._record(self._dead_letters.follow(self._dead_letters_end))

    async def _record(self, dead_letters: AsyncIterator[Sequence[ConsumerRecord]]) -> None:
        async for records in dead_letters:
            for record in records:
                self._blocked.record(DeadLetter.model_validate_json(record.value))

    async def _tick(self) -> None:
        """Send the time again and again, as an event like any other."""
        while True:
            await asyncio.sleep(self._settings.clock_seconds)
            await self._producer.send_and_wait(
                self._settings.topic(CLOCK), encode(tick(datetime.now(UTC))), key=b"clock"
            )

    def _source(self, partition: Any) -> str:
        return f"{self._settings.without_namespace(partition.topic)}/{partition.partition}"
