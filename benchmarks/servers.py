"""The embedded broker and database, started when the first benchmark needs them."""

import asyncio
import os
import shutil
import sys
import tempfile
from collections.abc import Mapping
from contextlib import ExitStack
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

import psycopg
from psycopg.sql import SQL, Identifier
from pydantic import SecretStr

from ouroboros.commands.migrate import prepare
from ouroboros.embedded import KafkaServer, PostgresServer, start_kafka, start_postgres
from streams.settings import Settings


class Servers:
    """Gives each run topics and a database of its own."""

    def __init__(self) -> None:
        self._stack = ExitStack()
        self._runs = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def fresh(self) -> Settings:
        """Prepare empty topics and an empty database."""
        self._runs += 1
        name = f"bench{self._runs}"
        with psycopg.connect(self._postgres.dsn, autocommit=True) as connection:
            connection.execute(SQL("CREATE DATABASE {}").format(Identifier(name)))
        settings = Settings(
            kafka=self._kafka.bootstrap,
            database=SecretStr(urlsplit(self._postgres.dsn)._replace(path=f"/{name}").geturl()),
            namespace=name,
            clock_seconds=0,
            home=self._home,
        )
        asyncio.run(prepare(settings, lambda _: None))
        return settings

    @cached_property
    def _home(self) -> Path:
        home = Path(tempfile.mkdtemp(prefix="ouroboros-bench-"))
        # As root, PostgreSQL runs as another user, who must get in.
        home.chmod(0o755)
        self._stack.callback(shutil.rmtree, home, ignore_errors=True)
        return home

    @cached_property
    def _kafka(self) -> KafkaServer:
        server = start_kafka(self._home / "kafka", _report)
        self._stack.callback(server.stop)
        return server

    @cached_property
    def _postgres(self) -> PostgresServer:
        server = start_postgres(self._home / "postgres", _report)
        self._stack.callback(server.stop)
        return server


def environment(settings: Settings) -> Mapping[str, str]:
    """Tell a process of its own what this one was told."""
    return {
        **os.environ,
        "OUROBOROS_KAFKA": settings.kafka,
        "OUROBOROS_DATABASE": settings.database_url,
        "OUROBOROS_NAMESPACE": settings.namespace,
        "OUROBOROS_CLOCK_SECONDS": str(settings.clock_seconds),
    }


def _report(sentence: str) -> None:
    print(sentence, file=sys.stderr)
