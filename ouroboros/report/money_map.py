"""The money map: companies, and the announced money between them as arrows."""

from typing import Any

from ouroboros.report.figures import figure, graph_objects, plain
from ouroboros.report.layout import WIDTH, Layout, Point, box_of, lay_out, short_name
from ouroboros.report.rows import EdgeRow, NodeRow
from projections.circularity.flow_rows import GREY, ORANGE, RED, YELLOW

# More than these cannot be told apart; those with the most money are drawn.
MOST_COMPANIES = 40
_LEGEND = {
    GREY: "nothing circulates",
    YELLOW: "less than a third circulates",
    ORANGE: "less than two thirds",
    RED: "more",
}
_SMALLEST, _LARGEST = 5.0, 17.0
_BEND = 0.16
_STEPS = 20
_ARROW_AT = 12


def drawn_companies(nodes: list[NodeRow]) -> list[NodeRow]:
    """Choose those with the most money."""
    by_money = sorted(nodes, key=lambda node: (-(node.in_usd + node.out_usd), node.id))
    return by_money[:MOST_COMPANIES]


def money_map(nodes: list[NodeRow], edges: list[EdgeRow]) -> Any:
    """Draw the companies and the money between them; both directions of a pair are lines of their own."""
    companies = drawn_companies(nodes)
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
        meta={"map": True},
    )


def legend() -> dict[str, str]:
    """Name what each colour of an arrow means."""
    return _LEGEND


def _radii(companies: list[NodeRow]) -> dict[str, float]:
    most = max((float(node.in_usd + node.out_usd) for node in companies), default=1.0)
    return {
        node.id: round(
            _SMALLEST + (_LARGEST - _SMALLEST) * (float(node.in_usd + node.out_usd) / most) ** 0.5, 1
        )
        for node in companies
    }


def _arrow(edge: EdgeRow, layout: Layout) -> Any:
    curve = _curve(layout.places[edge.source], layout.places[edge.target])
    width = 1 + edge.thickness
    told = f"{edge.source} → {edge.target}: {edge.mainstat}, of it {edge.secondarystat}"
    return graph_objects().Scatter(
        x=[point.x for point in curve],
        y=[point.y for point in curve],
        mode="lines+markers",
        line={"width": width, "color": edge.color, "simplify": False, "backoff": 0},
        marker={
            "symbol": "arrow",
            "angleref": "previous",
            "size": [2.2 * width + 8 if step == _ARROW_AT else 0 for step in range(_STEPS + 1)],
            "color": edge.color,
            "opacity": 1,
            "line": {"width": 0},
        },
        opacity=0.85,
        hovertext=plain(told),
        hoverinfo="text",
    )


def _curve(start: Point, end: Point) -> list[Point]:
    """Bend a line to its right, so that the way back is another one."""
    bend = Point(
        (start.x + end.x) / 2 + _BEND * (end.y - start.y), (start.y + end.y) / 2 - _BEND * (end.x - start.x)
    )
    return [_between(start, bend, end, step / _STEPS) for step in range(_STEPS + 1)]


def _between(start: Point, bend: Point, end: Point, way: float) -> Point:
    back = 1 - way
    return Point(
        round(back * back * start.x + 2 * back * way * bend.x + way * way * end.x, 1),
        round(back * back * start.y + 2 * back * way * bend.y + way * way * end.y, 1),
    )


def _circles(companies: list[NodeRow], radii: dict[str, float], layout: Layout) -> Any:
    places = [layout.places[node.id] for node in companies]
    return graph_objects().Scatter(
        x=[place.x for place in places],
        y=[place.y for place in places],
        mode="markers+text",
        marker={"size": [2 * radii[node.id] for node in companies], "color": "#4477aa", "opacity": 1},
        text=[plain(short_name(node.id)) for node in companies],
        textposition="bottom center",
        # An arrow may run through a name.
        textfont={"size": 12, "shadow": "auto"},
        hovertext=[
            plain(f"{node.id}: {node.mainstat}, {node.secondarystat}, {node.subtitle}") for node in companies
        ],
        hoverinfo="text",
        cliponaxis=False,
    )
