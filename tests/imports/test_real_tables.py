"""The built-in mappings on tables of the world, which lie beside the checkout and are never copied."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from events.families.deals import DealAnnounced
from events.families.power import PowerScheduled
from events.families.prices import EquityBarClosed, GpuBarClosed
from projections.episodes.rows import IndicatorCurrentRow
from projections.warning_signs import WARNING_SIGNS
from tests.given import given, standing
from tests.imports.tables import Imported, shared


def imported(tmp_path: Path, *names: str, mapping: str | None = None) -> Imported:
    return Imported(tmp_path / "into", [shared(name) for name in names], mapping)


def test_daily_bars_of_sixteen_shares(tmp_path: Path) -> None:
    found = imported(tmp_path, "prices/daily_ohlcv_yahoo_2024-06_2026-05.csv")
    assert (found.code, len(found.events)) == (0, 7_460)
    closes = {
        (one.symbol, one.last_at): one.close_usd for one in found.events if isinstance(one, EquityBarClosed)
    }
    assert closes["ARM", datetime(2026, 2, 27, 21, tzinfo=UTC)] == pytest.approx(127.45, abs=0.01)
    assert closes["GEV", datetime(2025, 4, 2, 20, tzinfo=UTC)] == pytest.approx(330.80, abs=0.01)


def test_adjusted_closes_overlap_with_raw_ones_and_both_places_are_told(tmp_path: Path) -> None:
    names = ("prices/daily_ohlcv_yahoo_2024-06_2026-05.csv", "prices/daily_adjclose_fmp_2024-08_2026-05.csv")
    found = imported(tmp_path, *names)
    assert found.code == 1
    assert "the first of the two was kept." in found.err
    symbols = {one.symbol for one in found.events if isinstance(one, EquityBarClosed)}
    assert {"CAT", "OWL", "BX", "ARM", "CSCO"} <= symbols


def test_minute_bars_of_two_files_named_by_their_share(tmp_path: Path) -> None:
    found = imported(tmp_path, "bars/ARM_1m.csv", "bars/NVDA_1m.csv", mapping="minute-bars")
    assert (found.code, len(found.events)) == (0, 5_454)
    assert {one.key for one in found.events} == {"ARM", "NVDA"}


def test_sold_cards_by_month(tmp_path: Path) -> None:
    found = imported(tmp_path, "gpu/ebay_sold_monthly_2021-10_2023-11.csv")
    assert (found.code, len(found.events), found.err.count("the price is empty.")) == (1, 1_058, 8)
    (bar,) = (
        one
        for one in found.events
        if isinstance(one, GpuBarClosed)
        and (one.model, one.known_at) == ("GeForce RTX 3090", datetime(2022, 5, 1, tzinfo=UTC))
    )
    assert (bar.close_usd, bar.quantity, bar.basis) == (1770, 999, "resale")


def test_offers_on_demand_by_day(tmp_path: Path) -> None:
    found = imported(tmp_path, "gpu/rental_offers_daily_2026-07_2026-08.csv")
    assert found.code == 0
    bars = [one for one in found.events if isinstance(one, GpuBarClosed)]
    assert sum(bar.quantity for bar in bars) == 3_999
    assert {"H100", "H200", "B200"} <= {bar.model for bar in bars}
    assert len({(bar.model, bar.known_at) for bar in bars}) == len(bars)


@pytest.mark.parametrize(
    ("subject", "value", "level"),
    [
        ("H100 SXM rental_hour", 0.185464, "watch"),
        ("B200 rental_hour", 0.064336, "calm"),
        ("H200 rental_hour", 0.242399, "warning"),
    ],
)
def test_falls_of_rents_are_medians_against_medians(
    subject: str, value: float, level: str, tmp_path: Path
) -> None:
    found = imported(tmp_path, "gpu/rental_offers_daily_2026-07_2026-08.csv")
    rows = standing(WARNING_SIGNS, given(WARNING_SIGNS, *found.events), IndicatorCurrentRow)
    row = rows["gpu_resale_drawdown", subject]
    assert (row.value, row.level) == (value, level)


def test_listings_of_a_shop(tmp_path: Path) -> None:
    found = imported(tmp_path, "gpu/amazon_listing_price_history.csv")
    assert found.code == 0
    assert sum(one.quantity for one in found.events if isinstance(one, GpuBarClosed)) == 5_364


def test_changes_of_a_queue(tmp_path: Path) -> None:
    found = imported(tmp_path, "power/ercot_gen_queue_diffs_2024-01_2025-06.csv")
    assert (found.code, found.err.count("1900-01-01, outside of the years")) == (1, 2)
    promises = [one for one in found.events if isinstance(one, PowerScheduled)]
    assert [one.expected_on for one in promises if one.site_id == "12INR0059b"][:3] == [
        date(2024, 3, 1),
        date(2024, 5, 31),
        date(2024, 7, 31),
    ]
    assert len({one.site_id for one in promises}) > 1_000


def test_deals_in_words(tmp_path: Path) -> None:
    found = imported(tmp_path, "deals/ai_loop_deals_2026-06-21.csv")
    deals = {one.deal_id: one for one in found.events if isinstance(one, DealAnnounced)}
    assert (found.code, len(deals)) == (0, 25)
    letter = deals["nvidia-openai-invest"]
    assert letter.stage == "letter_of_intent"
    assert letter.legs[0].amount_usd == 10**11
    assert letter.legs[0].up_to
    assert deals["openai-nvidia-spend"].legs[0].capacity_mw == 10_000
    assert deals["meta-coreweave-spend"].legs[0].amount_usd == 14_200_000_000
