"""The whole way of events, on real servers: from the ingress topics to the read models."""

import asyncio
import json
from datetime import UTC, datetime
from decimal import Decimal

import psycopg
import pytest
from cloudevents.core.bindings.kafka import to_binary, to_structured
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent
from psycopg.sql import SQL, Identifier

from events.codec import encode
from events.errors import JournalGap
from events.ledger import ledger
from events.topics import SIGNALS
from streams.kafka import ensure_topics, reading
from streams.settings import Settings
from streams.worker import working
from tests.integration.pipeline import event, fingerprint, publish, query, replay, send, work_off

pytestmark = [pytest.mark.integration, pytest.mark.asyncio]


async def test_the_ledger_closes_the_loops_that_the_sources_name(
    settings: Settings, second_database: str
) -> None:
    settings = settings.model_copy(update={"bar_seconds": 86_400})
    await ensure_topics(settings)
    for fact in ledger():
        await publish(settings, [fact])
    await work_off(settings)

    assert query(settings, "SELECT count(*) FROM read.journal_event") == [(len(ledger()),)]
    assert query(settings, "SELECT count(*) FROM read.dead_letter") == [(0,)]
    loops = {
        (basis, path): dollars
        for basis, path, dollars in query(settings, "SELECT basis, path, bottleneck_usd FROM read.loop")
    }
    assert loops["all", "Amazon → OpenAI → Amazon"] == Decimal("50000000000.00")
    assert loops["firm", "Amazon → OpenAI → Amazon"] == Decimal("15000000000.00")
    assert loops["all", "Nvidia → OpenAI → Nvidia"] == Decimal("30000000000.00")
    assert not [path for _, path in loops if "Hyperion" in path]
    signs = {
        (indicator, subject): (round(value, 3), level, is_unknown)
        for indicator, subject, value, level, is_unknown in query(
            settings, "SELECT indicator, subject, value, level, is_unknown FROM read.indicator_current"
        )
    }
    assert signs["conditional_share", "amazon-openai-2026"] == (0.7, "warning", False)
    assert signs["pledged_equity_drawdown", "ARM"] == (0, "calm", True)

    await replay(settings, second_database)
    assert fingerprint(second_database) == fingerprint(settings.database_url)


async def test_a_waiver_and_a_late_power_date_raise_their_signals_once(settings: Settings) -> None:
    await ensure_topics(settings)
    waiver = event(
        "CreditWaiverReported",
        facility_id="ddtl-2",
        borrower="CoreWeave",
        lenders=["Blackstone"],
        kind="waiver",
    )
    scheduled = event(
        "PowerScheduled", site_id="Abilene", operator="Crusoe", mw=600, expected_on="2026-03-01"
    )
    slipped = event(
        "PowerScheduled",
        "2026-01-02T12:00:00Z",
        site_id="Abilene",
        operator="Crusoe",
        mw=600,
        expected_on="2026-08-01",
    )
    await publish(settings, [waiver, scheduled])
    await work_off(settings)
    # Sent twice by its source: the same fact is no second episode.
    await publish(settings, [slipped, waiver])
    await work_off(settings)

    steps = query(settings, "SELECT indicator, subject, step, level FROM read.signal ORDER BY 1, 2")
    assert ("credit_waivers", "borrower:CoreWeave", "opened", "watch") in steps
    assert ("power_delay", "site:Abilene", "opened", "warning") in steps
    assert len(steps) == len(set(steps))

    async with reading(settings, SIGNALS) as signals:
        sent = [record async for batch in signals.read(0, await signals.end()) for record in batch]
    assert len(sent) == len(steps)
    assert len({dict(record.headers)["message_id"] for record in sent}) == len(sent)
    by_subject = {json.loads(record.value)["subject"]: json.loads(record.value) for record in sent}
    assert by_subject["borrower:CoreWeave"]["evidence"] == [str(waiver.event_id)]


