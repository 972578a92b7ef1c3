"""A Kafka of our own, fresh databases, and the settings of a pipeline on both."""

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from pydantic import SecretStr

from ouroboros.embedded import KafkaServer, start_kafka
from projections.registry import PROJECTIONS
from projections.store.migration import migrate
from streams.settings import Settings
from tests.conftest import Databases, silent


@pytest.fixture(scope="session")
def kafka_server(servers_home: Path) -> Iterator[KafkaServer]:
    server = start_kafka(servers_home / "kafka", silent)
    yield server
    server.stop()


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
