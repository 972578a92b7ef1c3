"""Workers that are killed: whatever the moment, each event counts exactly once."""

import asyncio
import os
import random
import signal
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import islice

import pytest

from events.base import Event
from events.codec import encode
from streams.kafka import ensure_topics
from streams.settings import Settings
from tests.integration.pipeline import (
    dying_worker_process,
    event,
    fingerprint,
    publish,
    query,
    replay,
    send,
    until_working,
    work_off,
    worker_process,
)

pytestmark = [pytest.mark.integration, pytest.mark.asyncio]


def mixed_events(chance: random.Random, count: int) -> list[Event]:
    """Make facts and prices of a few days, in an order of their own."""
    events = []
    for number in range(count):
        at = f"2026-01-{chance.randrange(1, 20):02}T12:{chance.randrange(60):02}:{chance.randrange(60):02}Z"
        match chance.randrange(4):
            case 0:
                made = event("LoanRepaid", at, facility_id=f"f{number % 7}", amount_usd=number + 1)
            case 1:
                kind = chance.choice(["waiver", "amendment", "default"])
                made = event(
                    "CreditWaiverReported", at, facility_id=f"f{number % 7}", borrower=f"b{number}", kind=kind
                )
            case 2:
                legs = [
                    {"kind": "equity", "payer": f"A{number % 3}", "payee": f"B{number % 3}", "amount_usd": 5}
                ]
                made = event("DealAnnounced", at, deal_id=f"d{number}", title="a deal", legs=legs)
            case _:
                price = chance.uniform(50, 150)
                made = event("EquityPriced", at, symbol=f"S{number % 3}", price_usd=price, size=number + 1)
        events.append(made)
    return events


def assert_each_counts_once(settings: Settings, events: Sequence[Event]) -> None:
    facts = {fact.event_id for fact in events if fact.event_type != "EquityPriced"}
    archived = query(
        settings, "SELECT event_id FROM read.journal_event WHERE event_type <> 'EquityBarClosed'"
    )
    assert sorted(event_id for (event_id,) in archived) == sorted(facts)
    published = sum(getattr(priced, "size", 0) for priced in events)
    assert query(settings, "SELECT sum(volume) FROM read.equity_bar") == [(published,)]


@pytest.mark.parametrize("moment", ["commit", "journal"])
async def test_a_worker_killed_before_it_can_acknowledge_counts_nothing_twice(
    settings: Settings, second_database: str, moment: str
) -> None:
    await ensure_topics(settings)
    events = mixed_events(random.Random(7), 60)
    remaining = iter(events)
    for _ in range(3):
        await publish(settings, islice(remaining, 15))
        dying = dying_worker_process(settings, moment)
        assert await asyncio.to_thread(dying.wait, 60) == -signal.SIGKILL
    await publish(settings, remaining)
    await work_off(settings)
    assert_each_counts_once(settings, events)
    await replay(settings, second_database)
    assert fingerprint(second_database) == fingerprint(settings.database_url)


async def test_kill_9_at_random_moments_leaves_what_an_undisturbed_run_leaves(
    settings: Settings, second_database: str
) -> None:
    seed = int(os.environ.get("OUROBOROS_TEST_SEED", random.randrange(2**32)))
    print(f"reproduce with OUROBOROS_TEST_SEED={seed}")  # noqa: T201
    chance = random.Random(seed)
    settings = settings.model_copy(update={"snapshot_events": 50})
    await ensure_topics(settings)
    events = mixed_events(chance, 400)
    remaining = iter(events)
    for _ in range(4):
        worker = worker_process(settings)
        for _ in range(5):
            await publish(settings, islice(remaining, 18))
            await asyncio.sleep(chance.uniform(0.1, 1.2))
        worker.kill()
        await asyncio.to_thread(worker.communicate)
    await publish(settings, remaining)
    await work_off(settings)
    assert_each_counts_once(settings, events)
    await replay(settings, second_database)
    assert fingerprint(second_database) == fingerprint(settings.database_url)


