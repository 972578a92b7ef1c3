"""What alert rules see of a subject while it is muted, told of, over and back: asked of a real database."""

import asyncio
from collections.abc import Iterable
from datetime import UTC, datetime

import psycopg
import pytest
from psycopg.rows import dict_row

from dashboards.alerts import queries
from dashboards.alerts.pipeline_rules import DEAD_LETTERS
from events.base import Event
from events.journal import Run, encode_records
from projections.definition import LEVELS, Level
from projections.registry import PROJECTIONS
from projections.store.projector import JournalRecord, Projector
from tests.integration.pipeline import event

pytestmark = pytest.mark.integration

_, WATCH, WARNING, CRITICAL = LEVELS


def waiver(day: int, kind: str, month: int = 1) -> Event:
    at = f"2026-{month:02}-{day:02}T12:00:00Z"
    loan = f"loan-{month}-{day}"
    return event("CreditWaiverReported", at, facility_id=loan, borrower="Fictional", lenders=[], kind=kind)


def muted(until: str) -> Event:
    return event("SignalMuted", "2026-01-01T00:00:00Z", indicator="credit_waivers", until=until, by="desk")


def tick(at: str) -> Event:
    return event("ClockTicked", at)


def fold(database: str, events: Iterable[Event]) -> None:
    async def project() -> None:
        projector = await Projector.load(database, PROJECTIONS, snapshot_events=1_000_000)
        records = [
            JournalRecord(offset, value, tuple(headers))
            for offset, one in enumerate(events)
            for value, headers in encode_records([Run("test/0", offset, (one,))])
        ]
        await projector.project_records(records)
        await projector.close()

    asyncio.run(project())


def seen(database: str, level: Level) -> dict[str, object]:
    """What the rule sees of the borrower at a level, and the rank at which it finds the borrower there."""
    with psycopg.connect(database, row_factory=dict_row) as connection:
        rows = connection.execute(queries.above("credit_waivers").encode()).fetchall()
    (found,) = (row for row in rows if (row["subject"], row["severity"]) == ("borrower:Fictional", level))
    return {**found, "rank": float(found["above"]) + level.rank}


def ranks(database: str) -> list[object]:
    return [seen(database, level)["rank"] for level in (WATCH, WARNING, CRITICAL)]


def test_a_level_is_told_by_itself_and_labels_are_those_of_the_step_that_reached_it(
    database: str,
) -> None:
    fold(database, [waiver(1, "waiver"), waiver(2, "default")])
    assert ranks(database) == [3, 0, 3]
    watch, warning, critical = (seen(database, level) for level in LEVELS[1:])
    assert watch["signal_id"] == critical["signal_id"] != "-"
    assert (str(watch["message"])[:36], str(critical["message"])[:39]) == (
        "Credit waivers and defaults (watch):",
        "Credit waivers and defaults (critical, ",
    )
    assert "waiver" in str(watch["evidence"])
    # The episode was never at warning: nothing to tell there.
    assert {warning[label] for label in ("signal_id", "message", "evidence")} == {"-"}


def test_labels_outlive_their_episode(database: str) -> None:
    fold(database, [waiver(1, "waiver"), tick("2026-05-01T00:00:00Z")])
    over = seen(database, WATCH)
    assert over["rank"] == 0
    assert over["signal_id"] != "-"


def test_a_new_episode_is_a_new_alert(database: str) -> None:
    fold(database, [waiver(1, "waiver"), tick("2026-05-01T00:00:00Z"), waiver(2, "waiver", month=5)])
    now = seen(database, WATCH)
    with psycopg.connect(database) as connection:
        signals = connection.execute(
            "SELECT signal_id::text, min(journal_offset) FROM read.signal"
            " WHERE subject = 'borrower:Fictional' GROUP BY 1 ORDER BY 2"
        ).fetchall()
    assert [now["signal_id"]] == [one for one, _ in signals[1:]]
    assert now["rank"] == 1


def test_while_a_mute_holds_nothing_is_at_a_level(database: str) -> None:
    fold(database, [muted("2099-01-01T00:00:00Z"), waiver(1, "waiver"), waiver(2, "waiver")])
    assert ranks(database) == [2.5, 2.5, 0]


def test_what_stands_at_warning_when_a_mute_is_over_is_told_then(database: str) -> None:
    fold(database, [muted("2026-01-10T00:00:00Z"), waiver(1, "waiver"), waiver(2, "waiver")])
    assert seen(database, WARNING)["rank"] == 2


def test_what_is_only_to_be_watched_when_a_mute_is_over_is_not_told(database: str) -> None:
    fold(database, [muted("2026-01-10T00:00:00Z"), waiver(1, "waiver")])
    assert ranks(database) == [1.5, 0, 0]


def test_an_alert_that_fired_before_the_mute_can_end(database: str) -> None:
    fold(database, [waiver(1, "waiver"), muted("2099-01-01T00:00:00Z"), tick("2026-05-01T00:00:00Z")])
    assert seen(database, WATCH)["rank"] == 0


def test_dead_letters_that_were_taken_or_discarded_are_open_no_more(database: str) -> None:
    dead_letter = (
        "INSERT INTO ouroboros.dead_letter"
        ' (topic, partition, "offset", index, reason, headers, received_at, resolved_at, discarded_at)'
        " VALUES ('credit', 0, %s, 0, 'It is no JSON.', '[]', now(), %s, %s)"
    )
    now = datetime.now(UTC)
    with psycopg.connect(database) as connection:
        for offset, ended in enumerate([(None, None), (now, None), (None, now)]):
            connection.execute(dead_letter, (offset, *ended))
        assert connection.execute(DEAD_LETTERS.encode()).fetchall() == [("credit", 1)]
