"""The command line as a person meets it: what it does, and what it says when it cannot."""

import asyncio
import json
from pathlib import Path
from uuid import uuid4

import pytest

from events.codec import encode
from events.families.prices import Tick
from events.ledger import ledger
from streams.kafka import ensure_topics
from streams.settings import Settings
from tests.integration.pipeline import event, ouroboros, publish, query, send, work_off

pytestmark = [pytest.mark.integration, pytest.mark.asyncio]


async def test_migrate_prepares_topics_and_database_and_says_so(settings: Settings) -> None:
    code, out, err = await ouroboros(settings, "migrate")
    assert code == 0, err
    assert "Created the topics" in out
    code, out, _ = await ouroboros(settings, "migrate")
    assert (code, "All topics are there." in out) == (0, True)


async def test_a_file_is_published_and_its_bad_lines_are_told_with_their_place(
    settings: Settings, tmp_path: Path
) -> None:
    await ensure_topics(settings)
    good = [encode(one).decode() for one in ledger()]
    file = tmp_path / "facts.jsonl"
    file.write_text("\n".join([*good[:10], "{oops", '{"event_type":"LoanRepaid"}', *good[10:]]) + "\n")
    code, out, err = await ouroboros(settings, "publish", str(file))
    assert code == 1
    assert f"Published {len(good)} events. 2 lines were refused." in out
    assert f"{file}, line 11: not JSON" in err
    assert f"{file}, line 12: LoanRepaid is not valid: " in err
    assert "Traceback" not in err
    # Mended and published again whole: what was taken in before counts once.
    file.write_text("\n".join(good) + "\n")
    code, out, err = await ouroboros(settings, "publish", str(file))
    assert (code, err.count("line")) == (0, 0)
    await work_off(settings)
    facts = [one for one in ledger() if not isinstance(one, Tick)]
    archived = query(
        settings,
        "SELECT count(*) FROM read.journal_event WHERE event_type NOT IN ('EquityBarClosed', 'GpuBarClosed')",
    )
    assert archived == [(len(facts),)]


async def test_a_csv_file_is_published(settings: Settings, tmp_path: Path) -> None:
    await ensure_topics(settings)
    file = tmp_path / "prices.csv"
    file.write_text(
        "event_type,occurred_at,known_at,source,certainty,symbol,price_usd,size\n"
        "EquityPriced,2026-01-02T21:00:00Z,2026-01-02T21:00:00Z,desk,reported,CAT,486,100\n"
    )
    code, _, err = await ouroboros(settings, "publish", str(file))
    assert code == 0, err
    await work_off(settings)
    assert query(settings, "SELECT symbol, close, volume FROM read.equity_bar") == [("CAT", 486, 100)]


async def test_status_tells_how_far_everything_is(settings: Settings) -> None:
    await ensure_topics(settings)
    await publish(settings, ledger())
    await send(settings, "credit", b"{oops")
    code, out, err = await ouroboros(settings, "status")
    assert (code, "Not caught up: " in out) == (0, True), err
    await work_off(settings)
    code, out, _ = await ouroboros(settings, "status")
    assert (code, "Caught up." in out, "Dead letters: 1 open" in out) == (0, True, True)


async def test_status_check_fails_where_nothing_was_heard_of(settings: Settings) -> None:
    code, _, _ = await ouroboros(settings, "status", "--check")
    assert code == 1


async def test_one_projection_can_be_folded_by_a_worker_of_its_own(settings: Settings) -> None:
    await ensure_topics(settings)
    await publish(settings, [event("LoanRepaid", facility_id="f", amount_usd=5)])
    await work_off(settings, ("sequencer",))
    await work_off(settings, ("credit",))
    assert query(settings, "SELECT count(*) FROM read.credit_event") == [(1,)]
    assert query(settings, "SELECT count(*) FROM read.journal_event") == [(0,)]
    # The others catch up from where they are; nothing is written twice.
    await work_off(settings)
    assert query(settings, "SELECT count(*) FROM read.credit_event") == [(1,)]
    assert query(settings, "SELECT count(*) FROM read.journal_event") == [(1,)]


async def test_what_cannot_be_done_is_told_in_a_sentence_with_a_remedy(
    settings: Settings, tmp_path: Path
) -> None:
    await ensure_topics(settings)
    nowhere = settings.model_copy(update={"kafka": "127.0.0.1:1"})
    no_database = settings.model_copy(
        update={"database": type(settings.database)("postgresql://127.0.0.1:1/none")}
    )
    text = tmp_path / "facts.txt"
    text.write_text("{}")
    jsonl = tmp_path / "facts.jsonl"
    jsonl.write_text("")
    cases: list[tuple[Settings, list[str], str, str]] = [
        (nowhere, ["publish", str(jsonl)], "No Kafka answers at 127.0.0.1:1.", "OUROBOROS_KAFKA"),
        (nowhere, ["worker"], "No Kafka answers at 127.0.0.1:1.", "OUROBOROS_KAFKA"),
        (no_database, ["status"], "The database cannot be used:", "OUROBOROS_DATABASE"),
        (no_database, ["migrate"], "The database cannot be used:", "OUROBOROS_DATABASE"),
        (settings, ["publish", str(text)], "ends in .txt", "JSONL"),
        (settings, ["publish", "/none/such.jsonl"], "There is no file", "Check the path"),
        (settings, ["worker", "--only", "nonsense"], "no role or projection 'nonsense'", "Known are"),
        (settings, ["dead-letters", "show", "here"], "no address of a dead letter", "TOPIC/PARTITION"),
        (settings, ["schema", "Nonsense"], "no event type 'Nonsense'", "Known are"),
    ]
    for one, arguments, message, remedy in cases:
        code, _, err = await ouroboros(one, *arguments)
        assert code == 1, arguments
        assert message in " ".join(err.split()), err
        assert remedy in err, err
        assert "Traceback" not in err


async def test_an_unprepared_database_and_missing_topics_are_told(
    settings: Settings, empty_database: str
) -> None:
    empty = settings.model_copy(update={"namespace": f"none{uuid4().hex[:6]}"})
    code, _, err = await ouroboros(empty, "status")
    assert (code, "ouroboros migrate" in err) == (1, True), err
    code, _, err = await asyncio.wait_for(ouroboros(empty, "worker"), 60)
    assert (code, "ouroboros migrate" in err, "Traceback" in err) == (1, True, False), err


async def test_schema_prints_documents_that_other_programs_read(settings: Settings) -> None:
    code, out, _ = await ouroboros(settings, "schema", "DealAnnounced")
    assert code == 0
    assert json.loads(out)["title"] == "DealAnnounced"
    code, out, _ = await ouroboros(settings, "schema")
    assert code == 0
    assert json.loads(out)["asyncapi"] == "3.0.0"
