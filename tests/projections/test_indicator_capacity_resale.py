from typing import Any

from events.base import Event
from events.ledger import ledger
from projections.base import Step
from projections.episodes.rows import IndicatorCurrentRow, IndicatorRow, SignalRow
from projections.warning_signs import WARNING_SIGNS
from projections.warning_signs.fold import WarningSigns
from tests.given import (
    event,
    given,
    rows_of,
    standing,
    tick,
)


def resold(known_on: str, seller: str = "Meta", **fields: object) -> Event:
    return event("CapacityResold", known_on, contract_id=f"{seller} {known_on}", seller=seller, **fields)


def row(*journal: Event) -> IndicatorCurrentRow:
    return standing(WARNING_SIGNS, given(WARNING_SIGNS, *journal), IndicatorCurrentRow)[
        "capacity_resale", "all"
    ]


def found(*journal: Event) -> tuple[float, str]:
    return row(*journal).value, row(*journal).level


def watchlist(known_on: str, days: int) -> Event:
    windows: list[dict[str, Any]] = [{"indicator": "capacity_resale", "days": days}]
    return event("WatchlistChanged", known_on, watchlist="desk", windows=windows)


def test_each_seller_raises_a_level_and_counts_once() -> None:
    journal = [resold("2026-01-01"), resold("2026-01-02"), resold("2026-01-03", "Microsoft")]
    assert [found(*journal[:number]) for number in (1, 2, 3)] == [
        (1.0, "watch"),
        (1.0, "watch"),
        (2.0, "warning"),
    ]
    assert found(*journal, resold("2026-01-04", "Oracle")) == (3.0, "critical")


def test_a_seller_counts_once_under_all_its_names() -> None:
    assert found(resold("2026-01-01", "Meta"), resold("2026-01-02", "Facebook")) == (1.0, "watch")


def test_a_seller_counts_until_its_last_resale_is_180_days_old() -> None:
    journal = (resold("2026-01-01"), resold("2026-02-01"), resold("2026-01-01", "Oracle"))
    assert found(*journal, tick("2026-06-29")) == (2.0, "warning")
    assert found(*journal, tick("2026-06-30")) == (1.0, "watch")
    assert found(*journal, tick("2026-07-31")) == (0.0, "calm")


def test_a_resale_that_comes_180_days_late_does_not_count() -> None:
    step = given(WARNING_SIGNS, tick("2026-06-30"), resold("2026-01-01"))
    assert "capacity_resale" not in {one.indicator for one in rows_of(step, IndicatorRow)}


def test_a_longer_window_counts_again_what_had_left() -> None:
    journal = (resold("2026-01-01"), tick("2026-07-31"))
    assert found(*journal) == (0.0, "calm")
    assert found(*journal, watchlist("2026-08-01", 365)) == (1.0, "watch")
    assert found(*journal, watchlist("2026-08-01", 365), tick("2027-01-01")) == (0.0, "calm")


def test_an_analyst_reads_who_turned_seller() -> None:
    names = [f"Cloud {number}" for number in range(7)]
    journal = [resold(f"2026-01-0{day}", name) for day, name in enumerate(names, start=1)]
    assert row(*journal[:2]).text == (
        "2 buyers of capacity sell or plan to sell some of it in the last 180 days: Cloud 0, Cloud 1"
    )
    assert row(*journal).text == (
        "7 buyers of capacity sell or plan to sell some of it in the last 180 days:"
        " Cloud 2, Cloud 3, Cloud 4, Cloud 5, Cloud 6 and 2 more"
    )
    assert row(*journal).evidence == [one.event_id for one in journal]


def test_when_the_last_one_has_left_the_signal_clears_and_says_so() -> None:
    step: Step[WarningSigns] = given(WARNING_SIGNS, resold("2026-01-01"), tick("2026-08-01"))
    last = rows_of(step, SignalRow)[-1]
    assert last.step == "cleared"
    assert "no buyer of capacity was reported to sell any in the last 180 days" in last.message


def test_the_ledger_s_one_seller_is_watched() -> None:
    assert found(*ledger()) == (1.0, "watch")
    assert row(*ledger()).text == (
        "1 buyer of capacity sells or plans to sell some of it in the last 180 days: Meta (planned)"
    )
