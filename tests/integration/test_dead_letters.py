"""What cannot be read: kept with its reason and bytes, told to people, sent again, nothing lost."""

import asyncio
import json
import signal
from pathlib import Path
from typing import Any

import pytest

from events.codec import encode
from events.families.prices import Tick
from events.ledger import ledger
from streams.kafka import ensure_topics
from streams.settings import Settings
from tests.integration.pipeline import (
    dying_worker_process,
    event,
    fingerprint,
    ouroboros,
    publish,
    query,
    replay,
    send,
    work_off,
)
from tests.streams.given import discard

pytestmark = [pytest.mark.integration, pytest.mark.asyncio]

GOOD = encode(event("LoanRepaid", facility_id="f", amount_usd=5))
AT = "2026-01-01T12:00:00Z"
PRICES: dict[str, Any] = dict.fromkeys(("open_usd", "high_usd", "low_usd", "close_usd"), 5)
TIMES: dict[str, Any] = dict.fromkeys(("bucket", "first_at", "last_at"), AT)
BAR = encode(event("EquityBarClosed", AT, symbol="NVDA", interval_seconds=60, **TIMES, **PRICES))
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
    "a bar of another generation": ("equity.prices", BAR.replace(b'"bucket":"2026', b'"bucket":"2055')),
    "version of tomorrow": ("credit", GOOD.replace(b'"schema_version":1', b'"schema_version":9')),
    "too many bytes": ("headlines", b'"' + b"x" * (5 * 1024 * 1024) + b'"'),
}


async def test_every_kind_of_poison_is_kept_with_reason_and_bytes_and_stops_nothing(
    settings: Settings, second_database: str
) -> None:
    await ensure_topics(settings)
    facts = [fact for fact in ledger() if not isinstance(fact, Tick)]
    topics = {}
    for (name, (topic, value)), fact in zip(POISON.items(), facts, strict=False):
        await publish(settings, [fact])
        await send(settings, topic, value, partition=0, headers=[("trace", name.encode())])
    await publish(settings, facts)
    await work_off(settings)

    dead_letters = query(
        settings, "SELECT raw, reason, topic, headers, resolved_at FROM ouroboros.dead_letter ORDER BY reason"
    )
    assert len(dead_letters) == len(POISON)
    kept = {bytes(raw): (topic, reason) for raw, reason, topic, _, _ in dead_letters}
    for name, (topic, value) in POISON.items():
        assert value in kept, name
        topics[name], reason = kept[value]
        assert topics[name] == topic
        assert reason.endswith("."), reason
        assert len(reason) < 1500
    assert all(resolved is None for *_, resolved in dead_letters)
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
    ((address,),) = query(
        settings,
        "SELECT topic || '/' || partition || '/' || \"offset\" || '/' || index"
        " FROM ouroboros.dead_letter WHERE reason NOT LIKE '%waits%'",
    )
    code, shown, _ = await ouroboros(settings, "dead-letters", "show", address)
    assert code == 0
    assert "thirty billion" in shown

    mended = tmp_path / "mended.json"
    mended.write_text(json.dumps(announced))
    code, sent, _ = await ouroboros(settings, "dead-letters", "redrive", address, "--with", str(mended))
    assert (code, "Sent 1 again" in sent) == (0, True)
    await work_off(settings)
    code, sent, _ = await ouroboros(settings, "dead-letters", "redrive")
    assert (code, "Sent 1 again" in sent) == (0, True)
    await work_off(settings)
    assert query(settings, "SELECT amount_usd FROM read.deal_leg WHERE deal_id = 'd'") == [(20_000_000_000,)]
    assert query(settings, "SELECT count(*) FROM read.dead_letter WHERE resolved_at IS NULL") == [(0,)]
    code, listed, _ = await ouroboros(settings, "dead-letters", "list")
    assert "There are no dead letters." in listed


