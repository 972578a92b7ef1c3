"""The money map: companies, and the announced money between them as arrows."""

from collections.abc import Mapping, Sequence
from typing import Any

from ouroboros.html.charts import Figure, Trace, figure, plain
from ouroboros.report.layout import WIDTH, Layout, Point, box_of, lay_out, short_name

# As read.money_flow_edge colours an edge: none of it circulates, or up to a third, two thirds, all.
GREY, YELLOW, ORANGE, RED = "#8e8e8e", "#f2cc0c", "#ff9830", "#e02f44"
# More than these cannot be told apart; those with the most money are drawn.
MOST_COMPANIES = 40
LEGEND = {
    GREY: "nothing circulates",
    YELLOW: "less than a third circulates",
    ORANGE: "less than two thirds",
    RED: "more",
}
_SMALLEST, _LARGEST = 5.0, 17.0
_BEND = 0.16
_STEPS = 20
_ARROW_AT = 12


def by_money(nodes: Sequence[Any]) -> list[Any]:
    """Return companies, those with the most money in and out first."""
    return sorted(nodes, key=lambda node: (-(node.in_usd + node.out_usd), node.id))


def money_map(nodes: Sequence[Any], edges: Sequence[Any]) -> Figure:
    """Return the companies and the money between them; both directions of a pair are lines of their own."""
    companies = by_money(nodes)[:MOST_COMPANIES]
    names = {node.id for node in companies}
    shown = sorted(
        (edge for edge in edges if {edge.source, edge.target} <= names),
        key=lambda edge: (-edge.amount_usd, edge.source, edge.target),
    )
    radii = _radii(companies)
    boxes = {name: box_of(name, radius) for name, radius in radii.items()}
    layout = lay_out(boxes, [(edge.source, edge.target) for edge in shown])
    return figure(
        [*(_arrow(edge, layout) for edge in shown), _circles(companies, radii, layout)],
        layout.height,
        margin={"l": 0, "r": 0, "t": 0, "b": 0},
        xaxis={"range": [0, WIDTH], "visible": False, "fixedrange": True},
        yaxis={"range": [0, layout.height], "visible": False, "fixedrange": True},
        showlegend=False,
    )


def _radii(companies: Sequence[Any]) -> dict[str, float]:
    """Return radii in pixels, such that areas grow with the money."""
    money = {node.id: float(node.in_usd + node.out_usd) for node in companies}
    most = max(money.values(), default=1.0)
    return {
        name: round(_SMALLEST + (_LARGEST - _SMALLEST) * (amount / most) ** 0.5, 1)
        for name, amount in money.items()
    }


def _arrow(edge: Any, layout: Layout) -> Trace:
    curve = _curve(layout.positions[edge.source], layout.positions[edge.target])
    width = 1 + edge.thickness
    text = f"{edge.source} → {edge.target}: {edge.mainstat}, of it {edge.secondarystat}"
    return {
        "type": "scatter",
        "x": [point.x for point in curve],
        "y": [point.y for point in curve],
        "mode": "lines+markers",
        "line": {"width": width, "color": edge.color, "simplify": False, "backoff": 0},
        "marker": {
            "symbol": "arrow",
            "angleref": "previous",
            "size": [2.2 * width + 8 if step == _ARROW_AT else 0 for step in range(_STEPS + 1)],
            "color": edge.color,
            "opacity": 1,
            "line": {"width": 0},
        },
        "opacity": 0.85,
        "hovertext": plain(text),
        "hoverinfo": "text",
    }


def _curve(start: Point, end: Point) -> list[Point]:
    """Bend a line to its right, so that the way back is another one."""
    bend = Point(
        (start.x + end.x) / 2 + _BEND * (end.y - start.y), (start.y + end.y) / 2 - _BEND * (end.x - start.x)
    )
    return [_between(start, bend, end, step / _STEPS) for step in range(_STEPS + 1)]


def _between(start: Point, bend: Point, end: Point, part: float) -> Point:
    rest = 1 - part
    return Point(
        round(rest * rest * start.x + 2 * rest * part * bend.x + part * part * end.x, 1),
        round(rest * rest * start.y + 2 * rest * part * bend.y + part * part * end.y, 1),
    )


def _circles(companies: Sequence[Any], radii: Mapping[str, float], layout: Layout) -> Trace:
    centers = [layout.positions[node.id] for node in companies]
    texts = [f"{node.id}: {node.mainstat}, {node.secondarystat}, {node.subtitle}" for node in companies]
    return {
        "type": "scatter",
        "x": [center.x for center in centers],
        "y": [center.y for center in centers],
        "mode": "markers+text",
        "marker": {"size": [2 * radii[node.id] for node in companies], "color": "#4477aa", "opacity": 1},
        "text": [plain(short_name(node.id)) for node in companies],
        "textposition": "bottom center",
        # An arrow may run through a name.
        "textfont": {"size": 12, "shadow": "auto"},
        "hovertext": [plain(text) for text in texts],
        "hoverinfo": "text",
        "cliponaxis": False,
    }
