"""Every alert about Ouroboros itself fires in a real Grafana by real trouble, and ends when it is mended."""

import asyncio
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest

from dashboards.alerts.pipeline_rules import LAG, TROUBLES, Trouble
from events.base import Event
from events.codec import encode
from events.families.clock import tick
from events.journal import Run, encode_records
from events.topics import JOURNAL
from streams.kafka import producing
from streams.settings import Settings
from tests.e2e.haste import FILES_IN_HASTE
from tests.e2e.house import House, needs_grafana, nothing_is_left, running_house, until
from tests.integration.pipeline import event, ouroboros, query, send

pytestmark = [pytest.mark.integration, needs_grafana]

LONG_AGO = datetime(2024, 1, 1, 12, tzinfo=UTC)
# Reports of utilisation are stale after 180 days.
LATER = LONG_AGO + timedelta(days=181)

BY_UID = {trouble.uid: trouble for trouble in TROUBLES}
SILENCE = BY_UID["pipeline-no-heartbeat"]
PARTS = {"sequencer", "projector", "dead-letters", "signals"}

Firing = set[tuple[str, str, str]]


@pytest.fixture(scope="module")
def house() -> Iterator[House]:
    with running_house((), FILES_IN_HASTE) as house:
        yield house


def utilisation(at: datetime) -> Event:
    return event("UtilizationReported", at.isoformat(), company="Fictional Landlord", utilization=1)


def cut_commitment(at: datetime) -> Event:
    stated = {"contract_id": "fictional-orders", "before_usd": 100, "after_usd": 10}
    return event("CommitmentRevised", at.isoformat(), company="Fictional Promiser", **stated)


@contextmanager
def stale_feed(house: House) -> Iterator[set[str]]:
    house.publish(utilisation(LONG_AGO))
    house.publish(tick(LATER))
    yield {"Dark capacity"}
    house.publish(utilisation(LATER))


@contextmanager
def dead_letters(house: House) -> Iterator[set[str]]:
    for topic in ("credit", "power"):
        asyncio.run(send(house.settings, topic, b"{oops"))
    until(lambda: len(open_dead_letters(house.settings)) == 2, "the dead letters are not kept")
    yield {"credit", "power"}
    addresses = open_dead_letters(house.settings)
    mended = house.settings.home / "mended.json"
    repaid = event("LoanRepaid", LATER.isoformat(), facility_id="fictional-loan", amount_usd=5)
    mended.write_bytes(encode(repaid))
    run(house, "redrive", addresses["credit"], "--with", str(mended))
    run(house, "discard", addresses["power"], "--by", "desk", "--why", "nobody can mend it")
    until(lambda: not open_dead_letters(house.settings), "dead letters are still open")


def open_dead_letters(settings: Settings) -> dict[str, str]:
    found = query(settings, "SELECT * FROM ouroboros.dead_letter WHERE state = 'open'")
    return {topic: f"{topic}/{partition}/{offset}/{index}" for topic, partition, offset, index, *_ in found}


def run(house: House, *arguments: str) -> None:
    code, out, err = asyncio.run(ouroboros(house.settings, "dead-letters", *arguments))
    assert code == 0, out + err


@contextmanager
def refusing_webhook(house: House) -> Iterator[set[str]]:
    house.desk.status = 410
    house.publish(cut_commitment(LATER))
    until(lambda: given_up(house.settings) == 1, "nothing was given up")
    yield {"fictional-desk"}
    house.desk.status = 200
    execute(
        house.settings,
        "UPDATE ouroboros.webhook_delivery SET given_up_at = NULL, attempts = 0, queued_at = now(),"
        " next_attempt_at = now() WHERE destination = 'fictional-desk' AND given_up_at IS NOT NULL",
    )


def given_up(settings: Settings) -> Any:
    ((found,),) = query(settings, "SELECT count(given_up_at) FROM read.webhook_delivery")
    return found


def execute(settings: Settings, statement: str) -> None:
    with psycopg.connect(settings.database_url) as connection:
        connection.execute(statement.encode())


@contextmanager
def held_up_projector(house: House) -> Iterator[set[str]]:
    # Nothing can be written while somebody else has the checkpoints.
    with psycopg.connect(house.settings.database_url) as connection:
        connection.execute("SELECT * FROM ouroboros.checkpoint FOR UPDATE")
        asyncio.run(journal(house.settings, LAG + 100))
        yield {"projector"}


async def journal(settings: Settings, records: int) -> None:
    """Journal so many records as a sequencer does, of one event each."""
    async with producing(settings) as producer:
        for number in range(records):
            run = Run("test/0", number, (tick(LATER + timedelta(seconds=number)),))
            for value, headers in encode_records([run]):
                await producer.send(settings.topic(JOURNAL), value, headers=headers)
        await producer.flush()


Cause = Callable[[House], AbstractContextManager[set[str]]]
# The last one stops the worker from doing what the others need.
CAUSES: dict[str, Cause] = {
    "pipeline-stale-feed": stale_feed,
    "pipeline-dead-letters": dead_letters,
    "pipeline-webhook-given-up": refusing_webhook,
    "pipeline-lag": held_up_projector,
}


def alerts(trouble: Trouble, subjects: set[str]) -> Firing:
    return {(trouble.title, subject, trouble.level.value) for subject in subjects}


def firing(house: House, uids: Iterable[str]) -> Firing:
    titles = {BY_UID[uid].title for uid in uids}
    return {alert for alert in house.grafana.firing() if alert[0] in titles}


def told(house: House, trouble: Trouble) -> list[dict[str, Any]]:
    return [
        message
        for message in house.receiver.told
        if message["commonLabels"].get("alertname") == trouble.title
    ]


def told_of(message: dict[str, Any]) -> set[str]:
    return {alert["labels"].get("subject", "") for alert in message["alerts"]}


def test_every_trouble_has_a_cause() -> None:
    assert CAUSES.keys() == BY_UID.keys() - {SILENCE.uid}, "a rule about the pipeline has no cause here"


def test_trouble_is_told_with_its_remedy_and_is_over_when_it_is_mended(house: House) -> None:
    with ExitStack() as stack:
        subjects = {uid: stack.enter_context(cause(house)) for uid, cause in CAUSES.items()}
        expected = set().union(*(alerts(BY_UID[uid], found) for uid, found in subjects.items()))
        nothing_is_left(lambda: firing(house, CAUSES) ^ expected)
        nothing_is_left(lambda: [uid for uid in CAUSES if not told(house, BY_UID[uid])])
        for uid, found in subjects.items():
            trouble, (message,) = BY_UID[uid], told(house, BY_UID[uid])
            assert message["status"] == "firing"
            assert told_of(message) == found
            assert trouble.remedy in message["message"]
            assert message["title"].startswith(f"{trouble.level.upper()} · {trouble.title}")
    nothing_is_left(lambda: firing(house, CAUSES))
    nothing_is_left(lambda: [uid for uid in CAUSES if told(house, BY_UID[uid])[-1]["status"] != "resolved"])


def test_silence_is_told_until_the_worker_is_heard_of_again(house: House) -> None:
    house.worker.stop()
    nothing_is_left(lambda: firing(house, [SILENCE.uid]) ^ alerts(SILENCE, PARTS), 150)
    nothing_is_left(lambda: PARTS - set().union(*map(told_of, told(house, SILENCE))))
    assert "was last heard of" in told(house, SILENCE)[-1]["message"]

    house.worker.start()
    nothing_is_left(lambda: firing(house, [SILENCE.uid]))
    until(lambda: told(house, SILENCE)[-1]["status"] == "resolved", "nobody was told that it is over")
