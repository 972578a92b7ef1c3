"""Latency: from an event on its way to Kafka to its signal on the signals topic, under a steady load."""

import asyncio
import random
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from datetime import UTC, datetime
from itertools import chain, repeat
from statistics import quantiles

from aiokafka import AIOKafkaProducer

from benchmarks.children import Child
from benchmarks.facts import SEED, common, facts
from benchmarks.live import ONE_PROCESS, TWO_PROCESSES, WORKER
from benchmarks.prices import Market
from benchmarks.results import Figure, Result
from benchmarks.servers import Servers
from events.base import Event
from events.codec import cloud_event_headers, encode
from events.families.credit import CreditWaiverReported, WaiverKind
from events.topics import SIGNALS
from streams.kafka import producing, reading
from streams.settings import Settings

BACKGROUND_A_SECOND = 1_000
PROBES_A_SECOND = 20
WARM_UP_SECONDS, SECONDS = 3, 15
# A prime number of milliseconds, so that probes do not fall into step with anything.
STEP_SECONDS = 0.011
GOAL_P50_MS, GOAL_P99_MS = 50, 250


def latency(servers: Servers) -> Result:
    """Measure with all roles in one process, and with the sequencer in one of its own."""
    figures: list[Figure] = []
    for name, processes in (("one worker process", ONE_PROCESS), ("sequencer apart", TWO_PROCESSES)):
        settings = servers.fresh()
        with ExitStack() as stack:
            workers = [stack.enter_context(Child(settings, WORKER, *roles)) for roles in processes]
            for worker in workers:
                worker.answer()
            milliseconds = asyncio.run(_Probing(settings).run())
        percentiles = quantiles(milliseconds, n=100)
        figures += [
            Figure(f"{name}: p50", percentiles[49], "ms", GOAL_P50_MS, "less"),
            Figure(f"{name}: p99", percentiles[98], "ms", GOAL_P99_MS, "less"),
            Figure(f"{name}: the slowest of {len(milliseconds)}", max(milliseconds), "ms"),
        ]
    return Result(
        f"Latency: event to signal on the topic, beside {BACKGROUND_A_SECOND:,} events/s",
        figures,
        [
            f"Beside them one event a message, half facts and half prices; {PROBES_A_SECOND} defaults of new"
            f" borrowers a second for {SECONDS} s after {WARM_UP_SECONDS} s of warming up; seed {SEED}.",
            "From before the producer's send to the consumer's receipt, both beside the worker.",
        ],
    )


class _Probing:
    """Sends a background and probes, and listens for the probes' signals."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._chance = random.Random(SEED)
        self._sent: dict[str, float] = {}
        self._heard: dict[str, float] = {}
        self._all_sent = False
        self._all_heard = asyncio.Event()

    async def run(self) -> list[float]:
        listening = asyncio.create_task(self._listen())
        async with producing(self._settings) as producer:
            await self._send_all(producer)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._all_heard.wait(), 10)
        listening.cancel()
        lost = len(self._sent.keys() - self._heard.keys())
        assert not lost, f"{lost} signals did not come"
        probes = list(self._sent)[WARM_UP_SECONDS * PROBES_A_SECOND :]
        return [1000 * (self._heard[key] - self._sent[key]) for key in probes]

    async def _send_all(self, producer: AIOKafkaProducer) -> None:
        background = self._background()
        start = time.perf_counter()
        sent = probes = 0
        while (passed := time.perf_counter() - start) < WARM_UP_SECONDS + SECONDS:
            while sent < passed * BACKGROUND_A_SECOND:
                await self._send(producer, next(background))
                sent += 1
            while probes < passed * PROBES_A_SECOND:
                borrower = f"Borrower {probes}"
                self._sent[f"credit_waivers/borrower:{borrower}"] = time.perf_counter()
                await self._send(producer, self._probe(borrower))
                probes += 1
            await asyncio.sleep(STEP_SECONDS)
        self._all_sent = True
        self._look_whether_all_is_heard()

    def _look_whether_all_is_heard(self) -> None:
        if self._all_sent and self._heard.keys() >= self._sent.keys():
            self._all_heard.set()

    async def _send(self, producer: AIOKafkaProducer, event: Event) -> None:
        await producer.send(
            self._settings.topic_named(event.TOPIC),
            encode(event),
            key=event.key.encode(),
            headers=cloud_event_headers(event),
        )

    async def _listen(self) -> None:
        async with reading(self._settings, SIGNALS) as signals:
            async for records in signals.follow(0):
                now = time.perf_counter()
                for record in records:
                    self._heard.setdefault(record.key.decode(), now)
                self._look_whether_all_is_heard()

    def _background(self) -> Iterator[Event]:
        told = facts(self._chance, (datetime.now(UTC) for _ in repeat(None)))
        market = Market(self._chance)
        traded = chain.from_iterable(
            market.prints(self._chance.randrange(10_000), 1, repeat(datetime.now(UTC))) for _ in repeat(None)
        )
        return chain.from_iterable(zip(told, traded, strict=False))

    def _probe(self, borrower: str) -> Event:
        return CreditWaiverReported(
            **common(self._chance, datetime.now(UTC)),
            facility_id=f"facility of {borrower}",
            borrower=borrower,
            kind=WaiverKind.DEFAULT,
        )
