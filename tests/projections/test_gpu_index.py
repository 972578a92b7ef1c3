"""The index of GPU prices: one statement a day, a vote a venue, like with like, revisions kept."""

from datetime import UTC, datetime
from typing import Any

import pytest

from events.bars import bars_of
from events.base import Event
from events.families.prices import GpuPriced
from projections.episodes.rows import IndicatorCurrentRow, SignalRow
from projections.gpu_index.fold import GPU_INDEX, GpuIndexRow
from projections.warning_signs import WARNING_SIGNS
from tests.given import event, given, loan, rows_of, standing

MINUTE, DAY = 60, 86_400


def offer(time: str, price_usd: float, venue: str | None = None, **fields: Any) -> GpuPriced:
    made = {"model": "H100", "basis": "rental_hour", "price_usd": price_usd, "venue": venue, **fields}
    made = {name: value for name, value in made.items() if value is not None}
    priced = event("GpuPriced", **{"occurred_at": time, "known_at": time, **made})
    assert isinstance(priced, GpuPriced)
    return priced


def tick(time: str) -> Event:
    return event("ClockTicked", occurred_at=time, known_at=time)


def now(*events: Event) -> dict[str, IndicatorCurrentRow]:
    rows = standing(WARNING_SIGNS, given(WARNING_SIGNS, *events), IndicatorCurrentRow).values()
    return {row.subject: row for row in rows if row.indicator == "gpu_resale_drawdown"}


def asked(day: str, *prices: float, **fields: Any) -> list[Event]:
    """Return the bar of a day of one offer of each of so many venues, known when it was over."""
    offers = [
        offer(f"{day}T{number:02}:00:00Z", price, f"cloud {number}", **fields)
        for number, price in enumerate(prices)
    ]
    return [*bars_of(offers, DAY)]


def test_three_offers_within_two_seconds_raise_nothing() -> None:
    times = ("12:00:00", "12:00:01", "12:00:02")
    offers = [offer(f"2026-07-01T{time}Z", price) for time, price in zip(times, (12.29, 4, 2.5), strict=True)]
    bars = [bar for one in offers for bar in bars_of([one], MINUTE)]
    step = given(WARNING_SIGNS, *bars)
    assert rows_of(step, SignalRow) == []
    # Their day is not over, and says nothing yet.
    assert now(*bars)["H100 rental_hour"].is_unknown
    over = now(*bars, tick("2026-07-02T00:00:00Z"))["H100 rental_hour"]
    assert (over.value, over.is_unknown) == (0, False)
    assert over.text.endswith("its high of the past year, $4.00 on 1 July 2026 (3 offers of 1 venue)")


def test_each_venue_votes_once_however_many_offers_it_has() -> None:
    first = asked("2026-07-01", 4, 4, 4)
    offers = [offer(f"2026-07-02T0{number}:00:00Z", 1, "cheap") for number in range(9)]
    others = [offer("2026-07-02T10:00:00Z", price, venue) for price, venue in ((3, "b"), (3.2, "c"))]
    row = now(*first, *bars_of([*offers, *others], DAY))["H100 rental_hour"]
    # The median of 1, 3 and 3.2 is 3, a quarter below 4; of all eleven offers it would be 1.
    assert row.value == 0.25
    assert row.text.endswith("now $3.00 on 2 July 2026 (11 offers of 3 venues)")


def test_an_offer_that_is_asked_again_and_again_is_one_offer() -> None:
    polled = [bar for hour in range(9) for bar in bars_of([offer(f"2026-07-01T0{hour}:00:00Z", 3)], MINUTE)]
    assert now(*polled, tick("2026-07-02T00:00:00Z"))["H100 rental_hour"].is_unknown


def test_a_day_of_few_offers_is_neither_the_newest_price_nor_the_high_of_a_warning() -> None:
    full = asked("2026-07-02", 3, 3, 3)
    assert now(*asked("2026-07-01", 12.29), *full)["H100 rental_hour"].value == 0
    assert now(*full, *asked("2026-07-03", 1))["H100 rental_hour"].value == 0
    # A fall that is no warning is told, with what it rests on.
    watch = now(*asked("2026-07-01", 3.6), *full)["H100 rental_hour"]
    assert (watch.value, watch.level) == (0.166667, "watch")
    assert "$3.60 on 1 July 2026 (1 offer of 1 venue)" in watch.text


