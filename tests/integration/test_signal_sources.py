"""Signals carry what they rest on: headlines and addresses, looked up in the archive when they are sent."""

import json
from typing import Any

import pytest

from events.topics import SIGNALS
from streams.kafka import ensure_topics, reading
from streams.settings import Settings
from tests.integration.pipeline import event, publish, query, work_off
from tests.integration.webhooks import introduce, posting_to
from tests.streams.webhook_receiver import receiving

pytestmark = [pytest.mark.integration, pytest.mark.asyncio]

WRITTEN = event(
    "CreditWaiverReported",
    "2026-01-01T12:00:00.5Z",
    facility_id="ddtl-2",
    borrower="Oracle <!channel>",
    kind="waiver",
    source="Oracle 8-K",
    source_url="https://example.com/8-k?a=1&b=|2",
)
UNWRITTEN = event(
    "CreditWaiverReported",
    "2026-01-02T12:00:00Z",
    facility_id="ddtl-3",
    borrower="Oracle <!channel>",
    kind="default",
)
SOURCES = [
    {
        "event_id": str(WRITTEN.event_id),
        "headline": "Oracle <!channel> got a waiver from its lenders on ddtl-2",
        "source": "Oracle 8-K",
        "source_url": "https://example.com/8-k?a=1&b=|2",
        "known_at": "2026-01-01T12:00:00.500000+00:00",
    },
    {
        "event_id": str(UNWRITTEN.event_id),
        "headline": "Oracle <!channel> is in default towards its lenders on ddtl-3",
        "source": "test",
        "known_at": "2026-01-02T12:00:00+00:00",
    },
]


async def sent_signals(settings: Settings) -> list[dict[str, Any]]:
    async with reading(settings, SIGNALS) as signals:
        sent = [record async for batch in signals.read(0, await signals.end()) for record in batch]
    return [json.loads(record.value) for record in sent]


async def test_a_signal_is_sent_and_posted_with_the_sources_of_its_evidence(settings: Settings) -> None:
    async with receiving() as risk, receiving() as desk:
        settings = posting_to(
            settings,
            {"name": "risk", "url": risk.url},
            {"name": "desk", "url": desk.url, "format": "slack"},
        )
        await introduce(settings)
        await publish(settings, [WRITTEN, UNWRITTEN])
        await work_off(settings)

    sent = {(one["signal_id"], one["step_number"]): one for one in await sent_signals(settings)}
    escalated = [one for one in sent.values() if one["subject"] == "borrower:Oracle <!channel>"][-1]
    assert (escalated["step"], escalated["level"]) == ("escalated", "critical")
    assert escalated["sources"] == SOURCES
    for signal in sent.values():
        assert [one["event_id"] for one in signal["sources"]] == signal["evidence"]
    outbox = dict(query(settings, "SELECT message_id, payload FROM warning_signs_v3.outbox"))
    for post in risk.posts:
        posted = dict(post.document)
        signal = sent[posted["signal_id"], posted["step_number"]]
        assert posted == {"message_id": post.key, **signal}
        assert {name: value for name, value in signal.items() if name != "sources"} == outbox[post.key]
    assert len(risk.posts) == len(sent) == len(outbox)
    told = next(one.document["text"] for one in desk.posts if one.key == f"{escalated['signal_id']}/2")
    assert told.endswith(
        " Evidence: <https://example.com/8-k?a=1&amp;b=%7C2|"
        "Oracle &lt;!channel&gt; got a waiver from its lenders on ddtl-2> (Oracle 8-K, 2026-01-01);"
        " Oracle &lt;!channel&gt; is in default towards its lenders on ddtl-3 (test, 2026-01-02)."
    )


async def test_what_the_archive_does_not_have_yet_comes_with_its_id_alone(settings: Settings) -> None:
    await ensure_topics(settings)
    await publish(settings, [WRITTEN, UNWRITTEN])
    await work_off(settings, ("sequencer", "warning_signs", "signals"))
    ids_alone = [{"event_id": one["event_id"]} for one in SOURCES]
    waivers = [one for one in await sent_signals(settings) if one["indicator"] == "credit_waivers"]
    assert [one["sources"] for one in waivers] == [ids_alone[:1]] * 2 + [ids_alone] * 2

    evidence = (
        "SELECT event_id::text, headline, source, source_url, known_at IS NULL FROM read.signal_evidence"
        " WHERE step_number = 2 ORDER BY signal_id, number LIMIT 2"
    )
    assert query(settings, evidence) == [(one["event_id"], None, None, None, True) for one in SOURCES]
    await work_off(settings, ("journal_event",))
    assert query(settings, evidence) == [
        (one["event_id"], one["headline"], one["source"], one.get("source_url"), False) for one in SOURCES
    ]


async def test_the_evidence_of_a_signal_can_be_read_in_its_order(settings: Settings) -> None:
    await ensure_topics(settings)
    await publish(settings, [WRITTEN, UNWRITTEN])
    await work_off(settings)
    assert query(
        settings,
        "SELECT signal_id, step_number, array_agg(event_id ORDER BY number) FROM read.signal_evidence"
        " GROUP BY 1, 2 ORDER BY 1, 2",
    ) == query(settings, "SELECT signal_id, step_number, evidence FROM read.signal ORDER BY 1, 2")
    assert query(settings, "SELECT DISTINCT event_type, certainty FROM read.signal_evidence") == [
        ("CreditWaiverReported", "stated")
    ]