async def a_deal_that_nobody_can_mend(settings: Settings) -> str:
    """Let two revisions of a deal wait behind its announcement, and name the address of that."""
    await ensure_topics(settings)
    await send(settings, "deals", b'{"event_type":"DealAnnounced","deal_id":"d"}', key=b"d")
    revisions = [
        event("DealRevised", f"2026-01-0{day}T12:00:00Z", deal_id="d", why=f"revision {day}")
        for day in (2, 3)
    ]
    await publish(settings, [*revisions, event("DealTerminated", deal_id="other")])
    await work_off(settings)
    assert query(settings, "SELECT key FROM read.journal_event") == [("other",)]
    ((address,),) = query(
        settings,
        "SELECT topic || '/' || partition || '/' || \"offset\" || '/' || index"
        " FROM read.dead_letter WHERE reason NOT LIKE '%waits%'",
    )
    return str(address)


REVISIONS = (
    "SELECT payload ->> 'why' FROM read.journal_event WHERE key = 'd' ORDER BY journal_offset, journal_index"
)
STATES = "SELECT state, count(*) FROM read.dead_letter GROUP BY 1 ORDER BY 1"


async def test_what_waited_behind_a_dead_letter_that_was_discarded_is_taken_in_order(
    settings: Settings, second_database: str, tmp_path: Path
) -> None:
    address = await a_deal_that_nobody_can_mend(settings)
    reason = "the filing was withdrawn [bold]"
    code, told, _ = await ouroboros(
        settings, "dead-letters", "discard", address, "--by", "Jo", "--why", reason
    )
    assert (code, told.strip()) == (0, f"Discarded {address}. 2 that waited behind it were sent again.")
    await work_off(settings)
    assert query(settings, REVISIONS) == [("revision 2",), ("revision 3",)]
    assert query(settings, STATES) == [("discarded", 1), ("resolved", 2)]
    _, told, _ = await ouroboros(settings, "dead-letters", "discard", address, "--by", "Jo", "--why", reason)
    assert told.strip() == f"Discarded {address}."
    await work_off(settings)
    assert query(
        settings,
        "SELECT discarded_by, discard_reason, discarded_at >= received_at, resolved_at IS NULL"
        " FROM read.dead_letter WHERE state = 'discarded'",
    ) == [("Jo", reason, True, True)]

    # Whatever comes later waits no longer.
    await publish(settings, [event("DealTerminated", "2026-01-04T12:00:00Z", deal_id="d")])
    await work_off(settings)
    assert query(settings, REVISIONS)[2:] == [(None,)]
    _, listed, _ = await ouroboros(settings, "dead-letters", "list")
    assert "There are no dead letters." in listed
    _, listed, _ = await ouroboros(settings, "dead-letters", "list", "--all")
    assert listed.count("discarded") == 1
    _, shown, _ = await ouroboros(settings, "dead-letters", "show", address)
    assert f"discard_reason: {reason}" in shown
    assert '{"event_type":"DealAnnounced","deal_id":"d"}' in shown
    _, status, _ = await ouroboros(settings, "status")
    assert "Dead letters: 0 open, 2 resolved, 1 discarded." in status
    assert query(settings, "SELECT DISTINCT dead_lettered FROM read.pipeline_health") in ([(0,)], [])

    mended = tmp_path / "mended.json"
    mended.write_bytes(encode(event("DealTerminated", deal_id="d", why="mended after all")))
    await ouroboros(settings, "dead-letters", "redrive", address, "--with", str(mended))
    await work_off(settings)
    assert query(settings, REVISIONS)[3:] == [("mended after all",)]
    assert query(settings, STATES) == [("resolved", 3)]
    await replay(settings, second_database)
    assert fingerprint(second_database) == fingerprint(settings.database_url)


async def test_a_worker_killed_over_a_discard_counts_nothing_twice_and_loses_nothing(
    settings: Settings,
) -> None:
    address = await a_deal_that_nobody_can_mend(settings)
    await ouroboros(settings, "dead-letters", "discard", address, "--by", "Jo", "--why", "withdrawn")
    dying = dying_worker_process(settings, "journal")
    assert await asyncio.to_thread(dying.wait, 60) == -signal.SIGKILL
    await work_off(settings)
    assert query(settings, REVISIONS) == [("revision 2",), ("revision 3",)]
    assert query(settings, STATES) == [("discarded", 1), ("resolved", 2)]