def test_a_list_price_an_hour_and_a_contract_are_series_of_their_own() -> None:
    events = [
        *asked("2026-07-01", 4, 4, 4),
        *asked("2026-07-02", 2, 2, 2, term="One-year contract"),
        *asked("2026-07-02", 4, 4, 4, form="SXM5", memory_gb=80),
        *asked("2026-07-03", 3, 3, 3, term="on-demand"),
    ]
    assert {name: row.value for name, row in now(*events).items()} == {
        "H100 rental_hour": 0.25,
        "H100 rental_hour, one-year contract": 0,
        "H100 SXM 80 GB rental_hour": 0,
    }


def average(day: str, price_usd: float, known_on: str, **fields: Any) -> list[Event]:
    made = offer(f"{day}T20:00:00Z", price_usd, is_average=True, **fields)
    known_at = datetime.fromisoformat(f"{known_on}T21:00Z")
    return [*bars_of([made.model_copy(update={"known_at": known_at})], DAY)]


def indices(*events: Event) -> list[tuple[str, int, float, int, int]]:
    """Return each revision: its day, the day on which it was known, the index, offers and venues."""
    rows = standing(GPU_INDEX, given(GPU_INDEX, *events), GpuIndexRow).values()
    return [
        (str(row.day), row.known_at.day, row.price_usd, row.offers, row.venues)
        for row in sorted(rows, key=lambda row: (row.day, row.known_at))
    ]


def test_a_revision_of_a_past_day_changes_that_day_and_both_vintages_are_kept() -> None:
    events = [
        *average("2026-07-01", 4.0, "2026-07-01"),
        *average("2026-07-02", 3.9, "2026-07-02"),
        *average("2026-07-01", 5.2, "2026-07-03"),
    ]
    assert indices(*events) == [
        ("2026-07-01", 1, 4.0, 1, 1),
        ("2026-07-01", 3, 5.2, 1, 1),
        ("2026-07-02", 2, 3.9, 1, 1),
    ]
    assert now(*events[:2])["H100 rental_hour"].value == 0.025
    assert now(*events)["H100 rental_hour"].value == 0.25


def test_an_older_vintage_that_comes_late_revises_nothing() -> None:
    new, old = average("2026-07-01", 5.2, "2026-07-03"), average("2026-07-01", 4.0, "2026-07-01")
    assert indices(*new, *old) == indices(*new)


def test_a_late_offer_counts_for_its_own_day() -> None:
    events = [*asked("2026-07-01", 4, 4, 4), *asked("2026-07-02", 4, 4, 4)]
    late = offer("2026-07-01T23:00:00Z", 8, "late").model_copy(
        update={"known_at": datetime(2026, 7, 3, tzinfo=UTC)}
    )
    row = indices(*events, *bars_of([late], DAY))
    assert row[-2:] == [("2026-07-01", 3, 4, 4, 4), ("2026-07-02", 2, 4, 3, 3)]


def test_a_loan_is_covered_by_the_index_and_not_by_the_last_print() -> None:
    gpus = {"kind": "gpus", "model": "H100", "quantity": 1_000}
    lent = loan("2026-06-01", billions=0.02, collateral=gpus)
    resold = asked("2026-07-01", 25_000, 25_000, 25_000, 25_000, 1_000, basis="resale", form="SXM")
    step = given(WARNING_SIGNS, lent, *resold)
    ltv = standing(WARNING_SIGNS, step, IndicatorCurrentRow)["gpu_collateral_ltv", "f"]
    assert ltv.value == 0.8


@pytest.mark.parametrize("price_usd", [1.0, 9.0])
def test_no_sign_hangs_on_a_single_offer(price_usd: float) -> None:
    days = [f"2026-07-{day:02}" for day in range(1, 9)]
    events = [bar for day in days for bar in asked(day, 3, 3, 3, 3)]
    strange = [bar for day in days[2:] for bar in asked(day, price_usd)]
    step = given(WARNING_SIGNS, *events, *strange, *asked("2026-07-09", 3, 3, 3, price_usd))
    assert rows_of(step, SignalRow) == []
