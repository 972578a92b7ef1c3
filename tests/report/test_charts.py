"""What the charts draw, without a browser."""

from datetime import UTC, date, datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from ouroboros.html.charts import Figure
from ouroboros.report.curves import MOST_LINES, by_series, drawdown_chart, not_drawn, price_chart
from ouroboros.report.money_map import MOST_COMPANIES, money_map


def edge(source: str, target: str, thickness: float = 3.0, color: str = "#8e8e8e") -> Any:
    return SimpleNamespace(
        source=source,
        target=target,
        mainstat="$1B",
        secondarystat="$0 circulating (0%)",
        thickness=thickness,
        color=color,
        amount_usd=Decimal(10**9),
    )


def node(name: str, in_usd: int = 10**9) -> Any:
    return SimpleNamespace(
        id=name,
        subtitle="$0 circulating",
        mainstat="$1B in",
        secondarystat="$0 out",
        in_usd=Decimal(in_usd),
        out_usd=Decimal(0),
    )


def signal(step: str, level: str, when: datetime, subject: str = "ARM") -> Any:
    return SimpleNamespace(
        known_at=when, indicator="pledged_equity_drawdown", subject=subject, step=step, level=level
    )


def price(series: str, day: date, close: float) -> Any:
    return SimpleNamespace(series=series, day=day, close=close)


def drawn(chart: Figure) -> list[dict[str, Any]]:
    return list(chart["data"])


def test_both_directions_of_a_pair_are_arrows_of_their_own_with_the_widths_and_colours_of_the_view() -> None:
    there, back, circles = drawn(
        money_map([node("A"), node("B")], [edge("A", "B", 7.0, "#e02f44"), edge("B", "A", 1.0)])
    )
    assert there["line"]["width"] - back["line"]["width"] == 6
    assert there["line"]["color"] == "#e02f44"
    middle = len(there["x"]) // 2
    assert (there["x"][middle], there["y"][middle]) != (back["x"][middle], back["y"][middle])
    assert (there["x"][0], there["y"][0]) == (back["x"][-1], back["y"][-1])
    assert list(circles["text"]) == ["A", "B"]


def test_hovering_tells_the_amounts_and_no_markup_of_a_name() -> None:
    (arrow, circles) = drawn(money_map([node("<b>A</b>"), node("B")], [edge("<b>A</b>", "B")]))
    assert arrow["hovertext"] == "&lt;b&gt;A&lt;/b&gt; → B: $1B, of it $0 circulating (0%)"
    assert circles["text"][0] == "&lt;b&gt;A&lt;/b&gt;"


def test_of_many_companies_those_with_the_most_money_are_drawn() -> None:
    companies = [node(f"{number:02}", (number + 1) * 10**9) for number in range(MOST_COMPANIES + 5)]
    *arrows, circles = drawn(money_map(companies, [edge("00", "44"), edge("43", "44")]))
    assert sorted(circles["text"]) == [f"{number:02}" for number in range(5, MOST_COMPANIES + 5)]
    assert len(arrows) == 1


def test_a_signal_is_marked_on_the_last_price_that_was_made_by_then() -> None:
    prices = [price("ARM", date(2026, 1, day), float(day)) for day in (5, 6, 9)]
    steps = [
        signal("opened", "watch", datetime(2026, 1, 8, tzinfo=UTC)),
        signal("cleared", "calm", datetime(2026, 1, 9, 21, tzinfo=UTC)),
        signal("opened", "watch", datetime(2026, 1, 1, tzinfo=UTC)),
        signal("opened", "watch", datetime(2026, 1, 9, tzinfo=UTC), subject="CRWV"),
    ]
    line, marks = drawn(price_chart(by_series(prices), steps))
    assert list(line["y"]) == [5.0, 6.0, 9.0]
    assert list(marks["y"]) == [6.0, 9.0]
    assert list(marks["marker"]["symbol"]) == ["triangle-up", "circle"]


def test_prices_of_a_single_day_are_drawn_among_days_and_not_among_milliseconds() -> None:
    chart = price_chart(by_series([price("B200 list", date(2025, 7, 3), 54_170.0)]), [])["layout"]
    assert chart["xaxis"]["range"] == [date(2025, 6, 2), date(2025, 8, 3)]
    assert chart["yaxis"]["dtick"] == "D2"


def test_prices_far_apart_have_few_digits_at_their_axis() -> None:
    def axis(*prices: float) -> Any:
        rows = [price("ARM", date(2026, 1, day), close) for day, close in enumerate(prices, 1)]
        return price_chart(by_series(rows), [])["layout"]["yaxis"]

    assert axis(13.8, 554.0)["dtick"] == "D2"
    assert "dtick" not in axis(2.0, 8.0)


def test_of_many_prices_those_with_signals_are_drawn_first_and_the_others_are_named() -> None:
    prices = [price(f"S{number:02}", date(2026, 1, 5), 1.0) for number in range(MOST_LINES + 2)]
    signals = [signal("opened", "watch", datetime(2026, 1, 8, tzinfo=UTC), subject="S13")]
    lines = [
        trace["name"]
        for trace in drawn(price_chart(by_series(prices), signals))
        if trace["mode"] != "markers"
    ]
    assert lines == ["S13", *(f"S{number:02}" for number in range(MOST_LINES - 1))]
    assert not_drawn(by_series(prices), signals) == ["S11", "S12"]


def test_a_fall_is_drawn_with_its_three_thresholds() -> None:
    definition = SimpleNamespace(unit="share", watch=0.1, warning=0.2, critical=0.35)
    row = SimpleNamespace(subject="H100 resale", day=date(2026, 1, 5), value=0.25)
    chart = drawdown_chart([row], definition)
    assert [line["y0"] for line in chart["layout"]["shapes"]] == [0.1, 0.2, 0.35]
    assert [note["text"] for note in chart["layout"]["annotations"]] == [
        "watch 10.0 %",
        "warning 20.0 %",
        "critical 35.0 %",
    ]
    (line,) = chart["data"]
    assert list(line["y"]) == [0.25]
