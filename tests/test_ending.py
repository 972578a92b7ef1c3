import subprocess
import sys
import time

import pytest


@pytest.mark.parametrize(
    "hanging",
    [
        "time.sleep(60)",
        "asyncio.run(asyncio.sleep(60))",
        "threading.Thread(target=time.sleep, args=(60,)).start()",
    ],
)
def test_a_worker_that_hangs_in_its_end_leaves_all_the_same_and_says_so(hanging: str) -> None:
    lines = (
        "import asyncio, threading, time",
        "from ouroboros.commands.worker import leave_within",
        "leave_within(0.2)",
        hanging,
    )
    began = time.monotonic()
    ended = subprocess.run(
        [sys.executable, "-c", "\n".join(lines)], capture_output=True, timeout=60, check=False
    )
    assert ended.returncode == 1
    assert b"the worker leaves at once" in ended.stderr
    assert time.monotonic() - began < 30


def test_a_worker_that_ends_in_time_does_not_wait() -> None:
    lines = ("from ouroboros.commands.worker import leave_within", "leave_within(60)")
    ended = subprocess.run(
        [sys.executable, "-c", "\n".join(lines)], capture_output=True, timeout=30, check=False
    )
    assert (ended.returncode, ended.stderr) == (0, b"")
