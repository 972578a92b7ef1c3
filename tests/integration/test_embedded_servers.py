"""Local servers, started, killed, filled and attacked for real."""

import asyncio
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from aiokafka import AIOKafkaConsumer
from aiokafka.errors import UnknownTopicOrPartitionError

from events.errors import EmbeddedServerError
from ouroboros.embedded import KafkaServer, PostgresServer, accounts, start_kafka, start_postgres
from ouroboros.embedded.kafka import kafka_jars
from ouroboros.embedded.processes import command_line
from tests.integration.embedded_probes import (
    ask,
    consume,
    create_topic,
    listening_addresses,
    modes,
    produce,
    run_python,
    tell,
)

pytestmark = pytest.mark.integration

Starter = Callable[[Path, Callable[[str], None]], KafkaServer | PostgresServer]

linux = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
root = pytest.mark.skipif(os.geteuid() != 0, reason="is about root")


def silent(_: str) -> None:
    pass


@pytest.fixture
def home() -> Iterator[Path]:
    """Give a folder that everybody may enter: as root, PostgreSQL runs as another user."""
    folder = Path(tempfile.mkdtemp(prefix="ouroboros-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def kafka(home: Path) -> Iterator[KafkaServer]:
    server = start_kafka(home / "kafka", silent)
    yield server
    server.stop()


@pytest.fixture
def postgres(home: Path) -> Iterator[PostgresServer]:
    server = start_postgres(home / "postgres", silent)
    yield server
    server.stop()


def test_kafka_answers_and_keeps_its_data(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    reports: list[str] = []
    server = start_kafka(home / "kafka", reports.append)
    try:
        assert create_topic(server.bootstrap, "t") == 0
        produce(server.bootstrap, "t", b"one", b"x" * 7_000_000)
        if sys.platform == "linux":
            assert listening_addresses(server.pid) <= {"0100007F", "0000000000000000FFFF00000100007F"}
        offsets = server.tool(
            "org.apache.kafka.tools.GetOffsetShell", "--bootstrap-server", server.bootstrap, "--topic", "t"
        )
        assert subprocess.run(offsets, capture_output=True, text=True, check=True).stdout.split() == ["t:0:2"]
    finally:
        server.stop()
    server.stop()
    assert command_line(server.pid) == ""
    assert reports[-1] == "Starting Apache Kafka 4.3.0 ..."

    # With jgo gone, nothing could be fetched: the second start does without.
    monkeypatch.setitem(sys.modules, "jgo", None)
    monkeypatch.setitem(sys.modules, "jgo.maven", None)
    again = start_kafka(home / "kafka", silent)
    try:
        assert again.bootstrap == server.bootstrap
        produce(again.bootstrap, "t", b"three")
        assert [value[:5] for value in consume(again.bootstrap, "t", 3)] == [b"one", b"xxxxx", b"three"]
        again.kill()
        assert command_line(again.pid) == ""
        again.start()
        assert len(consume(again.bootstrap, "t", 3)) == 3
    finally:
        again.stop()


def test_a_topic_that_nobody_created_is_not_created(kafka: KafkaServer) -> None:
    async def wish() -> None:
        consumer = AIOKafkaConsumer("wished", bootstrap_servers=kafka.bootstrap, request_timeout_ms=500)
        try:
            await consumer.start()
        finally:
            await consumer.stop()

    with pytest.raises(UnknownTopicOrPartitionError):
        asyncio.run(wish())
    assert create_topic(kafka.bootstrap, "wished") == 0


def test_a_home_runs_one_kafka_only(kafka: KafkaServer) -> None:
    with pytest.raises(EmbeddedServerError, match=rf"Another Ouroboros \(process {os.getpid()}\) is running"):
        start_kafka(kafka.home, silent)
    assert create_topic(kafka.bootstrap, "still_there") == 0


@pytest.mark.parametrize("start", [start_kafka, start_postgres])
def test_a_taken_port_is_named(start: Starter, home: Path) -> None:
    server = start(home / "server", silent)
    server.stop()
    port = server.plan.port
    with (
        closing(socket.create_server(("127.0.0.1", port))),
        pytest.raises(EmbeddedServerError, match=rf"Port {port} on 127\.0\.0\.1 is taken"),
    ):
        server.start()


def test_a_tampered_jar_is_refused(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    jar = next(path for path in kafka_jars(silent) if path.name.startswith("kafka-raft"))
    cache = next(folder for folder in jar.parents if folder.name == "ouroboros")
    shutil.copytree(cache / "kafka-4.3.0", home / "ouroboros" / "kafka-4.3.0")
    monkeypatch.setenv("XDG_CACHE_HOME", str(home))
    start_kafka(home / "kafka", silent).stop()
    copy = home / "ouroboros" / jar.relative_to(cache)
    content = bytearray(copy.read_bytes())
    content[len(content) // 2] ^= 1
    copy.write_bytes(content)
    with pytest.raises(
        EmbeddedServerError, match=r"kafka-raft-4\.3\.0\.jar is not the file .* SHA-256 differs"
    ):
        start_kafka(home / "kafka", silent)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="has no disk that is always full")
def test_a_full_disk_is_named(home: Path) -> None:
    (home / "server.properties").symlink_to("/dev/full")
    with pytest.raises(EmbeddedServerError, match=r"The disk that holds .* is full\. Free some space"):
        start_kafka(home, silent)


KILLED_PARENT = """
import os, signal, sys
from pathlib import Path
from ouroboros.embedded import start_kafka, start_postgres
server = {"kafka": start_kafka, "postgres": start_postgres}[sys.argv[1]](Path(sys.argv[2]), lambda _: None)
print(server.pid, flush=True)
if sys.argv[3] == "killed":
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.parametrize("kind", ["kafka", "postgres"])
def test_a_server_left_behind_by_a_killed_parent_is_stopped_first(kind: str, home: Path) -> None:
    home = home / "a folder, naïvely named"  # PostgreSQL writes its path into its pid file
    home.mkdir()
    home.chmod(0o755)
    done = run_python(KILLED_PARENT, kind, str(home / kind), "killed")
    assert done.returncode == -signal.SIGKILL, done.stderr
    leftover = int(done.stdout)
    assert str(home) in command_line(leftover)
    reports: list[str] = []
    server = (start_kafka if kind == "kafka" else start_postgres)(home / kind, reports.append)
    server.stop()
    assert command_line(leftover) == ""
    assert server.pid != leftover
    assert reports[0].endswith(f"that a killed Ouroboros left behind (process {leftover}) ...")


def test_a_server_ends_with_a_parent_that_forgot_it(home: Path) -> None:
    done = run_python(KILLED_PARENT, "postgres", str(home / "postgres"), "forgetful")
    assert done.returncode == 0, done.stderr
    assert command_line(int(done.stdout)) == ""


def test_postgres_answers_and_keeps_its_data(home: Path) -> None:
    reports: list[str] = []
    server = start_postgres(home / "postgres", reports.append)
    try:
        tell(server.dsn, "CREATE TABLE kept (a int); INSERT INTO kept VALUES (7)")
        assert ask(server.dsn, "SHOW timezone") == "UTC"
        assert ask(server.dsn, "SHOW server_encoding") == "UTF8"
        assert ask(server.dsn, "SHOW fsync") == "on"
        assert ask(server.dsn, "SHOW unix_socket_directories") == ""
        assert ask(server.dsn, "SELECT datcollate FROM pg_database WHERE datname = current_database()") == "C"
        if sys.platform == "linux":
            assert listening_addresses(server.pid) == {"0100007F"}
    finally:
        server.stop()
    server.stop()
    assert command_line(server.pid) == ""
    assert reports == ["Starting PostgreSQL 18 ..."]
    again = start_postgres(home / "postgres", silent)
    try:
        assert again.dsn == server.dsn
        assert ask(again.dsn, "SELECT a FROM kept") == 7
    finally:
        again.stop()


def test_postgres_comes_back_from_a_crash_at_the_same_address(postgres: PostgresServer) -> None:
    tell(postgres.dsn, "CREATE TABLE kept (a int); INSERT INTO kept VALUES (7)")
    with psycopg.connect(postgres.dsn) as open_connection:
        postgres.kill()
        assert command_line(postgres.pid) == ""
        with pytest.raises(psycopg.OperationalError):
            open_connection.execute("SELECT 1")
    before = postgres.pid
    postgres.start()
    assert postgres.pid != before
    assert ask(postgres.dsn, "SELECT a FROM kept") == 7


def test_postgres_lets_nobody_in_without_the_password(postgres: PostgresServer) -> None:
    secret = (postgres.home / "password").read_text()
    assert (postgres.home / "password").stat().st_mode & 0o777 == 0o600
    assert secret in postgres.dsn
    assert secret not in repr(postgres)
    for other in ("", ":wrong"):
        with pytest.raises(psycopg.OperationalError, match="password"):
            psycopg.connect(postgres.dsn.replace(f":{secret}", other))
    postgres.stop()
    for file in postgres.home.iterdir():
        assert file.name == "password" or not file.is_file() or secret not in file.read_text()


def test_a_lost_password_is_replaced(home: Path) -> None:
    server = start_postgres(home / "postgres", silent)
    tell(server.dsn, "CREATE TABLE kept (a int)")
    server.stop()
    (home / "postgres" / "password").unlink()
    again = start_postgres(home / "postgres", silent)
    try:
        assert again.dsn != server.dsn
        assert ask(again.dsn, "SELECT count(*) FROM kept") == 0
    finally:
        again.stop()


def test_a_home_runs_one_postgres_only(postgres: PostgresServer) -> None:
    with pytest.raises(EmbeddedServerError, match=r"Another Ouroboros .* Stop that one first"):
        start_postgres(postgres.home, silent)
    assert ask(postgres.dsn, "SELECT 1") == 1


def test_data_of_another_version_are_refused(home: Path) -> None:
    start_postgres(home / "postgres", silent).stop()
    (home / "postgres" / "data" / "PG_VERSION").write_text("16\n")
    with pytest.raises(EmbeddedServerError, match=r"were made by PostgreSQL 16, and this is PostgreSQL 18"):
        start_postgres(home / "postgres", silent)


def test_a_server_that_ends_while_starting_is_quoted(home: Path) -> None:
    start_postgres(home / "postgres", silent).stop()
    (home / "postgres" / "data" / "global" / "pg_control").write_bytes(b"")
    quoted = r"ended while starting \(exit code -?\d+\)\. The last (.|\n)*pg_control(.|\n)*server\.log"
    with pytest.raises(EmbeddedServerError, match=quoted):
        start_postgres(home / "postgres", silent)


@linux
def test_a_stale_pid_file_of_another_program_does_not_stop_postgres(home: Path) -> None:
    start_postgres(home / "postgres", silent).stop()
    with subprocess.Popen(["sleep", "60"], **accounts.identity(accounts.ordinary_account())) as other:
        stale = home / "postgres" / "data" / "postmaster.pid"
        stale.write_text(f"{other.pid}\n{home}\n1\n1\n\n127.0.0.1\n1 1\nready\n")
        start_postgres(home / "postgres", silent).stop()
        assert other.poll() is None
        other.terminate()


@root
def test_root_changes_no_permissions_and_finds_another_home(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed, place = home / "closed", home / "place"
    closed.mkdir(mode=0o700)
    monkeypatch.setattr(accounts, "ROOT_PLACE", place)
    before = modes(closed, home, *home.parents)
    reports: list[str] = []
    server = start_postgres(closed / "postgres", reports.append)
    try:
        assert server.home.parent == place
        assert (server.home / "data").stat().st_uid != 0
        assert Path(f"/proc/{server.pid}").stat().st_uid != 0
        assert reports[0].endswith(f"its data are kept in {server.home}.")
    finally:
        server.stop()
    assert modes(closed, home, *home.parents) == before
    assert list(closed.iterdir()) == []
    assert start_then_stop(closed / "postgres") == server.home


def start_then_stop(home: Path) -> Path:
    server = start_postgres(home, silent)
    server.stop()
    return server.home


@root
def test_programs_that_the_ordinary_user_cannot_reach_are_copied(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = accounts.reaches
    monkeypatch.setattr(accounts, "ROOT_PLACE", home / "place")
    monkeypatch.setattr(
        "ouroboros.embedded.postgres.reaches",
        lambda account, path: "site-packages" not in str(path) and original(account, path),
    )
    server = start_postgres(home / "postgres", silent)
    try:
        assert command_line(server.pid).startswith(str(home / "place"))
        assert ask(server.dsn, "SELECT 1") == 1
    finally:
        server.stop()


def test_an_interrupted_start_leaves_no_server(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(_: str) -> bool:
        time.sleep(0.3)
        raise KeyboardInterrupt

    start_postgres(home / "postgres", silent).stop()
    with monkeypatch.context() as patched:
        patched.setattr("ouroboros.embedded.postgres._answers", interrupt)
        with pytest.raises(KeyboardInterrupt):
            start_postgres(home / "postgres", silent)
    assert not (home / "postgres" / "data" / "postmaster.pid").exists()
    start_postgres(home / "postgres", silent).stop()
