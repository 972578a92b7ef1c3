"""Replays of a stretch of time, and in the order in which things became known."""

import random
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from events.base import Event
from events.families.clock import tick
from ouroboros.replay.plan import Plan
from projections.credit.fold import CREDIT
from streams.settings import Settings
from tests.integration.pipeline import event, query
from tests.integration.replays import differing, folded, replayed, taken
from tests.replay.months import BEGIN, DAYS, month

pytestmark = [pytest.mark.integration, pytest.mark.asyncio]

ARCHIVE = Plan("archive")
END = BEGIN + timedelta(days=DAYS)
SEED = 14


def a_month() -> list[Event]:
    return month(random.Random(SEED), 150)


async def test_as_known_at_the_end_nothing_differs_where_nothing_came_late(settings: Settings) -> None:
    await folded(settings, a_month())
    await replayed(settings, "known", Plan("archive", as_known_at=END))
    assert taken(settings)["warning_signs.signal"].rows > 0
    assert differing(settings, "known") == []


def waiver(day: int) -> Event:
    borrower = {"facility_id": f"loan {day}", "borrower": "Fictional Neocloud"}
    return event(
        "CreditWaiverReported", f"2026-01-{day:02}T12:00:00Z", kind="waiver", source=f"{day}", **borrower
    )


async def test_what_came_late_is_stamped_when_it_was_known_instead_of_when_it_came(
    settings: Settings,
) -> None:
    # Given a waiver of the 5th of January of which we learn after the 20th
    events = [waiver(2), tick(datetime(2026, 1, 20, tzinfo=UTC)), waiver(5)]
    await folded(settings, events)
    # When history is folded as it was known
    await replayed(settings, "known", Plan("archive", as_known_at=END))
    # Then what was counted, measured and told of it moves from the 20th to the 5th, and nothing else
    assert differing(settings, "known") == [
        "credit.credit_event",
        "credit.facility",
        "credit.relief",
        "fact.fact",
        "fact.fact_report",
        "warning_signs.indicator",
        "warning_signs.indicator_current",
        "warning_signs.signal",
        "warning_signs.outbox",
    ]
    assert stamps(settings, CREDIT.schema) == [2, 20]
    assert stamps(settings, f"known_{CREDIT.schema}") == [2, 5]


def stamps(settings: Settings, schema: str) -> list[Any]:
    rows = query(settings, f"SELECT extract(day FROM known_at)::int FROM {schema}.credit_event ORDER BY 1")  # noqa: S608
    return [day for (day,) in rows]


async def test_as_known_at_a_time_leaves_out_what_became_known_later(settings: Settings) -> None:
    await folded(settings, [waiver(2), waiver(9), waiver(5)])
    await replayed(settings, "known", Plan("archive", as_known_at=datetime(2026, 1, 6, tzinfo=UTC)))
    assert stamps(settings, f"known_{CREDIT.schema}") == [2, 5]


async def test_what_arrives_after_a_replay_was_begun_shifts_nothing_in_it(settings: Settings) -> None:
    plan = Plan("archive", as_known_at=END)
    await folded(settings, [waiver(2), waiver(9)])
    await replayed(settings, "known", plan)
    await folded(settings, [waiver(5)], start=2)
    assert (await replayed(settings, "known", plan)).events == 0
    assert stamps(settings, f"known_{CREDIT.schema}") == [2, 9]


async def test_to_a_time_is_what_was_live_when_the_clock_stood_there(settings: Settings) -> None:
    events = a_month()
    await folded(settings, events[:100])
    then = taken(settings)
    await folded(settings, events[100:], start=100)
    await replayed(settings, "then", Plan("archive", to_time=events[99].known_at))
    assert taken(settings, "then") == then
    assert differing(settings, "then") != []


async def test_from_a_time_on_history_begins_there_and_what_stands_is_whole(settings: Settings) -> None:
    await folded(settings, a_month())
    begin = BEGIN + timedelta(days=60)
    await replayed(settings, "later", Plan("archive", from_time=begin))
    question = "SELECT t::text FROM {}warning_signs_v3.signal t WHERE known_at >= '2026-03-02Z' ORDER BY 1"
    later = query(settings, question.format("later_"))
    assert later
    assert later == query(settings, question.format(""))
    assert query(settings, "SELECT min(known_at) >= '2026-03-02Z' FROM later.signal") == [(True,)]
    assert {
        "circularity.deal",
        "circularity.loop",
        "credit.facility",
        "power.power_site",
        "prices.equity_bar_part",
        "warning_signs.indicator_current",
    }.isdisjoint(differing(settings, "later"))


async def test_the_size_of_batches_changes_no_row(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    await folded(settings, a_month())
    for size in (1, 7, 1_000):
        monkeypatch.setattr("ouroboros.replay.reading.EVENTS_AT_ONCE", size)
        await replayed(settings, f"by_{size}", ARCHIVE)
        assert differing(settings, f"by_{size}") == []
