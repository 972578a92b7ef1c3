"""Charts over time: circularity, prices with the signals about them, and falls."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from ouroboros.report.figures import COLORS, DASHES, THRESHOLD_COLORS, figure, graph_objects, plain
from ouroboros.report.rows import DefinitionRow, Facts, FallRow, PriceRow, SignalRow
from ouroboros.report.words import in_unit, spoken

HEIGHT = 380
# More lines than these cannot be told apart; those with signals come first.
MOST_LINES = 12
# From so many times the lowest price on, an axis has 1, 2 and 5 of each power of ten.
WIDE = 8
_SHAPES = {"opened": "triangle-up", "escalated": "triangle-up", "eased": "triangle-down", "cleared": "circle"}
_LEVEL_COLORS = THRESHOLD_COLORS | {"calm": "#2e8b57"}


def circularity_chart(facts: Facts) -> Any:
    """Draw the bound and the estimate on both bases up to now, with the thresholds."""
    definition = next((one for one in facts.definitions if one.id == "circularity"), None)
    lines = []
    for at, (basis, told) in enumerate((("firm", "firm money"), ("all", "all money"))):
        # Of what became known at one time, the last; it holds until now.
        newest = {row.known_at: row for row in facts.circularity if row.basis == basis}
        if newest and facts.as_of:
            newest.setdefault(facts.as_of, list(newest.values())[-1])
        for column, words, dash in (("ci_max", "at most", "solid"), ("ci_bff", "estimate", "dot")):
            points = [(when, getattr(row, column)) for when, row in newest.items()]
            lines.append(_line(f"{words}, {told}", points, at, dash))
    return _over_time([line for line in lines if line.x], definition, "share of announced money")


def price_chart(rows: list[PriceRow], signals: list[SignalRow]) -> Any:
    """Draw prices in dollars on a scale of ratios, and mark the signals about them."""
    series = _by_name(rows)
    lines = []
    for at, name in enumerate(_chosen(series, signals)):
        points = [(row.day, row.close) for row in series[name]]
        lines.append(_line(spoken(name), points, at, DASHES[at // len(COLORS) % len(DASHES)]))
        lines.extend(_marks(name, series[name], signals))
    return figure(
        lines,
        HEIGHT,
        xaxis=_days([row.day for row in rows]),
        yaxis=_ratios([row.close for row in rows]),
        showlegend=True,
    )


def left_out(rows: list[PriceRow], signals: list[SignalRow]) -> list[str]:
    """Name the series that a chart of prices has no room for."""
    series = _by_name(rows)
    return sorted(set(series) - set(_chosen(series, signals)))


def fall_chart(rows: list[FallRow], definition: DefinitionRow | None) -> Any:
    """Draw how far below their highs prices are, with the thresholds."""
    lines = [
        _line(
            spoken(subject),
            [(row.day, row.value) for row in points],
            at,
            DASHES[at // len(COLORS) % len(DASHES)],
        )
        for at, (subject, points) in enumerate(
            groupby(sorted(rows, key=lambda row: (row.subject, row.day)), key=lambda row: row.subject)
        )
    ]
    return _over_time(lines[:MOST_LINES], definition, "below the high of the year")


def name_of(row: PriceRow) -> str:
    """Name a series as the signals about it do: ARM, H100 resale."""
    return f"{row.name} {row.basis}".strip()


def _days(days: list[date]) -> dict[str, Any]:
    """Set an axis of days; around a single one plotly would count milliseconds."""
    if len({*days}) != 1:
        return {"type": "date"}
    around = [(days[0] + timedelta(days=way)).isoformat() for way in (-31, 31)]
    return {"type": "date", "range": around}


def _ratios(prices: list[float]) -> dict[str, Any]:
    """Set an axis of dollars; plotly's digits lie on each other where prices are far apart, or one."""
    digits = {} if min(prices) < max(prices) < WIDE * min(prices) else {"dtick": "D2"}
    return {"type": "log", "tickformat": ",.2~f", "tickprefix": "$", **digits}


def _over_time(lines: list[Any], definition: DefinitionRow | None, title: str) -> Any:
    thresholds = [(level, getattr(definition, level)) for level in THRESHOLD_COLORS] if definition else []
    return figure(
        lines,
        HEIGHT,
        xaxis={"type": "date"},
        yaxis={"tickformat": ".0%", "rangemode": "tozero", "title": {"text": title, "font": {"size": 13}}},
        showlegend=True,
        shapes=[
            {
                "type": "line",
                "xref": "paper",
                "x0": 0,
                "x1": 1,
                "y0": value,
                "y1": value,
                "line": {"color": THRESHOLD_COLORS[level], "width": 1, "dash": "dot"},
            }
            for level, value in thresholds
        ],
        annotations=[
            {
                "xref": "paper",
                "x": 0,
                "y": value,
                "text": f"{level} {in_unit(value, 'share')}",
                "showarrow": False,
                "xanchor": "left",
                "yanchor": "bottom",
                "font": {"size": 11},
            }
            for level, value in thresholds
        ],
    )


def _line(name: str, points: Sequence[tuple[Any, float]], at: int, dash: str) -> Any:
    return graph_objects().Scatter(
        x=[when.isoformat() for when, _ in points],
        y=[value for _, value in points],
        name=plain(name),
        mode="lines+markers" if len(points) <= 60 else "lines",
        line={"color": COLORS[at % len(COLORS)], "width": 2, "dash": dash, "shape": "hv"},
        marker={"size": 6},
        hovertemplate="%{fullData.name}<br>%{x|%Y-%m-%d}: %{y}<extra></extra>",
    )


def _marks(name: str, prices: list[PriceRow], signals: Iterable[SignalRow]) -> list[Any]:
    """Mark each step of an episode on the price of its day, or the last before."""
    about = [(one, _price_on(prices, one)) for one in signals if one.subject == name]
    known = [(one, price) for one, price in about if price is not None]
    if not known:
        return []
    return [
        graph_objects().Scatter(
            x=[one.known_at.isoformat() for one, _ in known],
            y=[price for _, price in known],
            mode="markers",
            name=plain(f"signals about {spoken(name)}"),
            marker={
                "symbol": [_SHAPES[one.step] for one, _ in known],
                "color": [_LEVEL_COLORS[one.level] for one, _ in known],
                "size": 14,
                "line": {"width": 1, "color": "#000000"},
            },
            hovertext=[
                plain(f"{one.known_at:%Y-%m-%d}: {one.step}, {one.level}, {one.indicator}")
                for one, _ in known
            ],
            hoverinfo="text",
        )
    ]


def _price_on(prices: list[PriceRow], signal: SignalRow) -> float | None:
    before = [row.close for row in prices if row.day <= signal.known_at.date()]
    return before[-1] if before else None


def _by_name(rows: list[PriceRow]) -> dict[str, list[PriceRow]]:
    ordered = sorted(rows, key=lambda row: (name_of(row), row.day))
    return {name: list(points) for name, points in groupby(ordered, key=name_of)}


def _chosen(series: Iterable[str], signals: Iterable[SignalRow]) -> list[str]:
    told = {one.subject for one in signals}
    return sorted(series, key=lambda name: (name not in told, name))[:MOST_LINES]