async def test_a_command_that_was_cut_short_can_be_given_again(settings: Settings) -> None:
    address = await a_deal_that_nobody_can_mend(settings)
    await send(settings, "deals", b"", key=b"d", headers=list(discard(address)))
    await work_off(settings)
    assert query(settings, STATES) == [("discarded", 1), ("open", 2)]
    _, told, _ = await ouroboros(settings, "dead-letters", "discard", address, "--by", "Jo", "--why", "again")
    assert "2 that waited behind it were sent again." in told
    await work_off(settings)
    assert query(settings, REVISIONS) == [("revision 2",), ("revision 3",)]
    assert query(settings, STATES) == [("discarded", 1), ("resolved", 2)]


async def test_a_discarded_dead_letter_that_is_sent_again_in_vain_is_open_again(settings: Settings) -> None:
    await ensure_topics(settings)
    await send(settings, "credit", b"{oops", partition=1)
    await work_off(settings)
    options = ("--by", "Jo", "--why", "garbage")
    code, told, _ = await ouroboros(settings, "dead-letters", "discard", "credit/1/0/0", *options)
    assert (code, told.strip()) == (0, "Discarded credit/1/0/0.")
    await work_off(settings)
    assert query(settings, STATES) == [("discarded", 1)]
    await ouroboros(settings, "dead-letters", "redrive", "credit/1/0/0")
    await work_off(settings)
    assert query(
        settings, "SELECT state, attempts, discarded_at, discarded_by, discard_reason FROM read.dead_letter"
    ) == [("open", 2, None, None, None)]


async def test_a_discard_needs_a_dead_letter_that_is_not_resolved_a_name_and_a_reason(
    settings: Settings,
) -> None:
    await ensure_topics(settings)
    await send(settings, "credit", b"{oops", partition=1)
    await work_off(settings)

    async def refusal(address: str, by: str = "Jo", why: str = "garbage") -> str:
        code, _, told = await ouroboros(
            settings, "dead-letters", "discard", address, "--by", by, "--why", why
        )
        assert code == 1
        return told

    assert "There is no dead letter credit/1/9/0." in await refusal("credit/1/9/0")
    assert "'nowhere' is no address of a dead letter." in await refusal("nowhere")
    assert "--by has 0 characters." in await refusal("credit/1/0/0", by=" ")
    assert "--why has 4,001 characters." in await refusal("credit/1/0/0", why="x" * 4001)
    mended = settings.home / "mended.json"
    mended.write_bytes(GOOD)
    await ouroboros(settings, "dead-letters", "redrive", "credit/1/0/0", "--with", str(mended))
    await work_off(settings)
    assert "The dead letter credit/1/0/0 was taken after all." in await refusal("credit/1/0/0")
    assert query(settings, STATES) == [("resolved", 1)]


async def test_a_letter_that_is_still_unreadable_stays_with_its_new_reason(settings: Settings) -> None:
    await ensure_topics(settings)
    await send(settings, "credit", b"{oops")
    await work_off(settings)
    await ouroboros(settings, "dead-letters", "redrive")
    await work_off(settings)
    dead_letters = query(settings, "SELECT attempts, resolved_at IS NULL FROM read.dead_letter")
    assert dead_letters == [(2, True)]


async def test_poison_inside_an_array_leaves_its_neighbours_alone(settings: Settings) -> None:
    await ensure_topics(settings)
    array: list[Any] = [json.loads(GOOD), {"event_type": "LoanRepaid", "facility_id": "g"}, 7]
    await send(settings, "credit", json.dumps(array).encode())
    await work_off(settings)
    assert query(settings, "SELECT count(*) FROM read.credit_event") == [(1,)]
    dead_letters = query(settings, "SELECT index, key FROM read.dead_letter ORDER BY index")
    assert dead_letters == [(1, "g"), (2, None)]


async def test_sql_in_a_name_is_a_name(settings: Settings) -> None:
    await ensure_topics(settings)
    name = "Robert'); DROP SCHEMA read CASCADE; -- {{ .Values }} \\ %s $1"
    await publish(settings, [event("LoanRepaid", facility_id=name, amount_usd=5)])
    await work_off(settings)
    assert query(settings, "SELECT facility_id FROM read.credit_event") == [(name,)]
