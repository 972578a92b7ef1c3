"""A real Grafana on the real pipeline: everything is taken, every panel is answered, alerts come once."""

import asyncio
import json
import time
from collections.abc import Iterable, Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from dashboards.alerts.pipeline_rules import pipeline_group
from dashboards.alerts.routing import CONTACT_POINTS
from dashboards.alerts.rules import indicator_groups
from events.base import Event
from events.ledger import ledger
from tests.e2e.grafana import Grafana, Receiver, running
from tests.e2e.house import FILES, PROGRAM, QUIET_SECONDS, House, needs_grafana, running_house, until
from tests.e2e.panel_queries import chosen_in, panel_queries
from tests.integration.pipeline import event, publish, query

pytestmark = [pytest.mark.integration, needs_grafana]

UIDS = [json.loads(content)["uid"] for name, content in FILES.items() if name.endswith(".json")]
LAST_FACT = max(event.known_at for event in ledger())

BORROWER = "borrower:Fictional Neocloud"
LATE, MUTED = "site:Fictional Late Site", "site:Fictional Muted Site"


@pytest.fixture(scope="module")
def house() -> Iterator[House]:
    with running_house() as house:
        asyncio.run(publish(house.settings, ledger()))
        yield house


def after(days: float) -> str:
    """Name a moment so many days after the ledger's last fact."""
    return (LAST_FACT + timedelta(days=days)).isoformat()


def uids_in(grafana: Grafana) -> set[str]:
    return {board["uid"] for board in grafana.get("/api/search?type=dash-db")}


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


def slipped(site: str, day: float, by_days: int) -> Iterable[Event]:
    """Promise power to a site, and later put the day off."""
    first = (LAST_FACT + timedelta(days=60)).date()
    for number, expected_on in enumerate((first, first + timedelta(days=by_days))):
        yield event(
            "PowerScheduled",
            after(day + number / 10),
            site_id=site.removeprefix("site:"),
            operator=f"Operator of {site}",
            mw=100,
            expected_on=expected_on.isoformat(),
        )


def test_grafana_takes_all_of_the_provisioning_without_a_warning(house: House) -> None:
    assert house.grafana.complaints() == []
    assert uids_in(house.grafana) == set(UIDS)
    rules = {rule["uid"] for rule in house.grafana.get("/api/v1/provisioning/alert-rules")}
    assert rules == {
        rule["uid"] for group in (*indicator_groups(), pipeline_group()) for rule in group["rules"]
    }
    assert house.grafana.get("/api/datasources/uid/ouroboros/health")["status"] == "OK"


def test_an_alert_comes_once_with_its_evidence_and_ends_with_its_episode(house: House) -> None:
    receiver = house.receiver
    house.publish(
        event(
            "SignalMuted",
            after(1),
            indicator="power_delay",
            subject=MUTED,
            until="2099-01-01T00:00:00Z",
            by="desk",
        )
    )
    waiver = credit_event(after(2), "waiver")
    house.publish(waiver, *slipped(LATE, 2.1, 100), *slipped(MUTED, 2.3, 200))
    for about in (BORROWER, LATE):
        until(partial(told, receiver, about), f"nobody was told of {about}")

    # To have seen it is no reason to be told again, and no reason not to be told of its end.
    ((signal_id,),) = query(
        house.settings,
        "SELECT signal_id FROM read.indicator_current WHERE subject LIKE 'borrower:Fictional%'",
    )
    house.publish(event("SignalAcknowledged", after(3), signal_id=str(signal_id), by="desk"))
    time.sleep(QUIET_SECONDS)
    (credit,), (power,) = receiver.about(BORROWER), receiver.about(LATE)

    assert (credit["status"], credit["title"]) == (
        "firing",
        f"WATCH · Credit waivers and defaults · {BORROWER}",
    )
    for expected in (
        "1 case of relief for Fictional Neocloud",
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
    house.publish(credit_event(after(4), "default"))
    until(lambda: len(receiver.about(BORROWER)) == 2, "nobody was told of the default")
    worse = receiver.about(BORROWER)[1]
    assert worse["title"] == f"CRITICAL · Credit waivers and defaults · {BORROWER}"
    assert {alert["labels"]["severity"] for alert in worse["alerts"]} == {"watch", "critical"}
    assert worse["message"].count("Credit waivers and defaults (") == 1

    delivered = (LAST_FACT + timedelta(days=62)).date().isoformat()
    house.publish(
        *(
            event(
                "PowerDelivered",
                after(63),
                site_id=site.removeprefix("site:"),
                mw=100,
                delivered_on=delivered,
            )
            for site in (LATE, MUTED)
        ),
        event("ClockTicked", after(96)),
    )
    for about, title in ((BORROWER, "Credit waivers and defaults"), (LATE, "Power delay")):
        until(partial(ended, receiver, about), f"nobody was told that {about} is over")
        last = receiver.about(about)[-1]
        assert last["title"] == f"OVER · {title} · {about}"
        assert "is over" in last["message"]
    assert len(receiver.about(LATE)) == 2
    assert receiver.about(MUTED) == []


def test_grafana_starts_without_anybody_to_tell(house: House) -> None:
    alone = house.settings.home / "alone"
    with running(Path(PROGRAM or ""), alone, house.settings.database_url, FILES) as grafana:
        names = {point["name"] for point in grafana.get("/api/v1/provisioning/contact-points")}
        assert names >= {point["name"] for point in CONTACT_POINTS}
        assert grafana.complaints() == []


@pytest.mark.parametrize("uid", UIDS)
def test_every_query_of_a_dashboard_is_answered(house: House, uid: str) -> None:
    board = house.grafana.get(f"/api/dashboards/uid/{uid}")["dashboard"]
    asked = list(panel_queries(board, chosen_in(house.grafana, board)))
    assert asked
    failed = {
        f"{title}, {name}": f"{result['error']}\n{[q['rawSql'] for q in panel if q['refId'] == name]}"
        for title, panel in asked
        for name, result in house.grafana.query(*panel).items()
        if "error" in result
    }
    assert failed == {}
