"""Rebuilt tables take the place of the live ones, and the worker goes on from there."""

import asyncio
import random
from collections.abc import Sequence

import pytest

from events.base import Event
from events.errors import UsageError
from events.topics import SIGNALS
from ouroboros.replay.plan import Plan
from ouroboros.replay.promotion import promote
from streams.kafka import reading
from streams.settings import Settings
from tests.integration.pipeline import event, ouroboros, publish, query, work_off, worker_process
from tests.integration.replays import DAILY, live, replayed, taken
from tests.replay.months import SENT, month

pytestmark = [pytest.mark.integration, pytest.mark.asyncio]

JOURNAL = Plan("journal")
SEED = 31
DAMAGE = "DELETE FROM warning_signs_v3.signal RETURNING 1"


@pytest.fixture
def daily(settings: Settings) -> Settings:
    """Give settings of daily bars."""
    return settings.model_copy(update=DAILY)


def events_of(count: int) -> list[Event]:
    return month(random.Random(SEED), count, SENT)


async def message_ids(settings: Settings) -> list[str]:
    async with reading(settings, SIGNALS) as signals:
        return [
            dict(record.headers)["message_id"].decode()
            async for records in signals.read(0, await signals.end())
            for record in records
        ]


async def until(settings: Settings, statement: str, answer: Sequence[object]) -> None:
    for _ in range(300):
        if query(settings, statement) == [tuple(answer)]:
            return
        await asyncio.sleep(0.1)
    raise AssertionError(f"{statement} never gave {answer}")


async def test_a_running_worker_stops_at_a_promotion_and_goes_on_from_it(daily: Settings) -> None:
    # Given a worker that runs, and tables that somebody damaged
    events = events_of(100)
    await live(daily, events[:60])
    query(daily, DAMAGE)
    worker = worker_process(daily)
    try:
        await publish(daily, events[60:80])
        await until(daily, "SELECT count(*) > 60 FROM read.journal_event", (True,))
        # When they are rebuilt and promoted beside it
        await replayed(daily, "rebuilt", JOURNAL)
        status, out, err = await ouroboros(daily, "replay", "promote", "rebuilt")
        assert (status, "rebuilt is live, up to journal offset" in out) == (0, True), err
        # Then it stops at its next event, having written nothing
        await publish(daily, events[80:])
        _, told = await asyncio.to_thread(worker.communicate, None, 60)
        assert worker.returncode == 1
        assert b"another one has taken over" in told
    finally:
        worker.kill()
    # And started again it loses nothing and tells nothing twice
    await work_off(daily)
    await replayed(daily, "anew", JOURNAL)
    assert taken(daily) == taken(daily, "anew"), f"seed {SEED}"
    sent = await message_ids(daily)
    assert sorted(sent) == sorted(set(sent))
    assert {(one,) for one in sent} == set(query(daily, "SELECT message_id FROM warning_signs_v3.outbox"))


async def test_what_was_journaled_since_the_replay_is_folded_before_it_goes_live(daily: Settings) -> None:
    events = events_of(80)
    await live(daily, events[:40])
    await replayed(daily, "rebuilt", JOURNAL)
    await live(daily, events[40:])
    before = taken(daily)
    query(daily, DAMAGE)
    await promote(daily, "rebuilt")
    assert taken(daily) == before
    schemas = "SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'rebuilt%'"
    assert query(daily, schemas) == [(0,)]
    assert query(daily, "SELECT count(*) FROM ouroboros.replay") == [(0,)]
    readable = "SELECT bool_and(has_table_privilege('ouroboros_reader', oid, 'SELECT')) FROM pg_class"
    assert query(daily, f"{readable} WHERE relnamespace = 'read'::regnamespace") == [(True,)]


async def test_an_idle_worker_that_stands_at_the_same_offset_notices_too(daily: Settings) -> None:
    await live(daily, events_of(30))
    await replayed(daily, "rebuilt", JOURNAL)
    ((before,),) = query(daily, "SELECT max(journal_offset) FROM ouroboros.checkpoint")
    worker = worker_process(daily)
    try:
        await until(daily, "SELECT count(*) FROM read.pipeline_health WHERE component = 'projector'", (1,))
        assert await promote(daily, "rebuilt") == before
        await publish(daily, [event("LoanRepaid", facility_id="loan-9", amount_usd=1)])
        _, told = await asyncio.to_thread(worker.communicate, None, 60)
        assert worker.returncode == 1
        assert b"another one has taken over" in told
    finally:
        worker.kill()
    await work_off(daily)
    assert query(daily, "SELECT count(*) FROM read.credit_event WHERE facility_id = 'loan-9'") == [(1,)]


async def test_a_signal_that_live_had_gone_past_without_telling_is_not_told_as_if_new(
    daily: Settings,
) -> None:
    await live(daily, [event("CreditWaiverReported", facility_id="loan", borrower="b", kind="default")])
    heard = await message_ids(daily)
    assert heard
    # As if the rules of then had seen nothing in it
    query(daily, "DELETE FROM warning_signs_v3.outbox RETURNING 1")
    query(daily, "DELETE FROM ouroboros.delivery RETURNING 1")
    await replayed(daily, "rebuilt", JOURNAL)
    await promote(daily, "rebuilt")
    await work_off(daily)
    assert query(daily, "SELECT count(*) > 0 FROM read.signal") == [(True,)]
    assert await message_ids(daily) == heard


@pytest.mark.parametrize(
    "plan", [Plan("archive"), Plan("journal", to_time=month(random.Random(1), 1)[0].known_at)]
)
async def test_nothing_but_the_whole_journal_goes_live(daily: Settings, plan: Plan) -> None:
    await live(daily, events_of(20))
    await replayed(daily, "other", plan)
    with pytest.raises(UsageError, match="cannot go live"):
        await promote(daily, "other")
    assert query(daily, "SELECT count(*) FROM ouroboros.replay") == [(1,)]
