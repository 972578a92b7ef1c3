"""One attempt against a receiver that really listens, and what comes of it."""

import asyncio
import logging
import time
from typing import Any

import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from streams.webhooks import deliveries, posting
from streams.webhooks.body import signature
from streams.webhooks.deliveries import Waiting, is_hopeless
from streams.webhooks.destination import Destination
from streams.webhooks.posting import (
    Delivered,
    Failed,
    Outcome,
    Refused,
    delay_seconds,
    open_session,
    outcome_of,
    post,
)
from tests.streams.test_webhook_bodies import SIGNAL
from tests.streams.webhook_receiver import Answer, Post, Receiver, answering, receiving

DAY = 24 * 3600.0


async def posted_to(receiver: Receiver, **more: Any) -> Outcome:
    destination = Destination(name="risk", url=SecretStr(receiver.url), **more)
    async with open_session() as session:
        return await post(session, destination, "f3652a5a/2", SIGNAL)


@pytest.mark.asyncio
async def test_a_receiver_can_check_the_signature_of_what_it_gets() -> None:
    async with receiving() as receiver:
        assert await posted_to(receiver, secret=SecretStr("shared")) == Delivered()
    (got,) = receiver.posts
    assert got.document == {"message_id": "f3652a5a/2", **SIGNAL}
    assert got.key == "f3652a5a/2"
    assert got.headers["Content-Type"] == "application/json"
    assert got.headers["User-Agent"].startswith("ouroboros/")
    header = got.headers["Ouroboros-Signature"]
    seconds = int(header.partition(",")[0].removeprefix("t="))
    assert abs(time.time() - seconds) < 60
    assert header == signature("shared", seconds, got.body)


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (answering(204), Delivered()),
        (answering(500, text="<h1>/hook/hidden not found</h1>"), Failed("The receiver answered 500.")),
        (answering(404, text="no_service\n"), Refused("The receiver answered 404: no_service.")),
        (answering(410), Refused("The receiver answered 410.")),
        (answering(429, headers={"Retry-After": "7"}), Failed("The receiver answered 429.", 7)),
    ],
)  # fmt: skip
async def test_the_status_decides_what_becomes_of_a_signal(answer: Answer, outcome: Outcome) -> None:
    async with receiving(answer) as receiver:
        assert await posted_to(receiver) == outcome


@pytest.mark.asyncio
async def test_a_redirect_is_not_followed() -> None:
    async with receiving(answering(307, headers={"Location": "/elsewhere"})) as receiver:
        outcome = await posted_to(receiver)
    assert isinstance(outcome, Failed)
    assert "redirects (307)" in outcome.reason
    assert [post.path for post in receiver.posts] == ["/hook"]


@pytest.mark.asyncio
async def test_a_receiver_that_does_not_answer_is_left_after_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(posting, "TIMEOUT_SECONDS", 0.2)

    async def slow(_: Post, __: web.Request) -> web.StreamResponse:
        await asyncio.sleep(30)
        return web.Response()

    async with receiving(slow) as receiver:
        assert await posted_to(receiver) == Failed("There was no answer within 0.2 seconds.")


@pytest.mark.asyncio
@pytest.mark.parametrize(("status", "kind"), [(200, Delivered), (410, Refused), (503, Failed)])
async def test_an_answer_counts_by_its_status_even_where_its_body_never_ends(
    status: int, kind: type[Outcome], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(posting, "TIMEOUT_SECONDS", 0.5)

    async def endless(_: Post, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(status=status)
        await response.prepare(request)
        while True:
            await response.write(b"x" * 65_536)
            await asyncio.sleep(0.01)

    async with receiving(endless) as receiver:
        assert isinstance(await asyncio.wait_for(posted_to(receiver), 5), kind)


@pytest.mark.asyncio
async def test_where_nobody_listens_it_may_work_later() -> None:
    async with receiving() as receiver:
        pass
    assert await posted_to(receiver) == Failed("The receiver cannot be reached (ClientConnectorError).")


@pytest.mark.asyncio
async def test_neither_address_nor_secret_is_in_a_reason_or_in_a_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    async with receiving(answering(500, text="no such page: /hook")) as receiver:
        outcomes = [await posted_to(receiver, secret=SecretStr("shared"))]
    outcomes.append(await posted_to(receiver, secret=SecretStr("shared")))
    told = f"{outcomes} {caplog.text}"
    assert not [word for word in ("127.0.0.1", "/hook", "shared") if word in told]


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 410, 413, 422])
def test_what_is_wrong_with_the_post_itself_is_final(status: int) -> None:
    assert isinstance(outcome_of(status, None), Refused)


@pytest.mark.parametrize("status", [301, 302, 308, 408, 429, 500, 502, 503, 504])
def test_what_may_pass_is_tried_again(status: int) -> None:
    assert isinstance(outcome_of(status, None), Failed)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("30", 30), ("99999", 300), ("-5", 0), ("", 0), ("Wed, 21 Oct 2026 07:28:00 GMT", 0), ("9" * 400, 0)],
)
def test_a_pause_that_is_asked_for_is_kept_up_to_five_minutes(header: str, seconds: float) -> None:
    assert outcome_of(503, header) == Failed("The receiver answered 503.", seconds)


@given(st.integers(1, 10**9), st.floats(0, 1))
def test_pauses_double_up_to_five_minutes_less_at_most_a_half(attempts: int, chance: float) -> None:
    full = min(300.0, 2.0 ** min(attempts - 1, 30))
    assert full / 2 <= delay_seconds(attempts, chance) <= full


def test_a_signal_is_given_up_after_a_day_and_ten_attempts() -> None:
    def hopeless(attempts: int, waited_seconds: float) -> bool:
        return is_hopeless(Waiting("f3652a5a/2", SIGNAL, attempts, waited_seconds), 300.0)

    assert deliveries.GIVE_UP_SECONDS == DAY
    assert not hopeless(500, DAY - 300)
    assert hopeless(500, DAY - 299)
    assert not hopeless(8, 3 * DAY)
    assert hopeless(9, 3 * DAY)
