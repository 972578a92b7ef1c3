"""Live, replay, and snapshot with tail give the same rows: by their fingerprints, on real servers."""

import random
from pathlib import Path

import pytest
from rich.console import Console

from events.base import Event
from events.ledger import ledger
from ouroboros.demo.story import publish_days
from ouroboros.replay.fingerprint import in_all
from ouroboros.replay.plan import Plan
from streams.kafka import ensure_topics
from streams.settings import Settings
from streams.worker import working
from tests.integration.pipeline import event, query
from tests.integration.replays import DAILY, differing, exported, live, replayed, taken
from tests.replay.months import SENT, month, with_the_desk

SILENT = Console(quiet=True)
pytestmark = [pytest.mark.integration, pytest.mark.asyncio]


@pytest.fixture
def daily(settings: Settings) -> Settings:
    """Give settings of daily bars, with a snapshot now and then."""
    return settings.model_copy(update={**DAILY, "snapshot_events": 40})


@pytest.mark.parametrize("of", ["ledger", "month 11", "month 12"])
async def test_live_and_every_replay_give_the_same_rows(daily: Settings, tmp_path: Path, of: str) -> None:
    events = events_of(of)
    # Stopped and started again in between: live is itself a snapshot and a tail.
    await live(daily, events[: len(events) // 2], events[len(events) // 2 :])
    await replayed(daily, "of_journal", Plan("journal"))
    await replayed(daily, "of_archive", Plan("archive"))
    await replayed(daily, "of_parquet", Plan(str(exported(daily, tmp_path / "export"))))
    rows = {name: one.rows for name, one in taken(daily).items()}
    assert rows["journal_event.journal_event"] >= 80
    assert rows["warning_signs.signal"] > 0
    assert rows["circularity.circularity"] > 0
    assert differing(daily, "of_journal") == []
    assert differing(daily, "of_archive") == []
    assert differing(daily, "of_parquet") == []


async def test_the_demo_and_every_replay_of_the_ledger_give_one_fingerprint(
    daily: Settings, tmp_path: Path
) -> None:
    await ensure_topics(daily)
    async with working(daily) as worker:
        await publish_days(daily, worker, ledger(), SILENT)
    export = exported(daily, tmp_path / "export")
    for source in ("ledger", "journal", "archive", str(export)):
        schema = f"of_{Path(source).name}"
        await replayed(daily, schema, Plan(source))
        assert differing(daily, schema) == []
        assert in_all(taken(daily, schema)) == in_all(taken(daily))
    assert taken(daily)["warning_signs.signal"].rows > 0


async def test_a_print_that_its_source_sends_again_after_its_bar_counts_once_in_every_replay(
    daily: Settings, tmp_path: Path
) -> None:
    at = "2026-01-01T12:00:00Z"
    prints = [
        event("EquityPriced", at, symbol="CAT", price_usd=100, size=10),
        event("GpuPriced", at, model="H100", basis="resale", price_usd=20_000, quantity=3),
    ]
    await live(daily, prints, prints)
    assert query(daily, "SELECT volume FROM read.equity_bar") == [(10,)]
    assert query(daily, "SELECT quantity FROM read.gpu_bar") == [(3,)]
    for source in ("journal", "archive", str(exported(daily, tmp_path / "export"))):
        schema = f"of_{Path(source).name}"
        await replayed(daily, schema, Plan(source))
        assert differing(daily, schema) == []


async def test_what_comes_after_the_first_run_is_folded_by_the_next(daily: Settings) -> None:
    events = events_of("month 13")
    await live(daily, events[:80])
    for source in ("journal", "archive"):
        await replayed(daily, f"of_{source}", Plan(source))
    await live(daily, events[80:])
    for source in ("journal", "archive"):
        assert differing(daily, f"of_{source}") != []
        again = await replayed(daily, f"of_{source}", Plan(source))
        assert again.events < len(events)
        assert differing(daily, f"of_{source}") == []


def events_of(name: str) -> list[Event]:
    if name == "ledger":
        return list(ledger())
    chance = random.Random(int(name.removeprefix("month ")))
    return with_the_desk(chance, month(chance, 110, SENT))
