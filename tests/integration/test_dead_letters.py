"""What cannot be read: kept with its reason and bytes, told to people, sent again, nothing lost."""

import json
from pathlib import Path
from typing import Any

import pytest

from events.codec import encode
from events.ledger import ledger
from events.prices import EquityPriced
from streams.kafka import ensure_topics
from streams.settings import Settings
from tests.integration.pipeline import event, fingerprint, ouroboros, publish, query, replay, send, work_off

pytestmark = [pytest.mark.integration, pytest.mark.asyncio]

GOOD = encode(event("LoanRepaid", facility_id="f", amount_usd=5))
POISON: dict[str, tuple[str, bytes]] = {
    "empty": ("credit", b""),
    "not JSON": ("credit", b"{oops"),
    "bytes": ("deals", bytes(range(256))),
    "not a number": ("gpu.prices", b'{"event_type":"GpuPriced","price_usd":NaN}'),
    "too deep": ("deals", b"[" * 5000 + b"]" * 5000),
    "unknown type": ("credit", b'{"event_type":"MoonLanded"}'),
    "no type": ("power", b"{}"),
    "wrong topic": ("power", GOOD),
    "negative": ("credit", GOOD.replace(b'"5.00"', b'"-5.00"')),
    "huge": ("credit", GOOD.replace(b'"5.00"', b'"1e999999"')),
    "NUL": ("credit", GOOD.replace(b'"f"', b'"f\\u0000"')),
    "unknown field": ("credit", GOOD.replace(b'"f"', b'"f","surprise":1')),
    "naive time": ("credit", GOOD.replace(b"12:00:00Z", b"12:00:00")),
    "from the future": ("credit", GOOD.replace(b'"known_at":"2026', b'"known_at":"2096')),
    "version of tomorrow": ("credit", GOOD.replace(b'"schema_version":1', b'"schema_version":9')),
    "too many bytes": ("headlines", b'"' + b"x" * (5 * 1024 * 1024) + b'"'),
}


async def test_every_kind_of_poison_is_kept_with_reason_and_bytes_and_stops_nothing(
    settings: Settings, second_database: str
) -> None:
    await ensure_topics(settings)
    facts = [one for one in ledger() if not isinstance(one, EquityPriced)]
    places = {}
    for (name, (topic, value)), fact in zip(POISON.items(), facts, strict=False):
        await publish(settings, [fact])
        await send(settings, topic, value, partition=0, headers=[("trace", name.encode())])
    await publish(settings, facts)
    await work_off(settings)

    letters = query(
        settings, "SELECT raw, reason, topic, headers, resolved_at FROM ouroboros.dead_letter ORDER BY reason"
    )
    assert len(letters) == len(POISON)
    kept = {bytes(raw): (topic, reason) for raw, reason, topic, _, _ in letters}
    for name, (topic, value) in POISON.items():
        assert value in kept, name
        places[name], reason = kept[value]
        assert places[name] == topic
        assert reason.endswith("."), reason
        assert len(reason) < 1500
    assert all(resolved is None for *_, resolved in letters)
    assert query(settings, "SELECT count(*) FROM read.journal_event") == [(len(facts),)]
    assert query(settings, "SELECT DISTINCT dead_lettered FROM read.pipeline_health") in (
        [(len(POISON),)],
        [],
    )
    await replay(settings, second_database)
    assert fingerprint(second_database) == fingerprint(settings.database_url)


async def test_a_mended_deal_is_taken_and_what_waited_behind_it_follows_in_order(
    settings: Settings, tmp_path: Path
) -> None:
    await ensure_topics(settings)
    leg = {"leg": "equity", "kind": "equity", "payer": "Nvidia", "payee": "OpenAI", "amount_usd": 30e9}
    announced = json.loads(encode(event("DealAnnounced", deal_id="d", title="a round", legs=[leg])))
    revised = event("DealRevised", "2026-01-02T12:00:00Z", deal_id="d", legs=[{**leg, "amount_usd": 20e9}])
    other = event("DealAnnounced", deal_id="other", title="another", legs=[leg])
    broken = {**announced, "legs": [{**leg, "amount_usd": "thirty billion"}]}
    await send(settings, "deals", json.dumps(broken).encode(), key=b"d")
    await publish(settings, [revised, other])
    await work_off(settings)
    assert query(settings, "SELECT deal_id FROM read.deal") == [("other",)]

    code, listed, _ = await ouroboros(settings, "dead-letters", "list")
    assert code == 0
    assert "legs.0.amount_usd" in listed
    assert "waits behind" in listed
    ((place,),) = query(
        settings,
        "SELECT topic || '/' || partition || '/' || \"offset\" || '/' || index"
        " FROM ouroboros.dead_letter WHERE reason NOT LIKE '%waits%'",
    )
    code, shown, _ = await ouroboros(settings, "dead-letters", "show", place)
    assert code == 0
    assert "thirty billion" in shown

    mended = tmp_path / "mended.json"
    mended.write_text(json.dumps(announced))
    code, sent, _ = await ouroboros(settings, "dead-letters", "redrive", place, "--with", str(mended))
    assert (code, "Sent 1 again" in sent) == (0, True)
    await work_off(settings)
    code, sent, _ = await ouroboros(settings, "dead-letters", "redrive")
    assert (code, "Sent 1 again" in sent) == (0, True)
    await work_off(settings)
    assert query(settings, "SELECT amount_usd FROM read.deal_leg WHERE deal_id = 'd'") == [(20_000_000_000,)]
    assert query(settings, "SELECT count(*) FROM read.dead_letter WHERE resolved_at IS NULL") == [(0,)]
    code, listed, _ = await ouroboros(settings, "dead-letters", "list")
    assert "There are no dead letters." in listed


async def test_a_letter_that_is_still_unreadable_stays_with_its_new_reason(settings: Settings) -> None:
    await ensure_topics(settings)
    await send(settings, "credit", b"{oops")
    await work_off(settings)
    await ouroboros(settings, "dead-letters", "redrive")
    await work_off(settings)
    letters = query(settings, "SELECT attempts, resolved_at IS NULL FROM read.dead_letter")
    assert letters == [(2, True)]


async def test_poison_inside_an_array_leaves_its_neighbours_alone(settings: Settings) -> None:
    await ensure_topics(settings)
    array: list[Any] = [json.loads(GOOD), {"event_type": "LoanRepaid", "facility_id": "g"}, 7]
    await send(settings, "credit", json.dumps(array).encode())
    await work_off(settings)
    assert query(settings, "SELECT count(*) FROM read.credit_event") == [(1,)]
    letters = query(settings, "SELECT index, key FROM read.dead_letter ORDER BY index")
    assert letters == [(1, "g"), (2, None)]


async def test_sql_in_a_name_is_a_name(settings: Settings) -> None:
    await ensure_topics(settings)
    name = "Robert'); DROP SCHEMA read CASCADE; -- {{ .Values }} \\ %s $1"
    await publish(settings, [event("LoanRepaid", facility_id=name, amount_usd=5)])
    await work_off(settings)
    assert query(settings, "SELECT facility_id FROM read.credit_event") == [(name,)]
