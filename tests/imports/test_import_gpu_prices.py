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
    assert "H100 rental_hour of 2026-07-05 stands in" in other.err


def test_each_venue_of_a_day_is_in_its_bar_with_its_own_median(tmp_path: Path) -> None:
    rows = ["h100,2026-07-05,2,a", "h100,2026-07-05,9,b", "h100,2026-07-05,4,a", "h100,2026-07-05,3,c"]
    mapping = OFFERS.replace("price: usd", "price: usd, venue: where")
    (bar,) = bars(import_text(tmp_path, "\n".join(["gpu,date,usd,where", *rows]), mapping))
    assert [(vote.venue, vote.median_usd, vote.offers) for vote in bar.votes] == [
        *(("a", 3, 2), ("b", 9, 1), ("c", 3, 1)),
    ]
    assert (bar.close_usd, bar.quantity) == (3, 4)


def test_form_memory_condition_and_term_make_series_of_their_own(tmp_path: Path) -> None:
    columns = "price: usd, form: form, memory_gb: memory, condition: state, term: term"
    table = (
        "gpu,date,usd,form,memory,state,term\n"
        "H100,2026-07-05,2,sxm5,80GB,,On-demand\n"
        "H100,2026-07-05,3,PCIE,94 GB,Refurbished,1-year contract\n"
    )
    imported = import_text(tmp_path, table, OFFERS.replace("price: usd", columns))
    assert [bar.series.name for bar in bars(imported)] == [
        "H100 PCIe 94 GB rental_hour, refurbished, 1-year contract",
        "H100 SXM 80 GB rental_hour",
    ]


@pytest.mark.parametrize(
    ("stamp", "zone", "known_at"),
    [
        # 06:30 on the 30th in UTC, whose day ends half a day after the price was made.
        ("2026-06-29T23:30:00-07:00", "UTC", datetime(2026, 7, 1, tzinfo=UTC)),
        ("2026-06-29T23:30:00-07:00", "America/Los_Angeles", datetime(2026, 6, 30, 7, tzinfo=UTC)),
        ("2026-06-30 00:30:00+02:00", "UTC", datetime(2026, 6, 30, tzinfo=UTC)),
        ("2026-06-29", "Europe/Berlin", datetime(2026, 6, 29, 22, tzinfo=UTC)),
    ],
)
def test_a_stamped_price_is_known_when_the_day_of_its_moment_is_over_in_the_zone(
    stamp: str, zone: str, known_at: datetime, tmp_path: Path
) -> None:
    mapping = (
        f"kind: gpu_prices\ntime_zone: {zone}\nbasis: list\ncolumns: {{model: gpu, date: at, price: usd}}\n"
    )
    (bar,) = bars(import_text(tmp_path, f"gpu,at,usd\nH100,{stamp},24000\n", mapping))
    assert bar.known_at == known_at
    if len(stamp) > 10:
        assert bar.known_at >= datetime.fromisoformat(stamp)


INDEX = (
    "kind: gpu_prices\nsource: index\ntime_zone: UTC\nbasis: rental_hour\naverage: true\n"
    "columns: {model: gpu, date: day, price: usd, published: known_at, revision: revision}\n"
)


def test_vintages_of_an_index_are_known_when_they_were_published(tmp_path: Path) -> None:
    table = (
        "gpu,day,usd,known_at,revision\n"
        "H100,2026-07-01,4.0,2026-07-02T16:00:00Z,0\n"
        "H100,2026-07-02,3.9,2026-07-03T16:00:00Z,0\n"
        "H100,2026-07-01,5.2,2026-07-03T16:00:00Z,1\n"
        "H100,2026-07-01,5.1,2026-07-03T16:00:00Z,2\n"
    )
    imported = import_text(tmp_path, table, INDEX)
    assert [(bar.bucket.day, bar.known_at.day, bar.close_usd) for bar in bars(imported)] == [
        *((1, 2, 4.0), (1, 3, 5.1), (2, 3, 3.9)),
    ]
    assert bars(imported)[1].votes[0].revision == 2
    assert imported.code == 0


def test_two_averages_of_one_day_and_one_revision_are_told(tmp_path: Path) -> None:
    table = (
        "gpu,day,usd,known_at,revision\nH100,2026-07-01,4.0,2026-07-02,1\nH100,2026-07-01,5.0,2026-07-02,1\n"
    )
    imported = import_text(tmp_path, table, INDEX)
    assert [bar.close_usd for bar in bars(imported)] == [4.0]
    assert "line 3: H100 rental_hour of 2026-07-01 is 5 USD here and 4 USD in" in imported.err


def test_a_price_that_was_published_before_its_day_began_is_refused(tmp_path: Path) -> None:
    imported = import_text(tmp_path, "gpu,day,usd,known_at,revision\nH100,2026-07-05,4,2026-07-03,0\n", INDEX)
    assert bars(imported) == []
    assert "line 2: it was published at 2026-07-04 00:00 UTC, before its day had begun." in imported.err


def test_revisions_without_the_time_at_which_they_were_known_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="revision needs published"):
        import_text(tmp_path, "gpu,day,usd,known_at,revision\n", INDEX.replace("published: known_at, ", ""))


WIDE = (
    "kind: gpu_prices\nsource: index\ntime_zone: UTC\nbasis: rental_hour\naverage: true\n"
    "columns: {date: day, models: {h100: H100, a100: A100, b200: B200}}\n"
)


def test_days_with_one_price_in_every_column_are_told(tmp_path: Path) -> None:
    days = ["2.5,1.4,6.2"] * 4 + ["7.43,7.43,7.43"] * 3 + ["2.4,1.3,6.1"] * 3
    rows = [f"2026-07-{number:02},{prices}" for number, prices in enumerate(days, start=1)]
    imported = import_text(tmp_path, "\n".join(["day,h100,a100,b200", *rows]), WIDE)
    assert len(bars(imported)) == 30
    said = imported.out + imported.err
    assert "one and the same price, 7.43 USD, on 3 days from 5 July 2026 to 7 July 2026" in said
    assert "line 6: H100 rental_hour at index moved +197% from 2.50 USD on 4 July 2026 to 7.43 USD" in said
    assert "line 9: A100 rental_hour at index moved -83% from 7.43 USD on 7 July 2026 to 1.30 USD" in said


def test_a_hundredfold_slip_is_told(tmp_path: Path) -> None:
    rows = [f"h100,2026-07-{day:02},{price}" for day, price in enumerate((2.5, 250, 2.5), start=1)]
    imported = import_text(tmp_path, "\n".join(["gpu,date,usd", *rows]), OFFERS)
    assert "line 3: H100 rental_hour moved +9,900% from 2.50 USD" in imported.out + imported.err


def test_offers_of_another_venue_add_to_the_day(tmp_path: Path) -> None:
    mapping = OFFERS.replace("price: usd", "price: usd, venue: where")
    import_text(tmp_path, "gpu,date,usd,where\nh100,2026-07-05,2,a\n", mapping)
    imported = import_text(
        tmp_path, "gpu,date,usd,where\nh100,2026-07-05,2,a\nh100,2026-07-05,4,b\n", mapping
    )
    assert [bar.votes[0].venue for bar in bars(imported)] == ["a", "b"]
    assert imported.code == 0
