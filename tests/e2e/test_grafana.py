"""A real Grafana on the real pipeline: everything is taken, every panel is answered, alerts come once."""

import asyncio
import json
import os
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from uuid import uuid4

import pytest
from pydantic import SecretStr

from dashboards.alerting.contact_points import CONTACT_POINTS
from dashboards.alerting.pipeline_rules import pipeline_group
from dashboards.alerting.rules import sign_groups
from events.base import Event
from events.ledger import ledger
from ouroboros.dashboards import SHIPPED_WATCHLIST, generated_for
from ouroboros.embedded import start_kafka, start_postgres
from projections.registry import PROJECTIONS
from projections.store.migration import migrate
from streams.kafka import ensure_topics
from streams.settings import Settings
from tests.e2e.grafana import READER, Grafana, Receiver, receiving, running
from tests.e2e.panel_queries import chosen_in, panel_queries
from tests.integration.pipeline import event, publish, query, worker_process

PROGRAM = os.environ.get("OUROBOROS_TEST_GRAFANA")

pytestmark = [
    pytest.mark.integration,
    pytest.mark.skipif(
        not PROGRAM,
        reason="no Grafana is given: set OUROBOROS_TEST_GRAFANA to a folder of one, which holds bin/grafana",
    ),
]

# An alert is evaluated every ten seconds, somewhere within them; the rest is for a busy machine.
EVALUATION_SECONDS = 20
PATIENCE_SECONDS = 60
QUIET_SECONDS = 2 * EVALUATION_SECONDS

UIDS = [
    json.loads(content)["uid"]
    for name, content in generated_for([SHIPPED_WATCHLIST]).items()
    if name.endswith(".json")
]

BORROWER = "borrower:Fictional Neocloud"
LATE, MUTED = "site:Fictional Late Site", "site:Fictional Muted Site"


@dataclass(frozen=True)
class House:
    """Everything that runs."""

    settings: Settings
    grafana: Grafana
    receiver: Receiver
    start: datetime

    def at(self, days: float) -> str:
        """Name a moment so many days after the ledger's last fact."""
        return (self.start + timedelta(days=days)).isoformat()

    def publish(self, *events: Event) -> None:
        """Publish events, and wait until the worker has them in the read models."""
        applied = self._applied()
        asyncio.run(publish(self.settings, events))
        until(lambda: self._applied() >= applied + len(events), "the worker has not taken the events in")

    def _applied(self) -> int:
        ((count,),) = query(self.settings, "SELECT count(*) FROM read.journal_event")
        return int(count)


@pytest.fixture(scope="module")
def house() -> Iterator[House]:
    folder = Path(tempfile.mkdtemp(prefix="ouroboros-grafana-"))
    folder.chmod(0o755)
    kafka, postgres = start_kafka(folder / "kafka", print), start_postgres(folder / "postgres", print)
    settings = Settings(
        kafka=kafka.bootstrap,
        database=SecretStr(postgres.dsn),
        namespace=f"t{uuid4().hex[:10]}",
        clock_seconds=0,
        home=folder,
    )
    migrate(settings.database_url, PROJECTIONS, READER, print)
    asyncio.run(ensure_topics(settings))
    worker = worker_process(settings)
    try:
        with receiving() as receiver:
            environment = {
                "OUROBOROS_ALERT_WEBHOOK_URL": receiver.url,
                "OUROBOROS_ALERT_WEBHOOK_LEVELS": "watch|warning|critical",
            }
            with running(
                Path(PROGRAM or ""), folder / "grafana", settings.database_url, **environment
            ) as grafana:
                facts = ledger()
                house = House(settings, grafana, receiver, max(one.known_at for one in facts))
                asyncio.run(publish(settings, facts))
                # Grafana says that it is healthy while it still reads the files of dashboards.
                until(lambda: uids_in(grafana) >= set(UIDS), "Grafana has not read all dashboards")
                yield house
    finally:
        stop(worker)
        postgres.stop()
        kafka.stop()
        shutil.rmtree(folder, ignore_errors=True)


def stop(worker: subprocess.Popen[bytes]) -> None:
    worker.terminate()
    _, err = worker.communicate(timeout=60)
    assert b"Traceback" not in err, err.decode()


def until(condition: Callable[[], bool], otherwise: str, seconds: float = PATIENCE_SECONDS) -> float:
    """Wait for a condition and return how long it took."""
    began = time.monotonic()
    while not condition():
        assert time.monotonic() < began + seconds, otherwise
        time.sleep(0.1)
    return time.monotonic() - began


def uids_in(grafana: Grafana) -> set[str]:
    return {one["uid"] for one in grafana.get("/api/search?type=dash-db")}


def complaints_of(grafana: Grafana) -> list[str]:
    """Give what the log says about provisioning that is no mere information."""
    lines = grafana.log.read_text().splitlines()
    return [one for one in lines if re.search(r"level=(warn|error)", one) and "provisioning" in one]


def told(receiver: Receiver, subject: str) -> bool:
    return bool(receiver.about(subject))


def ended(receiver: Receiver, subject: str) -> bool:
    return told(receiver, subject) and receiver.about(subject)[-1]["status"] == "resolved"


