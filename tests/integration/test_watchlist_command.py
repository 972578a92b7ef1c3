"""A watchlist from its file to the levels that it changes."""

from pathlib import Path

import pytest

from events.codec import decode_document
from streams.kafka import ensure_topics
from streams.settings import Settings
from tests.integration.pipeline import event, ouroboros, publish, query, work_off

pytestmark = [pytest.mark.integration, pytest.mark.asyncio]

LEVELS = "SELECT level FROM read.indicator_current WHERE indicator = 'credit_waivers' AND subject = 'all'"
IN_FORCE = """SELECT subject, watch, warning, critical FROM read.indicator_current
    WHERE indicator = 'credit_waivers' ORDER BY subject"""
WAIVER = {
    "event_type": "CreditWaiverReported",
    "occurred_at": "2026-01-02T12:00:00Z",
    "known_at": "2026-01-02T12:00:00Z",
    "source": "test",
    "certainty": "stated",
    "facility_id": "loan",
    "borrower": "Borrower",
    "kind": "waiver",
}


async def test_a_published_watchlist_judges_what_stands_and_the_same_file_again_changes_nothing(
    settings: Settings, tmp_path: Path
) -> None:
    await ensure_topics(settings)
    file = tmp_path / "watchlist.yaml"
    # The waiver is months old by the time at which the file is published: it counts for ten years here.
    file.write_text(
        "watchlist: desk\n"
        "thresholds:\n  credit_waivers: {watch: 0.5, warning: 1, critical: 9}\n"
        "windows:\n  credit_waivers: 3660\n"
    )
    await publish(settings, [decode_document(WAIVER)])
    await work_off(settings)
    assert query(settings, LEVELS) == [("watch",)]
    for _ in range(2):
        code, out, err = await ouroboros(settings, "watchlist", "publish", str(file))
        assert (code, "Published." in out) == (0, True), err
    await work_off(settings)
    assert query(settings, LEVELS) == [("warning",)]
    changes = "SELECT count(*) FROM read.journal_event WHERE event_type = 'WatchlistChanged'"
    assert query(settings, changes) == [(1,)]


async def test_thresholds_of_watchlists_can_be_read_beside_what_they_judge(settings: Settings) -> None:
    await ensure_topics(settings)
    of_all = {"indicator": "credit_waivers", "watch": 0.7, "warning": 1, "critical": 9}
    of_one = {"indicator": "credit_waivers", "subject": "all", "watch": 3, "warning": 4, "critical": 5}
    await publish(settings, [decode_document(WAIVER)])
    await publish(settings, [event("WatchlistChanged", watchlist="desk", thresholds=[of_all, of_one])])
    await work_off(settings)
    assert query(settings, IN_FORCE) == [("all", 3, 4, 5), ("borrower:Borrower", 0.7, 1, 9)]
    overrides = "SELECT subject, watch, warning, critical FROM read.threshold_override ORDER BY subject"
    assert query(settings, overrides) == [("all", 3, 4, 5), (None, 0.7, 1, 9)]
    await publish(settings, [event("WatchlistChanged", "2026-01-03T12:00:00Z", watchlist="desk")])
    await work_off(settings)
    assert query(settings, IN_FORCE) == [("all", 0.5, 2, 4), ("borrower:Borrower", 0.5, 2, 4)]
    assert query(settings, overrides) == []


async def test_a_mistake_in_a_watchlist_is_told_with_its_line_and_nothing_is_published(
    settings: Settings, tmp_path: Path
) -> None:
    file = tmp_path / "watchlist.yaml"
    file.write_text("watchlist: desk\nthresholds:\n  credit_waiver: {watch: 1, warning: 2, critical: 3}\n")
    code, _, err = await ouroboros(settings, "watchlist", "publish", str(file))
    assert code == 1
    assert f"{file}, line 3: there is no indicator 'credit_waiver'. Did you mean credit_waivers?" in err
    assert "Nothing was published." in err
    assert "Traceback" not in err
