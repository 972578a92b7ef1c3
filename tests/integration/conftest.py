"""Real servers for the suite: one Kafka and one PostgreSQL of our own, and TimescaleDB where one is given."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import psycopg
import pytest
from psycopg.sql import SQL, Identifier
from pydantic import SecretStr

from ouroboros.embedded import KafkaServer, PostgresServer, start_kafka, start_postgres
from projections.registry import PROJECTIONS
from projections.store.migration import migrate
from streams.settings import Settings

TIMESCALE = os.environ.get("OUROBOROS_TEST_TIMESCALE")
without_timescale = "no TimescaleDB is given: set OUROBOROS_TEST_TIMESCALE to a superuser's URL of one"


def silent(_: str) -> None:
    """Say nothing."""


@pytest.fixture(scope="session")
def servers_home() -> Iterator[Path]:
    """Give a folder that everybody may enter: as root, PostgreSQL runs as another user."""
    folder = Path(tempfile.mkdtemp(prefix="ouroboros-suite-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def kafka_server(servers_home: Path) -> Iterator[KafkaServer]:
    server = start_kafka(servers_home / "kafka", silent)
    yield server
    server.stop()


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


@pytest.fixture
def empty_database(databases: Databases) -> Iterator[str]:
    url = databases.create()
    yield url
    databases.drop(url)


@pytest.fixture
def database(empty_database: str) -> str:
    """Give a database that is ready for a worker."""
    migrate(empty_database, PROJECTIONS, None, silent)
    return empty_database


@pytest.fixture
def second_database(databases: Databases) -> Iterator[str]:
    """Give another one, to fold the same journal into."""
    url = databases.create()
    migrate(url, PROJECTIONS, None, silent)
    yield url
    databases.drop(url)


@pytest.fixture
def settings(kafka_server: KafkaServer, database: str, tmp_path: Path) -> Settings:
    """Give settings of a pipeline of its own: fresh topics, fresh database."""
    return Settings(
        kafka=kafka_server.bootstrap,
        database=SecretStr(database),
        namespace=f"t{uuid4().hex[:10]}",
        clock_seconds=0,
        home=tmp_path,
    )
