"""Charts over time: circularity, prices with the signals about them, and falls from highs."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from ouroboros.html.charts import LEVEL_COLORS, Figure, Trace, dots, figure, line
from ouroboros.report.reading import Facts
from ouroboros.report.signs import in_unit, in_words

# More lines than these cannot be told apart; those with signals come first.
MOST_LINES = 12
# From so many times the lowest price on, an axis has 1, 2 and 5 of each power of ten.
WIDE = 8
_SHAPES = {"opened": "triangle-up", "escalated": "triangle-up", "eased": "triangle-down", "cleared": "circle"}


def circularity_chart(facts: Facts) -> Figure:
    """Return the bound and the estimate on both bases up to now, with the thresholds."""
    definition = next((row for row in facts.definitions if row.id == "circularity"), None)
    lines = []
    for rank, (basis, money) in enumerate((("firm", "firm money"), ("all", "all money"))):
        # Of what became known at one time, the last; it holds until now.
        newest = {row.known_at: row for row in facts.circularity if row.basis == basis}
        if newest and facts.as_of:
            newest.setdefault(facts.as_of, list(newest.values())[-1])
        for column, name, dash in (("ci_max", "at most", "solid"), ("ci_bff", "estimate", "dot")):
            points = [(known_at, getattr(row, column)) for known_at, row in newest.items()]
            lines.append(line(f"{name}, {money}", points, rank, dash, "hv"))
    return _shares([trace for trace in lines if trace["x"]], definition, "share of announced money")


def price_chart(series: Mapping[str, Sequence[Any]], signals: Sequence[Any]) -> Figure:
    """Return prices in dollars on a scale of ratios, marked where there are signals about them."""
    traces = []
    for rank, name in enumerate(_chosen(series, signals)):
        points = [(row.day, row.close) for row in series[name]]
        traces.append(line(in_words(name), points, rank, shape="hv"))
        traces.extend(_signals(name, series[name], signals))
    rows = [row for prices in series.values() for row in prices]
    return figure(
        traces,
        xaxis=_days([row.day for row in rows]),
        yaxis=_ratios([row.close for row in rows]),
        showlegend=True,
    )


def by_series(rows: Iterable[Any]) -> dict[str, list[Any]]:
    """Return prices by the names of their series, each by day."""
    ordered = sorted(rows, key=lambda row: (row.series, row.day))
    return {name: list(prices) for name, prices in groupby(ordered, key=lambda row: row.series)}


def not_drawn(series: Iterable[str], signals: Sequence[Any]) -> list[str]:
    """Return the series that a chart of prices has no room for."""
    names = set(series)
    return sorted(names - set(_chosen(names, signals)))


def drawdown_chart(rows: Sequence[Any], definition: Any) -> Figure:
    """Return how far below their highs prices are, with the thresholds."""
    ordered = sorted(rows, key=lambda row: (row.subject, row.day))
    lines = [
        line(in_words(subject), [(row.day, row.value) for row in points], rank, shape="hv")
        for rank, (subject, points) in enumerate(groupby(ordered, key=lambda row: row.subject))
    ]
    return _shares(lines[:MOST_LINES], definition, "below the high of the year")


def _days(days: Sequence[date]) -> dict[str, Any]:
    """Set an axis of days; around a single one plotly would count milliseconds."""
    if len({*days}) != 1:
        return {"type": "date"}
    return {"type": "date", "range": [days[0] + timedelta(days=distance) for distance in (-31, 31)]}


def _ratios(prices: Sequence[float]) -> dict[str, Any]:
    """Set an axis of dollars; plotly's digits lie on each other where prices are far apart, or one."""
    digits = {} if min(prices) < max(prices) < WIDE * min(prices) else {"dtick": "D2"}
    return {"type": "log", "tickformat": ",.2~f", "tickprefix": "$", **digits}


def _shares(lines: Sequence[Trace], definition: Any, title: str) -> Figure:
    levels = ("watch", "warning", "critical") if definition else ()
    across = {"type": "line", "xref": "paper", "x0": 0, "x1": 1}
    at_left = {"xref": "paper", "x": 0, "xanchor": "left", "yanchor": "bottom", "showarrow": False}
    shapes, notes = [], []
    for level in levels:
        value = getattr(definition, level)
        drawn = {"color": LEVEL_COLORS[level], "width": 1, "dash": "dot"}
        shapes.append(across | {"y0": value, "y1": value, "line": drawn})
        text = f"{level} {in_unit(value, definition.unit)}"
        notes.append(at_left | {"y": value, "text": text, "font": {"size": 11}})
    return figure(
        lines,
        xaxis={"type": "date"},
        yaxis={"tickformat": ".0%", "rangemode": "tozero", "title": {"text": title, "font": {"size": 13}}},
        showlegend=True,
        shapes=shapes,
        annotations=notes,
    )


def _signals(name: str, prices: Sequence[Any], signals: Sequence[Any]) -> list[Trace]:
    """Mark each step of an episode on the price of its day, or the last before."""
    about = [signal for signal in signals if signal.subject == name]
    known = [(signal, price) for signal in about if (price := _price_on(prices, signal)) is not None]
    if not known:
        return []
    return [
        dots(
            f"signals about {in_words(name)}",
            [(signal.known_at, price) for signal, price in known],
            [
                f"{signal.known_at:%Y-%m-%d}: {signal.step}, {signal.level}, {signal.indicator}"
                for signal, _ in known
            ],
            symbol=[_SHAPES[signal.step] for signal, _ in known],
            color=[LEVEL_COLORS[signal.level] for signal, _ in known],
            size=14,
            line={"width": 1, "color": "#000000"},
        )
    ]


def _price_on(prices: Sequence[Any], signal: Any) -> float | None:
    before = [row.close for row in prices if row.day <= signal.known_at.date()]
    return before[-1] if before else None


def _chosen(series: Iterable[str], signals: Sequence[Any]) -> list[str]:
    with_signals = {signal.subject for signal in signals}
    return sorted(series, key=lambda name: (name not in with_signals, name))[:MOST_LINES]