async def test_another_worker_takes_over_when_the_first_ends_or_is_killed(
    settings: Settings, second_database: str
) -> None:
    await ensure_topics(settings)
    events = mixed_events(random.Random(11), 240)
    remaining = iter(events)
    workers = [worker_process(settings), worker_process(settings)]
    for round_ in range(3):
        await publish(settings, islice(remaining, 40))
        leaving = workers.pop(0)
        await asyncio.to_thread(until_working, leaving)
        await asyncio.sleep(2)
        leaving.send_signal(signal.SIGKILL if round_ % 2 else signal.SIGTERM)
        _, errors = await asyncio.to_thread(leaving.communicate)
        assert leaving.returncode == (-signal.SIGKILL if round_ % 2 else 0), errors.decode()
        workers.append(worker_process(settings))
        await publish(settings, islice(remaining, 40))
    for worker in workers:
        await asyncio.to_thread(until_working, worker)
        worker.terminate()
        await asyncio.to_thread(worker.communicate)
    await work_off(settings)
    assert_each_counts_once(settings, events)
    await replay(settings, second_database)
    assert fingerprint(second_database) == fingerprint(settings.database_url)


async def test_a_tick_whose_bar_is_still_open_survives_a_kill(settings: Settings) -> None:
    """Bars of one partition close in any order, and what is committed must not pass the open ones."""
    await ensure_topics(settings)
    now = datetime.now(UTC).isoformat()
    settings = settings.model_copy(update={"bar_seconds": 3600})
    still_open = event("EquityPriced", now, symbol="OPEN", price_usd=1, size=7)
    for tick in (still_open, *(tick_of_last_year(number) for number in range(5))):
        await send(settings, "equity.prices", encode(tick), key=b"same", partition=3)
    worker = worker_process(settings)
    await until_closed(settings, bars=5)
    # Longer than it takes Faust to commit.
    await asyncio.sleep(4)
    worker.kill()
    await asyncio.to_thread(worker.communicate)
    await work_off(settings.model_copy(update={"bar_seconds": 1}))
    volumes = query(settings, "SELECT symbol, sum(volume) FROM read.equity_bar GROUP BY 1 ORDER BY 1")
    assert volumes == [("CLOSED", 5), ("OPEN", 7)]


def tick_of_last_year(number: int) -> Event:
    return event("EquityPriced", f"2025-01-{number + 1:02}T12:00:00Z", symbol="CLOSED", price_usd=1, size=1)


async def until_closed(settings: Settings, bars: int) -> None:
    for _ in range(300):
        if query(settings, "SELECT count(*) FROM read.equity_bar") == [(bars,)]:
            return
        await asyncio.sleep(0.1)
    raise AssertionError(f"{bars} bars were not closed within 30 seconds")


async def test_a_worker_that_was_suspended_stops_before_it_writes(settings: Settings) -> None:
    await ensure_topics(settings)
    settings = settings.model_copy(update={"bar_seconds": 3600})
    now = datetime.now(UTC).isoformat()
    await publish(settings, [event("EquityPriced", now, symbol="ARM", price_usd=1, size=7)])
    suspended = worker_process(settings, "sequencer")
    await asyncio.to_thread(until_working, suspended)
    await asyncio.sleep(4)
    suspended.send_signal(signal.SIGSTOP)
    await asyncio.sleep(7)
    suspended.send_signal(signal.SIGCONT)
    try:
        _, errors = await asyncio.to_thread(suspended.communicate, timeout=30)
    finally:
        suspended.kill()
        await asyncio.to_thread(suspended.wait)
    assert suspended.returncode == 1
    assert "stood still for" in errors.decode()
    await work_off(settings.model_copy(update={"bar_seconds": 1}))
    assert query(settings, "SELECT symbol, volume FROM read.equity_bar") == [("ARM", 7)]
