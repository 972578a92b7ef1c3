"""A receiver of webhooks within the demo, on loopback: it accepts whatever is posted, and counts it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from aiohttp import web


@dataclass
class Receiver:
    """The address to post to, and how many posts were accepted."""

    url: str = ""
    accepted: int = 0


@asynccontextmanager
async def receiving() -> AsyncIterator[Receiver]:
    """Accept posts for as long as the context is open."""
    receiver = Receiver()

    async def take(request: web.Request) -> web.Response:
        await request.read()
        receiver.accepted += 1
        return web.Response(text="ok")

    app = web.Application()
    app.router.add_post("/signals", take)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    receiver.url = f"http://127.0.0.1:{runner.addresses[0][1]}/signals"
    try:
        yield receiver
    finally:
        await runner.cleanup()
