"""Kafka by aiokafka: topics, producers, and reading a partition from one offset to another."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import TypeVar

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import (
    KafkaConnectionError,
    KafkaError,
    NodeNotReadyError,
    RequestTimedOutError,
    TopicAlreadyExistsError,
    for_code,
)
from aiokafka.structs import ConsumerRecord
from tenacity import retry, retry_if_exception_type, retry_if_result, stop_after_delay, wait_fixed

from events.errors import UsageError
from events.topics import ALL, INGRESS, JOURNAL, Topic
from streams.settings import Settings

Client = TypeVar("Client", AIOKafkaAdminClient, AIOKafkaProducer, AIOKafkaConsumer)

MAX_REQUEST_BYTES = 32 * 1024 * 1024
FETCH_BYTES = 8 * 1024 * 1024

_FOR_EVER = {
    "retention.ms": "-1",
    "retention.bytes": "-1",
    "cleanup.policy": "delete",
    "max.message.bytes": str(MAX_REQUEST_BYTES),
    # The broker's clock: where a sequencer looks in the journal for what it wrote before.
    "message.timestamp.type": "LogAppendTime",
}

# A message that is refused travels on whole, in base64, as a dead letter.
_SMALLER = {"max.message.bytes": str(8 * 1024 * 1024)}


@retry(
    retry=retry_if_exception_type((NodeNotReadyError, RequestTimedOutError)),
    stop=stop_after_delay(30),
    wait=wait_fixed(0.2),
    reraise=True,
)
async def ensure_topics(settings: Settings) -> list[str]:
    """Create the topics that are missing; return their names. Raises UsageError for other partitions."""
    async with administering(settings) as admin:
        replication = min(3, len((await admin.describe_cluster())["brokers"]))
        wanted = {settings.topic(topic): topic.partitions for topic in ALL}
        existing = set(await admin.list_topics())
        missing = [name for name in wanted if name not in existing]
        ingress = set(map(settings.topic, INGRESS))
        new = [
            NewTopic(
                name,
                wanted[name],
                replication_factor=replication,
                topic_configs=_FOR_EVER | (_SMALLER if name in ingress else {}),
            )
            for name in missing
        ]
        if new:
            _raise_on_errors(await admin.create_topics(new))
            await until_listed(admin.list_topics, missing)
        described = await admin.describe_topics([name for name in wanted if name in existing])
        for topic in described:
            _check_partitions(topic["topic"], len(topic["partitions"]), wanted[topic["topic"]])
    return missing


async def check_topics(settings: Settings) -> None:
    """Raise UsageError where a topic is missing: clients would wait for it in silence."""
    async with administering(settings) as admin:
        existing = set(await admin.list_topics())
    missing = [name for name in map(settings.topic, ALL) if name not in existing]
    if missing:
        raise UsageError(
            f"Kafka at {settings.kafka} has no topic {missing[0]}"
            + (f" and lacks {len(missing) - 1} more." if missing[1:] else "."),
            "Run `ouroboros migrate`.",
        )


@retry(
    retry=retry_if_result(bool),
    stop=stop_after_delay(30),
    wait=wait_fixed(0.1),
    retry_error_callback=lambda _: None,
)
async def until_listed(listing: Callable[[], Awaitable[Iterable[str]]], names: Sequence[str]) -> set[str]:
    """Wait until topics that were made are listed too, half a minute at most: a busy broker takes a while.

    What is not listed by then `check_topics` finds missing.
    """
    return set(names).difference(await listing())


def _raise_on_errors(response: object) -> None:
    for topic, code, message in getattr(response, "topic_errors", ()):
        error = for_code(code)
        if code and error is not TopicAlreadyExistsError:
            raise error(f"{topic}: {message}")


def _check_partitions(name: str, found: int, wanted: int) -> None:
    if found != wanted:
        raise UsageError(
            f"The topic {name} has {found} partitions; Ouroboros needs {wanted}.",
            "Set OUROBOROS_NAMESPACE to a prefix of its own, or remove the topic if nobody else uses it.",
        )


class PartitionReader:
    """Reads one partition by offset, outside of any consumer group."""

    def __init__(self, consumer: AIOKafkaConsumer, partition: TopicPartition) -> None:
        self._consumer = consumer
        self._partition = partition

    async def end(self) -> int:
        """Return the offset that the next record will get."""
        return int((await self._consumer.end_offsets([self._partition]))[self._partition])

    async def offset_at(self, timestamp_ms: int) -> int:
        """Return the first offset appended at a time or later; the end if there is none."""
        found = (await self._consumer.offsets_for_times({self._partition: timestamp_ms}))[self._partition]
        return await self.end() if found is None else int(found.offset)

    async def read(self, start: int, end: int) -> AsyncIterator[Sequence[ConsumerRecord]]:
        """Read the records from `start` up to, but without, `end`, in batches as they arrive."""
        if start >= end:
            return
        self._consumer.seek(self._partition, start)
        while start < end:
            batches = await self._consumer.getmany(self._partition, timeout_ms=1000, max_records=5000)
            for records in batches.values():
                wanted = [record for record in records if record.offset < end]
                if wanted:
                    start = wanted[-1].offset + 1
                    yield wanted

    async def follow(self, start: int) -> AsyncIterator[Sequence[ConsumerRecord]]:
        """Read the records from `start` on, and go on for ever."""
        self._consumer.seek(self._partition, start)
        while True:
            batches = await self._consumer.getmany(self._partition, timeout_ms=1000, max_records=5000)
            for records in batches.values():
                yield records


class EndOffsets:
    """Asks for the offsets that records will get; kept open, it knows the leaders and answers at once."""

    def __init__(self, settings: Settings, consumer: AIOKafkaConsumer) -> None:
        self._settings = settings
        self._consumer = consumer

    async def of(self, partitions: Iterable[TopicPartition]) -> dict[TopicPartition, int]:
        """Return the offset that the next record of each partition will get."""
        return dict(await self._consumer.end_offsets(list(partitions)))

    async def of_journal(self) -> int:
        """Return the offset that the next record of the journal will get."""
        journal = TopicPartition(self._settings.topic(JOURNAL), 0)
        return (await self.of([journal]))[journal]


def administering(settings: Settings) -> AbstractAsyncContextManager[AIOKafkaAdminClient]:
    """Open what looks after topics and groups."""
    return _running(AIOKafkaAdminClient(bootstrap_servers=settings.kafka), settings.kafka)


def producing(settings: Settings) -> AbstractAsyncContextManager[AIOKafkaProducer]:
    """Open an idempotent producer; what it sent is flushed on the way out."""
    producer = AIOKafkaProducer(
        bootstrap_servers=settings.kafka,
        enable_idempotence=True,
        compression_type="lz4",
        max_request_size=MAX_REQUEST_BYTES,
        linger_ms=0,
    )
    return _running(producer, settings.kafka)


@asynccontextmanager
async def end_offsets(settings: Settings) -> AsyncIterator[EndOffsets]:
    """Open what asks for end offsets."""
    consumer = AIOKafkaConsumer(bootstrap_servers=settings.kafka, enable_auto_commit=False)
    async with _running(consumer, settings.kafka):
        yield EndOffsets(settings, consumer)


@asynccontextmanager
async def reading(settings: Settings, topic: Topic) -> AsyncIterator[PartitionReader]:
    """Open a reader of a topic of one partition."""
    partition = TopicPartition(settings.topic(topic), 0)
    consumer = AIOKafkaConsumer(
        bootstrap_servers=settings.kafka,
        enable_auto_commit=False,
        auto_offset_reset="none",
        max_partition_fetch_bytes=FETCH_BYTES,
        fetch_max_bytes=2 * FETCH_BYTES,
    )
    async with _running(consumer, settings.kafka):
        consumer.assign([partition])
        yield PartitionReader(consumer, partition)


def reading_journal(settings: Settings) -> AbstractAsyncContextManager[PartitionReader]:
    """Open a reader of the journal."""
    return reading(settings, JOURNAL)


@asynccontextmanager
async def _running(client: Client, kafka: str) -> AsyncIterator[Client]:
    """Start a client, and stop it in the end even where it could not be started. Raises UsageError."""
    try:
        await _start(client, kafka)
        yield client
    finally:
        await (client.close() if isinstance(client, AIOKafkaAdminClient) else client.stop())


async def _start(client: AIOKafkaAdminClient | AIOKafkaProducer | AIOKafkaConsumer, kafka: str) -> None:
    try:
        await client.start()
        # A consumer that is stopped before its own tasks have begun is a cancellation to whoever stops it.
        await asyncio.sleep(0)
    except KafkaConnectionError as error:
        raise UsageError(
            f"No Kafka answers at {kafka}.",
            "Start it, or name another one in OUROBOROS_KAFKA; `ouroboros demo` brings its own.",
        ) from error
    except (KafkaError, ValueError) as error:
        raise UsageError(f"Kafka at {kafka} cannot be used: {error}.", "Check OUROBOROS_KAFKA.") from error
