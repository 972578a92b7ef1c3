"""Prices of shares and GPUs with the signals about them, and how far they have fallen."""

from itertools import groupby

from events.words import price
from ouroboros.pages.charts import chart
from ouroboros.pages.markup import Column, Html, details, element, section, table
from ouroboros.report.curves import fall_chart, left_out, name_of, price_chart
from ouroboros.report.reading import FALLS
from ouroboros.report.rows import Facts, PriceRow
from ouroboros.report.words import on_day

GPU_CHARTS = {
    "resale": "GPUs, resold",
    "rental_hour": "GPUs, rented by the hour",
    "list": "GPUs, asking prices",
}
_PRICES = (
    Column("Price of"),
    Column("Days", number=True),
    Column("First", number=True),
    Column("Highest", number=True),
    Column("Last", number=True),
    Column("Last on"),
)


def prices_section(facts: Facts) -> Html:
    """Show what is known of prices; where a day has several, its last."""
    charts = [_prices("shares", "Shares", facts.share_prices, facts)]
    for basis, title in GPU_CHARTS.items():
        charts.append(
            _prices(f"gpu-{basis}", title, [one for one in facts.gpu_prices if one.basis == basis], facts)
        )
    return section(
        "prices",
        "Prices",
        element(
            "p",
            "The last price of each day in dollars, on a scale on which equal distances are equal ratios."
            " Triangles are signals about that price: up where it got worse, down where it eased; a circle"
            " where it cleared.",
        ),
        *charts,
        *(_falls(indicator, facts) for indicator in FALLS),
    )


def _prices(key: str, title: str, rows: list[PriceRow], facts: Facts) -> Html:
    if not rows:
        return element("p", f"{title}: no price is known.", class_="none")
    missing = left_out(rows, facts.signals)
    told = f"Not drawn, for want of room: {', '.join(missing)}. The table has them." if missing else ""
    drawn = price_chart(rows, facts.signals)
    return element(
        "div",
        element("h3", title),
        chart(f"{key}-chart", f"{title}: the last price of each day in US dollars.", drawn.to_json()),
        element("p", told, class_="small") if told else Html(""),
        details(f"{title} as a table", table(title, _PRICES, _table_rows(rows), f"{key}-prices")),
    )


def _table_rows(rows: list[PriceRow]) -> list[tuple[str, ...]]:
    ordered = sorted(rows, key=lambda row: (name_of(row), row.day))
    series = [(name, list(points)) for name, points in groupby(ordered, key=name_of)]
    return [
        (
            name,
            f"{len(points):,}",
            price(points[0].close),
            price(max(one.close for one in points)),
            price(points[-1].close),
            on_day(points[-1].day),
        )
        for name, points in series
    ]


def _falls(indicator: str, facts: Facts) -> Html:
    rows = [one for one in facts.falls if one.indicator == indicator]
    definition = next((one for one in facts.definitions if one.id == indicator), None)
    if not rows or definition is None:
        return Html("")
    return element(
        "div",
        element("h3", definition.title),
        chart(
            f"{indicator.replace('_', '-')}-chart",
            f"{definition.title} over time, with its thresholds.",
            fall_chart(rows, definition).to_json(),
        ),
    )
