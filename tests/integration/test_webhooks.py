"""Signals posted by the real pipeline to receivers that really listen."""

import asyncio
import logging

import psycopg
import pytest
from psycopg.types.json import Jsonb
from pydantic import SecretStr

from events.errors import UsageError
from streams.kafka import ensure_topics
from streams.settings import Settings
from streams.webhooks.body import signature
from streams.webhooks.deliveries import Deliveries, count_waiting, register
from streams.webhooks.destination import Destination
from streams.webhooks.posting import Delivered
from streams.worker import working
from tests.integration.pipeline import event, publish, query, work_off
from tests.integration.webhooks import (
    SUBJECT,
    THREE_STEPS,
    cure,
    deliveries,
    introduce,
    make_quick,
    posting_to,
)
from tests.streams.webhook_receiver import Receiver, answering, receiving

pytestmark = [pytest.mark.integration, pytest.mark.asyncio]


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    make_quick(monkeypatch)


async def test_each_step_is_posted_once_to_whoever_wants_its_level(settings: Settings) -> None:
    async with receiving() as risk, receiving() as desk:
        settings = posting_to(
            settings,
            {"name": "risk", "url": risk.url, "secret": "shared"},
            {"name": "desk", "url": desk.url, "format": "slack", "at_least": "critical"},
        )
        await introduce(settings)
        # In 90 days the waivers have left the window, and the default is cured.
        for events in [THREE_STEPS, [cure(1)], [event("ClockTicked", "2026-06-01T00:00:00Z")], []]:
            await publish(settings, events)
            await work_off(settings)

    outbox = dict(query(settings, "SELECT message_id, payload FROM warning_signs_v3.outbox"))
    assert risk.levels_of(SUBJECT) == ["watch", "warning", "critical", "warning", "calm"]
    assert len(risk.posts) == len(risk.taken) == len(outbox)
    for post in risk.posts:
        assert post.document.items() >= {"message_id": post.key, **outbox[post.key]}.items()
        header = post.headers["Ouroboros-Signature"]
        seconds = int(header.partition(",")[0].removeprefix("t="))
        assert header == signature("shared", seconds, post.body)
    # Told when it becomes critical, and when it no longer is.
    texts = [post.document["text"] for post in desk.posts if SUBJECT in post.document["text"]]
    assert [text.partition("]")[0] for text in texts] == ["[critical", "[warning"]
    assert {frozenset(post.document) for post in desk.posts} == {frozenset({"text"})}
    assert "Oracle is in default towards its lenders on Oracle-loan (test, 2026-01-03)." in texts[0]
    assert set(deliveries(settings, "attempts, delivered_at IS NULL, reason")) == {(1, False, None)}


async def test_steps_that_were_muted_are_no_gap_and_steps_of_one_event_keep_their_order(
    settings: Settings,
) -> None:
    steps = [(1, 1, "watch"), (2, 8, "critical"), (3, 10, "watch"), (3, 9, "warning"), (4, 11, "calm")]
    destination = Destination.model_validate(
        {"name": "desk", "url": "http://127.0.0.1", "at_least": "warning"}
    )
    async with await psycopg.AsyncConnection.connect(settings.database_url, autocommit=True) as connection:
        await register(connection, "desk", 0)
        queue = Deliveries(connection, destination, "warning_signs_v3")
        for offset, number, level in steps:
            payload = {
                "signal_id": "s",
                "step_number": number,
                "level": level,
                "since": "2026-01-01T00:00:00Z",
                "evidence": [],
            }
            await connection.execute(
                "INSERT INTO warning_signs_v3.outbox VALUES (%s, %s, 0, 'signals', 'i/s', %s)",
                (f"s/{number}", offset, Jsonb(payload)),
            )
        await queue.queue()
        assert await count_waiting(connection, "warning_signs_v3", ["desk"]) == 3
        sent = []
        while waiting := await queue.next():
            sent.append(waiting.message_id)
            assert await queue.record(waiting, Delivered()) == "delivered"
    # Steps 2 to 7 were muted. Watch is sent because it leaves warning, calm is not: it leaves watch.
    assert sent == ["s/8", "s/9", "s/10"]


async def test_a_new_destination_gets_what_is_journaled_from_now_on(settings: Settings) -> None:
    async with receiving() as old, receiving() as new:
        first = {"name": "old", "url": old.url}
        settings = posting_to(settings, first)
        await introduce(settings)
        await publish(settings, THREE_STEPS[:2])
        await work_off(settings)
        settings = posting_to(settings, first, {"name": "new", "url": new.url})
        await work_off(settings)
        await publish(settings, THREE_STEPS[2:])
        await work_off(settings)
        assert old.levels_of(SUBJECT) == ["watch", "warning", "critical"]
        assert new.levels_of(SUBJECT) == ["critical"]


async def test_a_database_made_anew_floods_nobody_with_history(
    settings: Settings, second_database: str
) -> None:
    async with receiving() as receiver:
        settings = posting_to(settings, {"name": "risk", "url": receiver.url})
        await introduce(settings)
        await publish(settings, THREE_STEPS)
        await work_off(settings)
        posted = len(receiver.posts)
        assert posted
        # A namespace of Kafka has one group of projectors: they begin where the checkpoint is.
        again = posting_to(
            Settings(
                kafka=settings.kafka,
                database=SecretStr(second_database),
                namespace=settings.namespace,
                clock_seconds=0,
            ),
            {"name": "risk", "url": receiver.url},
        )
        await work_off(again)
    assert query(again, "SELECT count(*) > 0 FROM warning_signs_v3.outbox") == [(True,)]
    assert len(receiver.posts) == posted


async def test_the_role_is_played_only_where_there_are_webhooks(settings: Settings) -> None:
    await ensure_topics(settings)
    async with working(settings) as worker:
        await asyncio.sleep(0.1)
        assert "webhooks" not in [role.name for role in worker.roles]
    with pytest.raises(UsageError, match="No webhook is set up"):
        await work_off(settings, ("webhooks",))


async def test_neither_addresses_nor_secrets_reach_the_log_or_the_database(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    async with receiving(answering(500, 302, 410)) as receiver:
        address = f"{receiver.url}/hidden-place"
        settings = posting_to(settings, {"name": "risk", "url": address, "secret": "hidden-secret"})
        await introduce(settings)
        await publish(settings, THREE_STEPS)
        await work_off(settings)
    assert_nothing_is_sent(settings, receiver, caplog.text)


def assert_nothing_is_sent(settings: Settings, receiver: Receiver, logged: str) -> None:
    assert [post.path for post in receiver.posts][:1] == ["/hook/hidden-place"]
    tables = query(
        settings, "SELECT table_name FROM information_schema.tables WHERE table_schema = 'ouroboros'"
    )
    kept = [
        query(settings, f'SELECT t::text FROM ouroboros."{name}" t')  # noqa: S608  our own tables
        for (name,) in tables
    ]
    assert "The webhook risk " in logged
    assert "The receiver answered 410." in str(kept)
    for word in ("hidden", receiver.url, receiver.url.removeprefix("http://").partition("/")[0]):
        assert word not in logged
        assert word not in str(kept)
