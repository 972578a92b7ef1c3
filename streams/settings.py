"""The settings: one frozen object, read from the environment (OUROBOROS_...) once."""

from functools import cached_property
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from events.topics import Topic
from streams.webhooks.destination import Destination, parse


def _readable(webhooks: SecretStr) -> SecretStr:
    parse(webhooks.get_secret_value())
    return webhooks


class Settings(BaseSettings):
    """What a worker or command needs to know about its environment."""

    model_config = SettingsConfigDict(
        env_prefix="OUROBOROS_", frozen=True, extra="ignore", hide_input_in_errors=True
    )

    kafka: Annotated[str, Field(description="bootstrap servers, host:port")] = "127.0.0.1:9092"
    database: Annotated[SecretStr, Field(description="PostgreSQL or TimescaleDB, as a libpq URL")] = (
        SecretStr("postgresql://127.0.0.1:5432/ouroboros")
    )
    reader_password: Annotated[
        SecretStr | None, Field(description="password of the read-only role that Grafana uses")
    ] = None
    namespace: Annotated[
        str, Field(pattern=r"^([a-z0-9][a-z0-9_-]*)?$", description="prefix of topics and consumer groups")
    ] = ""
    bar_seconds: Annotated[int, Field(ge=1, le=86_400, description="interval of price bars")] = 60
    clock_seconds: Annotated[
        int, Field(ge=0, le=3_600, description="how often time passes as an event; 0 leaves it to others")
    ] = 60
    snapshot_events: Annotated[int, Field(ge=1, description="events between two snapshots")] = 100_000
    stall_seconds: Annotated[
        float, Field(gt=0, description="how long a consumer may stand still before its worker gives up")
    ] = 60
    webhooks: Annotated[
        Annotated[SecretStr, AfterValidator(_readable)] | None,
        Field(description="where signals are posted, a JSON list"),
    ] = None
    home: Annotated[Path, Field(description="where embedded servers keep their data")] = (
        Path.home() / ".ouroboros"
    )

    def topic(self, topic: Topic) -> str:
        """Return the name of a topic in Kafka."""
        return self.topic_named(topic.name)

    def topic_named(self, name: str) -> str:
        """Return a topic's name with the namespace before it."""
        return f"{self.namespace}.{name}" if self.namespace else name

    def without_namespace(self, topic: str) -> str:
        """Return a topic's name in Kafka without the namespace."""
        return topic.removeprefix(f"{self.namespace}.") if self.namespace else topic

    def group(self, role: str) -> str:
        """Return the name of the consumer group of a role."""
        return ".".join(filter(None, (self.namespace, "ouroboros", role)))

    @property
    def destinations(self) -> tuple[Destination, ...]:
        """Return where signals are posted besides their topic."""
        return parse(self.webhooks.get_secret_value()) if self.webhooks else ()

    @cached_property
    def database_url(self) -> str:
        """Return the database's URL: for connecting, never for a log."""
        return self.database.get_secret_value()
