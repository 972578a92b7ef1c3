"""What all tests have in common: the databases, where a test asks for one, started by the first that does."""

import logging
import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import psycopg
import pytest
from psycopg.sql import SQL, Identifier

import ouroboros  # noqa: F401  sets how many threads the numerics take, before anything loads them
from ouroboros.embedded import PostgresServer, start_postgres
from ouroboros.terminal import OURS, TALKATIVE

TIMESCALE = os.environ.get("OUROBOROS_TEST_TIMESCALE")
without_timescale = "no TimescaleDB is given: set OUROBOROS_TEST_TIMESCALE to a superuser's URL of one"


def silent(_: str) -> None:
    """Say nothing."""


@pytest.fixture(autouse=True)
def a_day_after_all_tables(monkeypatch: pytest.MonkeyPatch) -> None:
    """Set the clock of imports, which refuse rows of the future, behind all tables of tests."""
    monkeypatch.setattr("ouroboros.imports.importing.clock", lambda: datetime(2030, 1, 1, tzinfo=UTC))


@pytest.fixture(autouse=True)
def log_as_before() -> Iterator[None]:
    """Let a command that a test runs in this process set up logging for itself alone."""
    loggers = [logging.getLogger(name) for name in (None, *OURS, *TALKATIVE)]
    before = [(one, one.level, list(one.handlers)) for one in loggers]
    yield
    for one, level, handlers in before:
        one.setLevel(level)
        one.handlers[:] = handlers


@pytest.fixture(scope="session")
def servers_home() -> Iterator[Path]:
    """Give a folder that everybody may enter: as root, PostgreSQL runs as another user."""
    folder = Path(tempfile.mkdtemp(prefix="ouroboros-suite-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres_server(servers_home: Path) -> Iterator[PostgresServer]:
    server = start_postgres(servers_home / "postgres", silent)
    yield server
    server.stop()


@dataclass(frozen=True)
class Databases:
    """A server that makes fresh databases."""

    url: str

    def create(self) -> str:
        """Make an empty database and return its URL."""
        name = f"test_{uuid4().hex[:12]}"
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(SQL("CREATE DATABASE {}").format(Identifier(name)))
        return urlsplit(self.url)._replace(path=f"/{name}").geturl()

    def drop(self, url: str) -> None:
        """Remove a database, whoever is connected to it."""
        name = urlsplit(url).path.removeprefix("/")
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(Identifier(name)))


@pytest.fixture(scope="session", params=["postgres", "timescale"])
def databases(request: pytest.FixtureRequest) -> Databases:
    """Give a server of each kind in turn."""
    if request.param == "timescale":
        if not TIMESCALE:
            pytest.skip(without_timescale)
        return Databases(TIMESCALE)
    return Databases(request.getfixturevalue("postgres_server").dsn)
