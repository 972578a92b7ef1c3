"""Everything that runs, for a test to look at: Kafka, PostgreSQL, a worker, Grafana, and who is told."""

import asyncio
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import pytest
from pydantic import SecretStr

from events.base import Event
from ouroboros.commands.dashboards import SHIPPED_WATCHLIST, generated_for
from ouroboros.embedded import start_kafka, start_postgres
from projections.registry import PROJECTIONS
from projections.store.migration import migrate
from streams.kafka import ensure_topics
from streams.settings import Settings
from tests.conftest import silent
from tests.e2e.grafana import READER, Grafana, Receiver, receiving, running
from tests.integration.pipeline import environment, publish, query

PROGRAM = os.environ.get("OUROBOROS_TEST_GRAFANA")

needs_grafana = pytest.mark.skipif(
    not PROGRAM,
    reason="no Grafana is given: set OUROBOROS_TEST_GRAFANA to a folder of one, which holds bin/grafana",
)

# An alert is evaluated every ten seconds, somewhere within them; the rest is for a busy machine.
EVALUATION_SECONDS = 20
PATIENCE_SECONDS = 60
QUIET_SECONDS = 2 * EVALUATION_SECONDS

FILES = generated_for([SHIPPED_WATCHLIST])


class Worker:
    """A worker in a process of its own, which a test may stop and start again."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.start()

    def start(self) -> None:
        """Start with everything that the settings name."""
        webhooks = self._settings.webhooks.get_secret_value() if self._settings.webhooks else ""
        self._process = subprocess.Popen(
            [sys.executable, "-m", "ouroboros", "worker"],
            env={**environment(self._settings), "OUROBOROS_WEBHOOKS": webhooks},
            stderr=subprocess.PIPE,
        )

    def stop(self) -> None:
        """Stop in good order; raises AssertionError where anything went wrong meanwhile."""
        self._process.terminate()
        _, err = self._process.communicate(timeout=60)
        assert b"Traceback" not in err, err.decode()


@dataclass(frozen=True)
class House:
    """Everything that runs: Grafana tells `receiver`, and the worker posts its signals to `desk`."""

    settings: Settings
    worker: Worker
    grafana: Grafana
    receiver: Receiver
    desk: Receiver

    def publish(self, *events: Event) -> None:
        """Publish events, and wait until the worker has them in the read models."""
        publish_and_wait(self.settings, events)


@contextmanager
def running_house(
    before: Iterable[Sequence[Event]] = (), files: Mapping[str, bytes] = FILES
) -> Iterator[House]:
    """Run everything; groups of events that come before are in the read models when Grafana starts."""
    with ExitStack() as stack:
        folder = Path(tempfile.mkdtemp(prefix="ouroboros-grafana-"))
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        # As root, PostgreSQL runs as another user.
        folder.chmod(0o755)
        kafka = start_kafka(folder / "kafka", silent)
        stack.callback(kafka.stop)
        postgres = start_postgres(folder / "postgres", silent)
        stack.callback(postgres.stop)
        desk, receiver = stack.enter_context(receiving()), stack.enter_context(receiving())
        settings = Settings(
            kafka=kafka.bootstrap,
            database=SecretStr(postgres.dsn),
            namespace=f"t{uuid4().hex[:10]}",
            clock_seconds=0,
            # A projector that a test holds up is not to be taken for one that is stuck.
            stall_seconds=600,
            webhooks=SecretStr(json.dumps([{"name": "fictional-desk", "url": desk.url}])),
            home=folder,
        )
        migrate(settings.database_url, PROJECTIONS, READER, silent)
        asyncio.run(ensure_topics(settings))
        worker = Worker(settings)
        stack.callback(worker.stop)
        for group in before:
            publish_and_wait(settings, group)
        told = {
            "OUROBOROS_ALERT_WEBHOOK_URL": receiver.url,
            "OUROBOROS_ALERT_WEBHOOK_LEVELS": "watch|warning|critical",
        }
        grafana = stack.enter_context(
            running(Path(PROGRAM or ""), folder / "grafana", settings.database_url, files, **told)
        )
        yield House(settings, worker, grafana, receiver, desk)


def publish_and_wait(settings: Settings, events: Sequence[Event]) -> None:
    """Publish events, and wait until the worker has them in the read models."""

    def applied() -> int:
        ((count,),) = query(settings, "SELECT count(*) FROM read.journal_event")
        return int(count)

    before = applied()
    asyncio.run(publish(settings, events))
    until(lambda: applied() >= before + len(events), "the worker has not taken the events in")


def until(condition: Callable[[], bool], otherwise: str, seconds: float = PATIENCE_SECONDS) -> float:
    """Wait for a condition and return how long it took; raises AssertionError where it does not come."""
    began = time.monotonic()
    while not condition():
        assert time.monotonic() < began + seconds, otherwise
        time.sleep(0.1)
    return time.monotonic() - began


def nothing_is_left(left: Callable[[], Collection[object]], seconds: float = PATIENCE_SECONDS) -> None:
    """Wait until nothing is left of what a test waits for; raises AssertionError with what is."""
    deadline = time.monotonic() + seconds
    while still := left():
        assert time.monotonic() < deadline, f"after {seconds:g} seconds there is still: {still}"
        time.sleep(0.2)
