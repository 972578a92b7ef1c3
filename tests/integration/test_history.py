"""Archive and journal as histories, and `ouroboros export` and `import` on real servers."""

import json
from pathlib import Path

import pytest

from events.ledger import ledger
from ouroboros.history.opening import open_history
from ouroboros.history.source import Order
from streams.kafka import ensure_topics
from streams.settings import Settings
from tests.integration.pipeline import event, ouroboros, publish, query, work_off

pytestmark = [pytest.mark.integration, pytest.mark.asyncio]

DAILY = "kind: daily_bars\ntime_zone: America/New_York\nsource: vendor\n"


async def test_archive_journal_and_export_are_one_history(settings: Settings, tmp_path: Path) -> None:
    await ensure_topics(settings)
    facts = [one for one in ledger() if one.event_type not in {"EquityPriced", "GpuPriced"}]
    late = event("LoanRepaid", "1991-01-01T00:00:00Z", facility_id="f", amount_usd="5.25")
    # A fact that is sent twice counts once, in every history.
    await publish(settings, [*facts, late, facts[0]])
    await work_off(settings)
    folder = tmp_path / "export"
    code, out, err = await ouroboros(settings, "export", "--to", str(folder))
    assert code == 0, err
    assert f"Exported {len(facts) + 1:,} events" in out
    sources = [open_history(where, settings=settings) for where in ("archive", "journal", folder)]
    for order in Order:
        archived, journaled, exported = ([*source.entries(order)] for source in sources)
        assert len(archived) == len(facts) + 1
        assert archived == journaled == exported
        until = facts[10].known_at
        expected = [one for one in archived if one.event.known_at <= until]
        assert all([*source.entries(order, until)] == expected for source in sources)
    (first, *_) = sources[0].entries(Order.KNOWN)
    assert first.event == late
    assert sources[0].hashes.keys() == {"archive"}

    # The same again adds what came since.
    await publish(settings, [event("LoanRepaid", facility_id="g", amount_usd=7)])
    await work_off(settings)
    code, out, err = await ouroboros(settings, "export", "--to", str(folder))
    assert (code, "Added 1 events to" in out) == (0, True), err
    assert [*open_history(folder).entries(Order.JOURNAL)] == [*sources[0].entries(Order.JOURNAL)]

    # From the broker, one month only, as lines.
    code, out, err = await ouroboros(
        settings,
        *("export", "--to", str(tmp_path / "month"), "--source", "journal", "--format", "jsonl"),
        *("--from", "2025-09-01", "--to-date", "2025-10-01"),
    )
    assert code == 0, err
    month = [*open_history(tmp_path / "month").entries(Order.JOURNAL)]
    assert month == [
        one for one in sources[1].entries(Order.JOURNAL) if f"{one.event.known_at:%Y-%m}" == "2025-09"
    ]
    assert month


async def test_an_export_is_not_continued_from_another_journal(
    settings: Settings, second_database: str, tmp_path: Path
) -> None:
    await ensure_topics(settings)
    await publish(settings, [event("LoanRepaid", facility_id="f", amount_usd=5)])
    await work_off(settings)
    code, _, err = await ouroboros(settings, "export", "--to", str(tmp_path / "export"))
    assert code == 0, err
    other = Settings.model_validate({**settings.model_dump(), "database": second_database})
    code, _, err = await ouroboros(other, "export", "--to", str(tmp_path / "export"))
    assert (code, "was exported from another journal" in " ".join(err.split())) == (1, True), err
    assert "Traceback" not in err


async def test_imported_prices_can_be_published(settings: Settings, tmp_path: Path) -> None:
    await ensure_topics(settings)
    table, mapping = tmp_path / "CSCO.csv", tmp_path / "mapping.yaml"
    table.write_text("date,close\n2000-03-27,80.06\n2000-03-28,\n2000-03-29,75\n")
    mapping.write_text(DAILY)
    for _ in range(2):
        # Publishing again changes nothing.
        code, out, err = await ouroboros(
            settings, "import", str(table), "--mapping", str(mapping), "--publish"
        )
        assert (code, "Imported 2 events onto the topics" in out) == (1, True), err
        assert "CSCO.csv, line 3: the price is empty." in err
        await work_off(settings)
        bars = query(settings, "SELECT symbol, close FROM read.equity_bar ORDER BY bucket")
        assert bars == [("CSCO", 80.06), ("CSCO", 75)]


async def test_commands_tell_what_they_cannot_do(settings: Settings, tmp_path: Path) -> None:
    mapping = tmp_path / "mapping.yaml"
    mapping.write_text("kind: daily_bars\n")
    table = tmp_path / "CSCO.csv"
    table.write_text("date,close\n")
    cases = [
        (
            ["export", "--to", str(tmp_path / "x"), "--source", "disk"],
            "no source 'disk'",
            "archive and journal",
        ),
        (
            ["export", "--to", str(tmp_path / "x"), "--from", "today"],
            "--from 'today' is no date",
            "Write it as 2026-01-31",
        ),
        (["export", "--to", str(tmp_path), "--format", "csv"], "no format 'csv'", "parquet and jsonl"),
        (["export", "--to", str(tmp_path)], "not empty and no export", "new folder"),
        (["import"], "nothing to import", "CSV"),
        (["import", str(table), "--mapping", str(mapping)], "line 1: time_zone is missing", "Nothing was"),
        (["import", "/none/such.csv"], "There is no file", "Check the path"),
    ]
    for arguments, message, remedy in cases:
        code, _, err = await ouroboros(settings, *arguments)
        said = " ".join(err.split())
        assert (code, message in said, remedy in said, "Traceback" in said) == (1, True, True, False), err
    code, out, _ = await ouroboros(settings, "import", "--schema")
    assert (code, json.loads(out)["discriminator"]["propertyName"]) == (0, "kind")
