"""Processes under measurement, spoken to line by line: they say when they are ready, and answer."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from types import TracebackType
from typing import Any, Self

from benchmarks.servers import environment
from streams.settings import Settings

STOP_SECONDS = 30


class Child:
    """A Python module that runs as a process of its own, until the context ends."""

    def __init__(self, settings: Settings, module: str, *arguments: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", module, *arguments],
            env=dict(environment(settings)),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.resume()
        if self._process.stdin:
            self._process.stdin.close()
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._process.stdout:
            self._process.stdout.close()

    def pause(self) -> None:
        """Let it do nothing, while what it is to read is put in place."""
        os.kill(self._process.pid, signal.SIGSTOP)

    def resume(self) -> None:
        """Let it go on; nothing happens to one that was not paused or has ended."""
        self._process.send_signal(signal.SIGCONT)

    def kill(self) -> None:
        """End it as a crash would."""
        self._process.kill()

    def ask(self, question: str) -> Mapping[str, Any]:
        """Say something, and wait for the answer."""
        assert self._process.stdin
        self._process.stdin.write(f"{question}\n")
        self._process.stdin.flush()
        return self.answer()

    def answer(self) -> Mapping[str, Any]:
        """Wait for what it says next: the first time, that it is ready."""
        assert self._process.stdout
        line = self._process.stdout.readline()
        if not line:
            raise SystemExit(f"{self._process.args!r} ended with {self._process.wait()}; see above.")
        told: Mapping[str, Any] = json.loads(line)
        return told
