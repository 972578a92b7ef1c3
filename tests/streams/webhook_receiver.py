"""A receiver of webhooks on this machine, which does what a test tells it to."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from multidict import CIMultiDict


@dataclass(frozen=True)
class Post:
    """What came in."""

    path: str
    body: bytes
    headers: CIMultiDict[str]

    @property
    def key(self) -> str:
        return self.headers["Idempotency-Key"]

    @property
    def document(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.body)
        return found


Answer = Callable[[Post, web.Request], Awaitable[web.StreamResponse]]


@dataclass
class Receiver:
    """Remembers every post, and what a receiver that knows idempotency keys would act on."""

    url: str = ""
    posts: list[Post] = field(default_factory=list)
    taken: dict[str, Post] = field(default_factory=dict)

    def levels_of(self, subject: str) -> list[str]:
        """Name the levels that were told of a subject, each step once."""
        documents = [post.document for post in self.taken.values()]
        return [document["level"] for document in documents if document["subject"] == subject]


async def take(_: Post, __: web.Request) -> web.StreamResponse:
    return web.Response(text="ok")


def answering(*statuses: int, headers: dict[str, str] | None = None, text: str = "") -> Answer:
    """Answer with one status after another, and with the last one from then on."""
    left = list(statuses)

    async def answer(_: Post, __: web.Request) -> web.StreamResponse:
        status = left.pop(0) if left[1:] else left[0]
        return web.Response(status=status, headers=headers, text=text)

    return answer


@asynccontextmanager
async def receiving(answer: Answer = take) -> AsyncIterator[Receiver]:
    receiver = Receiver()

    async def handle(request: web.Request) -> web.StreamResponse:
        post = Post(request.path, await request.read(), CIMultiDict(request.headers))
        receiver.posts.append(post)
        response = await answer(post, request)
        if 200 <= response.status < 300:
            receiver.taken.setdefault(post.key, post)
        return response

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", handle)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    receiver.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    try:
        yield receiver
    finally:
        await runner.cleanup()
