"""Prices of GPUs: offers of a day and sales of a month become one bar that was known when it was over."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from events.errors import UsageError
from events.families.prices import GpuBarClosed
from tests.imports.tables import Imported, import_text

OFFERS = (
    "kind: gpu_prices\nsource: offers\ntime_zone: UTC\nbasis: rental_hour\n"
    "columns: {model: gpu, date: date, price: usd}\nnames: {h100: H100}\n"
)


def bars(imported: Imported) -> list[GpuBarClosed]:
    return [one for one in imported.events if isinstance(one, GpuBarClosed)]


def test_sales_of_a_month_are_known_when_it_is_over(tmp_path: Path) -> None:
    imported = import_text(
        tmp_path,
        "GPU,eBay Price,QTY Sold,Month\n"
        'GeForce RTX 3090,"$1,770",999,April 2022\n'
        "Radeon RX 6700,,0,September 2022\n"
        "Intel Arc A770 8GB,\u2014,0,May 2023\n"
        "GeForce RTX 3090,$1.5K,1000,February 2022\n",
    )
    february, april = bars(imported)
    assert (february.model, february.basis, february.close_usd, february.quantity) == (
        *("GeForce RTX 3090", "resale", 1500),
        1000,
    )
    assert february.known_at == february.last_at == datetime(2022, 3, 1, tzinfo=UTC)
    assert april.known_at == datetime(2022, 5, 1, tzinfo=UTC)
    assert april.bucket == datetime(2022, 4, 30, tzinfo=UTC)
    assert (imported.code, imported.err.count("the price is empty.")) == (1, 2)


def test_offers_of_a_day_become_one_bar_at_their_median(tmp_path: Path) -> None:
    rows = [
        "h100,2026-07-05,2",
        "h100,2026-07-06,9",
        "h100,2026-07-05,40",
        "h100,2026-07-05,3",
        "b200,2026-07-05,6",
    ]
    table = "\n".join(["gpu,date,usd", *rows])
    h100, b200, later = bars(import_text(tmp_path, table, OFFERS))
    assert (h100.model, h100.quantity, b200.model, b200.quantity) == ("H100", 3, "b200", 1)
    assert (h100.open_usd, h100.high_usd, h100.low_usd, h100.close_usd) == (3, 40, 2, 3)
    assert h100.known_at == datetime(2026, 7, 6, tzinfo=UTC)
    assert (later.close_usd, later.known_at.day) == (9, 7)


def test_a_table_with_a_column_for_each_model_gives_a_bar_for_each_price(tmp_path: Path) -> None:
    mapping = (
        "kind: gpu_prices\ntime_zone: UTC\nbasis: rental_hour\n"
        "columns:\n  date: Date\n  models: {H100 ($/hr): H100, A100 ($/hr): A100, B200 ($/hr): B200}\n"
    )
    table = (
        "Date,H100 ($/hr),A100 ($/hr),B200 ($/hr)\n"
        "01/13/2025,$ 2.89,1.62 USD,N/A\n"
        "01/14/2025,$ 2.80,oops,5.10\n"
    )
    imported = import_text(tmp_path, table, mapping)
    assert [(one.model, one.close_usd, one.known_at.day) for one in bars(imported)] == [
        *(("A100", 1.62, 14), ("H100", 2.89, 14)),
        *(("B200", 5.10, 15), ("H100", 2.80, 15)),
    ]
    # A model that has no price yet is nothing to tell of; a price that is none is.
    assert imported.code == 1
    assert imported.err.strip().splitlines() == [
        f"{tmp_path}/CSCO.csv, line 3: the price of A100 is 'oops', which is no number."
    ]


def test_models_stand_in_a_column_or_each_in_one_of_its_own(tmp_path: Path) -> None:
    mapping = (
        "kind: gpu_prices\ntime_zone: UTC\nbasis: list\ncolumns: {date: date, model: gpu, models: {a: A}}\n"
    )
    with pytest.raises(
        UsageError, match=r"mapping.yaml, line 4: .*name the columns model and price, or under"
    ):
        import_text(tmp_path, "date,gpu,a\n", mapping)


def test_prices_in_euros_may_carry_their_sign(tmp_path: Path) -> None:
    mapping = (
        "kind: gpu_prices\ntime_zone: Europe/Berlin\nbasis: resale\nperiod: month\ndelimiter: ';'\n"
        "decimal_comma: true\ncurrency: EUR\nusd_per_unit: 1.25\ndate_format: '%m/%Y'\n"
        "columns: {model: GPU, date: Monat, price: Preis}\n"
    )
    (bar,) = bars(import_text(tmp_path, "GPU;Monat;Preis\nRTX 4090;01/2024;1.600,00 €\n", mapping))
    assert (bar.close_usd, bar.known_at) == (2000, datetime(2024, 1, 31, 23, tzinfo=UTC))


def test_rows_that_the_mapping_leaves_out_are_counted(tmp_path: Path) -> None:
    table = "gpu,date,usd,sort\nh100,2026-07-05,2,spot\nh100,2026-07-05,3,on-demand\n"
    imported = import_text(tmp_path, table, OFFERS + "only: {sort: [on-demand]}\n")
    assert [bar.close_usd for bar in bars(imported)] == [3]
    assert "1 were left out, as the mapping says." in imported.out


def test_the_same_offers_again_change_nothing_and_others_are_told(tmp_path: Path) -> None:
    table = "gpu,date,usd\nh100,2026-07-05,2\nh100,2026-07-05,4\n"
    once = import_text(tmp_path, table, OFFERS)
    again = import_text(tmp_path, table, OFFERS)
    assert (again.code, again.events) == (0, once.events)
    other = import_text(tmp_path, table + "h100,2026-07-05,6\n", OFFERS)
    assert (other.code, other.events) == (1, once.events)
    assert "H100 of 2026-07-05 stands in" in other.err
