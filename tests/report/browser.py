"""A headless Chromium, driven by its own protocol."""

import asyncio
import os
import shutil
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path
from typing import Any

import aiohttp

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
_FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"),
    *("--remote-debugging-port=0", "--remote-debugging-address=127.0.0.1"),
)
_PATIENCE_SECONDS = 60


class Tab:
    """One page, and what it complained about."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self._numbers = count(1)
        self.complaints: list[str] = []
        self.requests: list[str] = []
        self.session: str | None = None

    async def call(self, method: str, **parameters: Any) -> Any:
        """Give a command and wait for its answer."""
        number = next(self._numbers)
        message: dict[str, Any] = {"id": number, "method": method, "params": parameters}
        await self._socket.send_json(message | ({"sessionId": self.session} if self.session else {}))
        async with asyncio.timeout(_PATIENCE_SECONDS):
            while True:
                answer = await self._socket.receive_json()
                if answer.get("id") == number:
                    return answer["result"]
                self._listen(answer)

    async def value(self, script: str) -> Any:
        """Run a script and give what comes of it."""
        answer = await self.call("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    def _listen(self, answer: dict[str, Any]) -> None:
        parameters = answer.get("params", {})
        match answer.get("method"):
            case "Runtime.exceptionThrown":
                self.complaints.append(str(parameters["exceptionDetails"]))
            case "Log.entryAdded" if parameters["entry"]["level"] in {"error", "warning"}:
                self.complaints.append(parameters["entry"]["text"])
            case "Runtime.consoleAPICalled" if parameters["type"] in {"error", "warning"}:
                self.complaints.append(str(parameters["args"]))
            case "Network.requestWillBeSent":
                self.requests.append(parameters["request"]["url"])
            case _:
                pass


@asynccontextmanager
async def tab(file: Path, width: int, scheme: str, profile: Path) -> AsyncIterator[Tab]:
    """Open a file in a window so wide, on a desk that is dark or light, and wait until it is drawn."""
    assert CHROMIUM
    process = await asyncio.create_subprocess_exec(
        CHROMIUM,
        *_FLAGS,
        f"--user-data-dir={profile}",
        "about:blank",
        stderr=asyncio.subprocess.PIPE,
        start_new_session=True,
    )
    try:
        address = await _address(process)
        async with aiohttp.ClientSession() as session, session.ws_connect(address, max_msg_size=0) as socket:
            opened = Tab(socket)
            target = await opened.call("Target.createTarget", url="about:blank")
            attached = await opened.call("Target.attachToTarget", targetId=target["targetId"], flatten=True)
            opened.session = attached["sessionId"]
            for domain in ("Runtime", "Log", "Network", "Page"):
                await opened.call(f"{domain}.enable")
            size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
            await opened.call("Emulation.setDeviceMetricsOverride", **size)
            feature = {"name": "prefers-color-scheme", "value": scheme}
            await opened.call("Emulation.setEmulatedMedia", features=[feature])
            await opened.call("Page.navigate", url=file.as_uri())
            await opened.value(
                "new Promise(done => document.readyState === 'complete' ? done()"
                " : addEventListener('load', done))"
            )
            yield opened
    finally:
        # Its helpers are in its group.
        os.killpg(process.pid, signal.SIGKILL)
        await process.wait()


async def _address(process: asyncio.subprocess.Process) -> str:
    assert process.stderr
    async with asyncio.timeout(_PATIENCE_SECONDS):
        async for line in process.stderr:
            if b"DevTools listening on " in line:
                return line.decode().split("DevTools listening on ")[1].strip()
    raise AssertionError("Chromium ended before it could be driven.")