async def test_a_plain_producer_without_headers_ids_or_arrays_is_welcome(settings: Settings) -> None:
    await ensure_topics(settings)
    bare = {
        "event_type": "CreditWaiverReported",
        "occurred_at": "2026-01-01T00:00:00Z",
        "known_at": "2026-01-02T00:00:00Z",
        "source": "desk",
        "certainty": "reported",
        "facility_id": "x",
        "borrower": "Oracle",
        "kind": "amendment",
    }
    await send(settings, "credit", json.dumps(bare).encode())
    await send(settings, "credit", json.dumps([bare, {**bare, "kind": "default"}]).encode(), key=b"x")
    await work_off(settings)
    kinds = query(settings, "SELECT kind FROM read.credit_event ORDER BY known_at, kind")
    assert kinds == [("amendment",), ("default",)]


async def test_another_cloud_events_producer_is_welcome_in_both_of_its_modes(settings: Settings) -> None:
    await ensure_topics(settings)
    for number, mode in enumerate((to_binary, to_structured)):
        cloud_event = CloudEvent(
            attributes={
                "id": f"desk-{number}",
                "source": "https://desk.example.com",
                "type": "com.example.CreditWaiverReported",
                "time": datetime(2026, 1, 1, tzinfo=UTC),
                "datacontenttype": "application/json",
            },
            data={"facility_id": "x", "borrower": "Oracle", "kind": "waiver", "certainty": "reported"},
        )
        message = mode(cloud_event, JSONFormat())
        await send(settings, "credit", message.value, headers=list(message.headers.items()))
    await work_off(settings)
    assert query(settings, "SELECT count(*), count(DISTINCT event_id) FROM read.credit_event") == [(2, 2)]
    assert query(settings, "SELECT DISTINCT source FROM read.journal_event") == [
        ("https://desk.example.com",)
    ]


async def test_prices_become_bars_whatever_their_order_and_late_ones_are_added(settings: Settings) -> None:
    await ensure_topics(settings)

    def tick(second: int, price_usd: float) -> bytes:
        at = f"2026-01-01T12:00:{second:02}Z"
        return encode(event("EquityPriced", at, symbol="CAT", price_usd=price_usd, size=10))

    await send(settings, "equity.prices", b"[" + tick(1, 100) + b"," + tick(30, 110) + b"]", key=b"CAT")
    await send(settings, "equity.prices", tick(20, 90), key=b"CAT")
    await work_off(settings)
    await send(settings, "equity.prices", tick(59, 105), key=b"CAT")
    await work_off(settings)
    bars = query(settings, "SELECT symbol, open, high, low, close, volume FROM read.equity_bar")
    assert bars == [("CAT", 100, 110, 90, 105, 40)]


async def test_rows_do_not_depend_on_how_the_journal_is_cut_into_batches(
    settings: Settings, second_database: str
) -> None:
    await ensure_topics(settings)
    await publish(settings, ledger())
    await work_off(settings)
    await replay(settings, second_database, batch=1)
    assert fingerprint(second_database) == fingerprint(settings.database_url)


async def test_the_read_only_role_reads_the_views_and_nothing_else(settings: Settings) -> None:
    with psycopg.connect(settings.database_url) as connection:
        connection.execute("SET ROLE ouroboros_reader")
        views = connection.execute(
            "SELECT table_name FROM information_schema.views WHERE table_schema = 'read'"
        ).fetchall()
        assert len(views) >= 12
        for (view,) in views:
            connection.execute(SQL("SELECT * FROM {} LIMIT 1").format(Identifier("read", view)))
    for forbidden in (
        "SELECT * FROM ouroboros.checkpoint",
        "SELECT * FROM ouroboros.dead_letter",
        "SELECT * FROM credit_v3.facility",
        "DELETE FROM read.dead_letter",
        "CREATE TABLE read.mine (a int)",
        "CREATE TABLE public.mine (a int)",
    ):
        with psycopg.connect(settings.database_url) as connection:
            connection.execute("SET ROLE ouroboros_reader")
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(forbidden)


async def test_a_database_that_belongs_to_another_journal_is_refused(settings: Settings) -> None:
    await ensure_topics(settings)
    await publish(settings, [event("LoanRepaid", facility_id="f", amount_usd=5)])
    await work_off(settings)
    elsewhere = settings.model_copy(update={"namespace": f"{settings.namespace}b"})
    await ensure_topics(elsewhere)
    async with working(elsewhere, ("projector",)) as worker:
        error = await asyncio.wait_for(worker.failed(), 60)
    assert isinstance(error, JournalGap)
    assert "belong together" in str(error)
