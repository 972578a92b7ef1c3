"""The demo as a stranger meets it: one command, from nothing to warning signs, and nothing left behind."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

pytestmark = pytest.mark.integration


@pytest.fixture
def home() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="ouroboros-demo-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


def demo(home: Path, *arguments: str) -> subprocess.Popen[str]:
    own = ("OUROBOROS_KAFKA", "OUROBOROS_DATABASE", "OUROBOROS_NAMESPACE")
    environment = {name: value for name, value in os.environ.items() if name not in own}
    return subprocess.Popen(
        [sys.executable, "-m", "ouroboros", "demo", *arguments],
        env={**environment, "OUROBOROS_HOME": str(home), "COLUMNS": "160"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def servers_of(home: Path) -> list[str]:
    """Find the processes that work in a home."""
    found = []
    for process in Path("/proc").iterdir():
        if process.name.isdigit() and int(process.name) != os.getpid():
            try:
                command = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            except OSError:
                continue
            if str(home) in command:
                found.append(command[:200])
    return found


def read_until(process: subprocess.Popen[str], text: str, seconds: float = 120) -> str:
    deadline = time.monotonic() + seconds
    seen = ""
    assert process.stdout
    while text not in seen:
        line = process.stdout.readline()
        assert line, f"the demo ended before it said {text!r}: {seen}"
        assert time.monotonic() < deadline, seen
        seen += line
    return seen


def test_the_demo_tells_what_the_sources_facts_lead_to_and_ends_by_itself(home: Path) -> None:
    process = demo(home)
    out, _ = process.communicate(timeout=180)
    assert process.returncode == 0, out
    for expected in (
        "Amazon → OpenAI → Amazon",
        "$50B",
        "$15B",
        "Nvidia → OpenAI → Nvidia",
        "Pledged shares falling · ARM = 30.3%",
        "Conditional money in a deal · amazon-openai-2026 = 70.0%",
        "evidence: ",
        "A short tour",
        "one waiver, not two: reported by CoreWeave 8-K and demo",
        "1 dead letter",
        "Done",
    ):
        assert expected in out, out
    assert "Traceback" not in out
    assert servers_of(home) == []


def test_a_kept_demo_can_be_looked_into_until_ctrl_c_and_a_second_one_is_refused(home: Path) -> None:
    first = demo(home, "--keep")
    try:
        read_until(first, "Everything keeps running")
        connect = (home / "demo" / "connect.sh").read_text()
        exported = dict(
            part.split("=", 1)
            for line in connect.splitlines()
            for part in line.removeprefix("export ").split()
            if "=" in part
        )
        os.environ["PGPASSFILE"] = exported["PGPASSFILE"]
        with psycopg.connect(exported["OUROBOROS_DATABASE"]) as connection:
            assert connection.execute("SELECT count(*) > 0 FROM read.signal").fetchone() == (True,)
        assert Path(exported["PGPASSFILE"]).stat().st_mode & 0o077 == 0
        host, port = exported["OUROBOROS_KAFKA"].split(":")
        socket.create_connection((host, int(port)), 5).close()

        second = demo(home)
        out, _ = second.communicate(timeout=60)
        assert second.returncode == 1
        assert "Stop that one first" in out
        assert "Traceback" not in out
    finally:
        os.environ.pop("PGPASSFILE", None)
        first.send_signal(signal.SIGINT)
        out, _ = first.communicate(timeout=60)
    assert first.returncode == 130, out
    assert "Traceback" not in out
    assert servers_of(home) == []


def test_a_demo_interrupted_while_it_starts_leaves_nothing_behind(home: Path) -> None:
    process = demo(home)
    read_until(process, "Starting")
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=60)
    assert process.returncode == 130, out
    assert "Traceback" not in out
    assert servers_of(home) == []
