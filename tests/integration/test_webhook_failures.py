"""Webhooks whose receiver fails, refuses, is slow or busy, and workers that die with a post in hand."""

import asyncio
import time
from typing import Any

import psycopg
import pytest
from aiohttp import web

from streams.settings import Settings
from streams.worker import working
from tests.integration.pipeline import publish, query, work_off, worker_process
from tests.integration.webhooks import (
    SUBJECT,
    THREE_STEPS,
    deliveries,
    introduce,
    make_quick,
    posting_to,
    until,
    waiver,
)
from tests.streams.webhook_receiver import Post, answering, receiving, take

pytestmark = [pytest.mark.integration, pytest.mark.asyncio]


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    make_quick(monkeypatch)


async def test_a_receiver_that_fails_gets_the_same_message_again_and_the_others_do_not_wait(
    settings: Settings,
) -> None:
    fails = answering(500, 500, 500, 200)

    async def answer(post: Post, request: web.Request) -> web.StreamResponse:
        about = post.document["subject"] == SUBJECT
        return await (fails if about else take)(post, request)

    async with receiving(answer) as receiver:
        settings = posting_to(settings, {"name": "risk", "url": receiver.url})
        await introduce(settings)
        await publish(settings, [*THREE_STEPS, waiver(1, "waiver", "Crusoe")])
        await work_off(settings)

    about = [post for post in receiver.posts if post.document["subject"] == SUBJECT]
    first = about[0]
    assert [(post.key, post.body) for post in about[:4]] == [(first.key, first.body)] * 4
    assert len(about) == 6
    assert receiver.levels_of(SUBJECT) == ["watch", "warning", "critical"]
    assert deliveries(settings, "attempts, reason, next_attempt_at") == [
        (4, None, None),
        (1, None, None),
        (1, None, None),
    ]
    subjects = [post.document["subject"] for post in receiver.posts]
    assert subjects.index("borrower:Crusoe") < len(subjects) - 1 - subjects[::-1].index(SUBJECT)


async def test_a_receiver_that_asks_for_a_pause_is_left_alone_meanwhile(settings: Settings) -> None:
    moments: list[float] = []

    async def busy(_: Post, __: web.Request) -> web.StreamResponse:
        moments.append(time.monotonic())
        return web.Response(status=429 if len(moments) == 1 else 200, headers={"Retry-After": "1"})

    async with receiving(busy) as receiver:
        settings = posting_to(settings, {"name": "risk", "url": receiver.url})
        await introduce(settings)
        # About two subjects: the pause is the receiver's, not that of one signal.
        await publish(settings, [waiver(1, "waiver"), waiver(1, "waiver", "Crusoe")])
        await work_off(settings)
    assert len(receiver.taken) > 2
    assert moments[1] - moments[0] >= 1


