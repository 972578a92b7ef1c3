"""The demo's servers: local ones, unless the environment names others."""

import os
import shlex
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from psycopg.conninfo import conninfo_to_dict
from pydantic import SecretStr
from rich.console import Console

from ouroboros.embedded import KafkaServer, PostgresServer, start_kafka, start_postgres
from streams.settings import Settings

KAFKA_TOOLS = {
    "kafka-topics": "org.apache.kafka.tools.TopicCommand",
    "kafka-console-consumer": "org.apache.kafka.tools.consumer.ConsoleConsumer",
    "kafka-console-producer": "org.apache.kafka.tools.ConsoleProducer",
    "kafka-consumer-groups": "org.apache.kafka.tools.consumer.group.ConsumerGroupCommand",
}


@dataclass(frozen=True)
class Environment:
    """Settings that point at running servers, and those of them that are ours."""

    settings: Settings
    kafka: KafkaServer | None
    postgres: PostgresServer | None


@contextmanager
def servers(settings: Settings, out: Console) -> Iterator[Environment]:
    """Start what the environment does not name, empty, and stop it in the end. Raises EmbeddedServerError."""

    def report(sentence: str) -> None:
        out.print(f"[dim]{sentence}[/]")

    home = settings.home / "demo"
    with ExitStack() as stack, ThreadPoolExecutor(2) as pool:
        starting_kafka = starting_postgres = None
        if "OUROBOROS_KAFKA" not in os.environ:
            starting_kafka = pool.submit(start_kafka, home / "kafka", report, fresh=True)
        if "OUROBOROS_DATABASE" not in os.environ:
            starting_postgres = pool.submit(start_postgres, home / "postgres", report, fresh=True)
        # Both are waited for before either is asked how it went: one that runs must be stopped.
        pool.shutdown(wait=True)
        for starting in (starting_postgres, starting_kafka):
            if starting and not starting.exception():
                stack.callback(starting.result().stop)
        kafka = starting_kafka.result() if starting_kafka else None
        postgres = starting_postgres.result() if starting_postgres else None
        if kafka:
            settings = settings.model_copy(update={"kafka": kafka.bootstrap})
        if postgres:
            settings = settings.model_copy(update={"database": SecretStr(postgres.dsn)})
        try:
            yield Environment(settings, kafka, postgres)
        finally:
            if kafka or postgres:
                out.print("[dim]Stopping the servers ...[/]")


def write_connection(environment: Environment) -> Path:
    """Write a file for shells to read in: where the servers are, and Kafka's tools as commands.

    The password goes where psql looks for it, readable by its owner alone.
    """
    settings = environment.settings
    folder = settings.home / "demo"
    tools = folder / "tools"
    tools.mkdir(parents=True, exist_ok=True)
    lines = [f"export OUROBOROS_KAFKA={settings.kafka}"]
    if environment.postgres:
        where = conninfo_to_dict(environment.postgres.dsn)
        address = f"{where['host']}:{where['port']}"
        _write_privately(
            folder / "pgpass", f"{address}:{where['dbname']}:{where['user']}:{where['password']}\n"
        )
        lines += [
            f"export PGPASSFILE={shlex.quote(str(folder / 'pgpass'))}",
            f"export PGHOST={where['host']} PGPORT={where['port']}",
            f"export PGUSER={where['user']} PGDATABASE={where['dbname']}",
            f"export OUROBOROS_DATABASE=postgresql://{where['user']}@{address}/{where['dbname']}",
        ]
    if environment.kafka:
        for name, main_class in KAFKA_TOOLS.items():
            command = shlex.join(environment.kafka.tool(main_class))
            script = tools / name
            script.write_text(f'#!/bin/sh\nexec {command} --bootstrap-server {settings.kafka} "$@"\n')
            script.chmod(0o755)
        lines.append(
            f'export PATH={shlex.quote(str(tools))}:{shlex.quote(str(Path(sys.executable).parent))}:"$PATH"'
        )
    path = folder / "connect.sh"
    path.write_text("\n".join(lines) + "\n")
    return path


def _write_privately(path: Path, content: str) -> None:
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(content)
