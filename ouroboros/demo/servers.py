"""The demo's servers: local ones, unless the environment names others."""

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from pydantic import SecretStr
from rich.console import Console

from ouroboros.embedded import KafkaServer, PostgresServer, start_kafka, start_postgres
from streams.settings import Settings


@dataclass(frozen=True)
class Surroundings:
    """Settings that point at running servers, and those of them that are ours."""

    settings: Settings
    kafka: KafkaServer | None
    postgres: PostgresServer | None


@contextmanager
def servers(settings: Settings, out: Console) -> Iterator[Surroundings]:
    """Start what the environment does not name, empty, and stop it in the end.

    Raises EmbeddedServerError.
    """

    def report(sentence: str) -> None:
        out.print(f"[dim]{sentence}[/]")

    home = settings.home / "demo"
    with ExitStack() as stack, ThreadPoolExecutor(2) as pool:
        starting_kafka = (
            None
            if "OUROBOROS_KAFKA" in os.environ
            else pool.submit(start_kafka, home / "kafka", report, fresh=True)
        )
        starting_postgres = (
            None
            if "OUROBOROS_DATABASE" in os.environ
            else pool.submit(start_postgres, home / "postgres", report, fresh=True)
        )
        # Both are waited for before either is asked how it went: one that runs must be stopped.
        pool.shutdown(wait=True)
        for starting in (starting_postgres, starting_kafka):
            if starting and not starting.exception():
                stack.callback(starting.result().stop)
        kafka = starting_kafka.result() if starting_kafka else None
        postgres = starting_postgres.result() if starting_postgres else None
        named = {
            **({"kafka": kafka.bootstrap} if kafka else {}),
            **({"database": SecretStr(postgres.dsn)} if postgres else {}),
        }
        yield Surroundings(settings.model_copy(update=named), kafka, postgres)
        out.print("[dim]Stopping the servers ...[/]")


def password_file(postgres: PostgresServer) -> Path:
    """Write the database's password where psql looks for it, readable by its owner alone."""
    path = postgres.home / "pgpass"
    # postgresql://role:password@host:port/database?...
    login, _, place = postgres.dsn.removeprefix("postgresql://").partition("@")
    role, _, password = login.partition(":")
    address, _, rest = place.partition("/")
    host, _, port = address.partition(":")
    database = rest.partition("?")[0]
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(f"{host}:{port}:{database}:{role}:{password}\n")
    return path