async def test_what_a_receiver_refuses_is_given_up_with_the_reason_and_can_be_sent_again(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    async with receiving(answering(410)) as receiver:
        settings = posting_to(settings, {"name": "desk", "url": receiver.url, "secret": "hidden"})
        await introduce(settings)
        await publish(settings, THREE_STEPS[:1])
        await work_off(settings)
    ((message_id, attempts, reason, given_up, delivered),) = deliveries(
        settings, "message_id, attempts, reason, given_up_at IS NOT NULL, delivered_at"
    )
    assert (attempts, reason, given_up, delivered) == (1, "The receiver answered 410.", True, None)
    assert f"The webhook desk was not given {message_id}: The receiver answered 410." in caplog.messages

    async with receiving() as receiver:
        settings = posting_to(settings, {"name": "desk", "url": receiver.url, "secret": "hidden"})
        await publish(settings, THREE_STEPS[1:2])
        await work_off(settings)
        assert receiver.levels_of(SUBJECT) == ["warning"]
        with psycopg.connect(settings.database_url) as connection:
            connection.execute(
                "UPDATE ouroboros.webhook_delivery"
                " SET given_up_at = NULL, attempts = 0, queued_at = now(), next_attempt_at = now()"
                " WHERE destination = 'desk' AND given_up_at IS NOT NULL"
            )
        await work_off(settings)
    assert receiver.levels_of(SUBJECT) == ["warning", "watch"]
    assert set(deliveries(settings, "attempts, given_up_at, reason")) == {(1, None, None)}


async def test_what_failed_for_a_day_is_given_up_and_what_waits_behind_it_is_tried(
    settings: Settings,
) -> None:
    refused_step = ""

    async def answer(post: Post, _: web.Request) -> web.StreamResponse:
        return web.Response(status=503 if post.key == refused_step else 200)

    async with receiving(answer) as receiver:
        settings = posting_to(settings, {"name": "risk", "url": receiver.url})
        await introduce(settings)
        await publish(settings, THREE_STEPS)
        await work_off(settings, ("sequencer",))
        await work_off(settings, ("projector",))
        ((refused_step,),) = query(
            settings,
            f"SELECT signal_id || '/1' FROM read.signal WHERE subject = '{SUBJECT}' LIMIT 1",  # noqa: S608
        )
        async with working(settings):
            await until(lambda: deliveries(settings, "attempts")[:1] >= [(2,)])
            assert receiver.levels_of(SUBJECT) == []
            with psycopg.connect(settings.database_url) as connection:
                connection.execute(
                    "UPDATE ouroboros.webhook_delivery SET queued_at = now() - interval '25 hours',"
                    " attempts = 20, next_attempt_at = now() WHERE message_id = %s",
                    (refused_step,),
                )
            await until(lambda: receiver.levels_of(SUBJECT) == ["warning", "critical"])
    assert deliveries(settings, "attempts, reason, given_up_at IS NULL")[0] == (
        21,
        "The receiver answered 503.",
        False,
    )


async def test_a_slow_receiver_holds_up_nobody_else_and_is_shown_in_the_health_of_the_pipeline(
    settings: Settings,
) -> None:
    async def sleep(_: Post, __: web.Request) -> web.StreamResponse:
        await asyncio.sleep(60)
        return web.Response()

    async with receiving(sleep) as slow, receiving() as quick:
        settings = posting_to(
            settings, {"name": "slow", "url": slow.url}, {"name": "quick", "url": quick.url}
        )
        await introduce(settings)
        await publish(settings, THREE_STEPS)
        health = "SELECT lag > 0, applied > 0, stale FROM read.pipeline_health WHERE component = 'webhooks'"
        async with working(settings):
            await until(lambda: quick.levels_of(SUBJECT) == ["watch", "warning", "critical"])
            await until(lambda: query(settings, health) == [(True, True, False)])
    assert len(slow.posts) == 1
    assert not slow.taken
    # An orderly end is not missed: the next worker may be given no webhooks.
    assert query(settings, health) == []


async def test_a_worker_killed_between_posting_and_writing_it_down_posts_again_under_the_same_key(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    workers: list[Any] = []

    async def kill_first(_: Post, __: web.Request) -> web.StreamResponse:
        # The receiver has the signal, and the worker never gets to know.
        if len(receiver.posts) <= 2:
            workers[-1].kill()
        return web.Response()

    async with receiving(kill_first) as receiver:
        settings = posting_to(settings, {"name": "risk", "url": receiver.url})
        await introduce(settings)
        await publish(settings, THREE_STEPS)
        await work_off(settings, ("sequencer",))
        await work_off(settings, ("projector",))
        assert settings.webhooks
        monkeypatch.setenv("OUROBOROS_WEBHOOKS", settings.webhooks.get_secret_value())
        for _ in range(2):
            workers.append(worker_process(settings, "webhooks"))
            _, errors = await asyncio.to_thread(workers[-1].communicate)
            assert workers[-1].returncode == -9, errors.decode()
        await work_off(settings, ("webhooks",))

    keys = [post.key for post in receiver.posts]
    assert keys[0] == keys[1] == keys[2]
    assert len({post.body for post in receiver.posts[:3]}) == 1
    assert len(keys) == len(set(keys)) + 2
    assert receiver.levels_of(SUBJECT) == ["watch", "warning", "critical"]


async def test_of_two_workers_one_posts_and_the_other_takes_over(settings: Settings) -> None:
    async with receiving() as receiver:
        settings = posting_to(settings, {"name": "risk", "url": receiver.url})
        await introduce(settings)
        async with working(settings, ("webhooks",)):
            async with working(settings):
                await publish(settings, THREE_STEPS[:2])
                await until(lambda: len(receiver.levels_of(SUBJECT)) == 2)
            await publish(settings, THREE_STEPS[2:])
            await work_off(settings, ("sequencer",))
            await work_off(settings, ("projector",))
            await until(lambda: len(receiver.levels_of(SUBJECT)) == 3)
    assert len(receiver.posts) == len(receiver.taken)