def credit_event(at: str, kind: str) -> Event:
    return event(
        "CreditWaiverReported",
        at,
        facility_id=f"fictional-{kind}",
        borrower="Fictional Neocloud",
        lenders=["Fictional Credit Fund"],
        kind=kind,
        # Evidence travels in a label: a long address must not get lost on the way.
        source_url=f"https://example.com/{kind}?{'x' * 1500}",
    )


def slipped(house: House, site: str, day: float, by_days: int) -> Iterable[Event]:
    """Promise power to a site, and later put the day off."""
    first = (house.start + timedelta(days=60)).date()
    for number, expected_on in enumerate((first, first + timedelta(days=by_days))):
        yield event(
            "PowerScheduled",
            house.at(day + number / 10),
            site_id=site.removeprefix("site:"),
            operator=f"Operator of {site}",
            mw=100,
            expected_on=expected_on.isoformat(),
        )


def test_grafana_takes_all_of_the_provisioning_without_a_warning(house: House) -> None:
    assert complaints_of(house.grafana) == []
    assert uids_in(house.grafana) == set(UIDS)
    rules = {one["uid"] for one in house.grafana.get("/api/v1/provisioning/alert-rules")}
    assert rules == {rule.uid for group in (*sign_groups(), pipeline_group()) for rule in group.rules}
    assert house.grafana.get("/api/datasources/uid/ouroboros/health")["status"] == "OK"


def test_an_alert_comes_once_with_its_evidence_and_ends_with_its_episode(house: House) -> None:
    receiver, start = house.receiver, house.at
    house.publish(
        event(
            "SignalMuted",
            start(1),
            indicator="power_delay",
            subject=MUTED,
            until="2099-01-01T00:00:00Z",
            by="desk",
        )
    )
    waiver = credit_event(start(2), "waiver")
    house.publish(waiver, *slipped(house, LATE, 2.1, 100), *slipped(house, MUTED, 2.3, 200))
    for about in (BORROWER, LATE):
        until(partial(told, receiver, about), f"nobody was told of {about}")

    # To have seen it is no reason to be told again, and no reason not to be told of its end.
    ((signal_id,),) = query(
        house.settings,
        "SELECT signal_id FROM read.indicator_current WHERE subject LIKE 'borrower:Fictional%'",
    )
    house.publish(event("SignalAcknowledged", start(3), signal_id=str(signal_id), by="desk"))
    time.sleep(QUIET_SECONDS)
    (credit,), (power,) = receiver.about(BORROWER), receiver.about(LATE)

    assert (credit["status"], credit["title"]) == ("firing", f"WATCH · Credit waivers · {BORROWER}")
    for expected in (
        "1 lender favour for Fictional Neocloud",
        "Now 1.0 (weighted count), threshold 0.5 (weighted count), since 2",
        f"https://example.com/waiver?{'x' * 1500}",
        f"http://127.0.0.1:{house.grafana.port}/d/ouroboros-credit?viewPanel=",
    ):
        assert expected in credit["message"], credit["message"]
    # From nothing to warning: the rule for watch has nothing to tell.
    (alert,) = power["alerts"]
    assert (alert["labels"]["severity"], power["title"]) == ("warning", f"WARNING · Power delay · {LATE}")
    assert "Now 100 days, threshold 90 days" in power["message"]

    # Both rules fire now, and one message speaks of the higher level alone.
    house.publish(credit_event(start(4), "default"))
    until(lambda: len(receiver.about(BORROWER)) == 2, "nobody was told of the default")
    worse = receiver.about(BORROWER)[1]
    assert worse["title"] == f"CRITICAL · Credit waivers · {BORROWER}"
    assert {one["labels"]["severity"] for one in worse["alerts"]} == {"watch", "critical"}
    assert worse["message"].count("Credit waivers (") == 1

    delivered = (house.start + timedelta(days=62)).date().isoformat()
    house.publish(
        *(
            event(
                "PowerDelivered",
                start(63),
                site_id=site.removeprefix("site:"),
                mw=100,
                delivered_on=delivered,
            )
            for site in (LATE, MUTED)
        ),
        event("ClockTicked", start(96)),
    )
    for about, title in ((BORROWER, "Credit waivers"), (LATE, "Power delay")):
        until(partial(ended, receiver, about), f"nobody was told that {about} is over")
        last = receiver.about(about)[-1]
        assert last["title"] == f"OVER · {title} · {about}"
        assert "is over" in last["message"]
    assert len(receiver.about(LATE)) == 2
    assert receiver.about(MUTED) == []


def test_grafana_starts_without_anybody_to_tell(house: House) -> None:
    with running(Path(PROGRAM or ""), house.settings.home / "alone", house.settings.database_url) as grafana:
        names = {one["name"] for one in grafana.get("/api/v1/provisioning/contact-points")}
        assert names >= {one.name for one in CONTACT_POINTS}
        assert complaints_of(grafana) == []


@pytest.mark.parametrize("uid", UIDS)
def test_every_query_of_a_dashboard_is_answered(house: House, uid: str) -> None:
    board = house.grafana.get(f"/api/dashboards/uid/{uid}")["dashboard"]
    asked = list(panel_queries(board, chosen_in(house.grafana, board)))
    assert asked
    failed = {
        f"{title}, {name}": f"{result['error']}\n{[one['rawSql'] for one in targets if one['refId'] == name]}"
        for title, targets in asked
        for name, result in house.grafana.query(*targets).items()
        if "error" in result
    }
    assert failed == {}
