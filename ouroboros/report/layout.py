"""Where the companies of the money map are drawn: always the same, and no name over another."""

from collections.abc import Iterable, Mapping
from itertools import combinations
from typing import NamedTuple
from unicodedata import east_asian_width

import networkx as nx
import scipy.optimize  # noqa: F401  networkx places companies with it

# In pixels. A chart may be drawn wider, which only takes names apart; WIDTH is what fits on paper.
WIDTH = 660.0
LEAST_HEIGHT = 520.0
HEIGHT_PER_COMPANY = 26.0
LETTER_WIDTH = 7.4
NAME_HEIGHT = 20.0
LONGEST_NAME = 22
_ROUNDS = 150
# So many steps is it from one company to another that has no money to do with it.
_APART = 3.0


class Point(NamedTuple):
    """A position, in pixels from the lower left."""

    x: float
    y: float


class Box(NamedTuple):
    """What a company takes up with its name, half of it each way, in pixels."""

    half_width: float
    half_height: float


class Layout(NamedTuple):
    """The positions of the companies, and how high the drawing is."""

    positions: dict[str, Point]
    height: float


def short_name(name: str) -> str:
    """Return a name, cut where it is too long to be drawn."""
    return name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1]}…"


def box_of(name: str, radius: float) -> Box:
    """Return what a company takes up whose name is drawn below a circle, its `radius` in pixels."""
    letters = sum(2 if east_asian_width(letter) in "WF" else 1 for letter in short_name(name))
    return Box(max(letters * LETTER_WIDTH / 2, radius) + 4, radius + NAME_HEIGHT)


def lay_out(boxes: Mapping[str, Box], pairs: Iterable[tuple[str, str]]) -> Layout:
    """Return where companies are drawn: those with money between them close together, no box over another."""
    names = sorted(boxes)
    height = max(LEAST_HEIGHT, HEIGHT_PER_COMPANY * len(names))
    positions = _attracted(names, pairs, height)
    while not _separate(names, boxes, positions, height):
        height *= 1.15
        positions = {name: Point(point.x, point.y * 1.15) for name, point in positions.items()}
    rounded = {name: Point(round(point.x, 1), round(point.y, 1)) for name, point in positions.items()}
    return Layout(rounded, height)


def _attracted(names: list[str], pairs: Iterable[tuple[str, str]], height: float) -> dict[str, Point]:
    graph: nx.Graph[str] = nx.Graph()
    graph.add_nodes_from(names)
    graph.add_edges_from((source, target) for source, target in sorted(pairs))
    far = dict.fromkeys(names, _APART)
    steps = {name: far | {name: 0.0} | lengths for name, lengths in nx.all_pairs_shortest_path_length(graph)}
    found = nx.kamada_kawai_layout(graph, dist=steps) if names else {}
    ranked_x = _spread([float(found[name][0]) for name in names], WIDTH)
    ranked_y = _spread([float(found[name][1]) for name in names], height)
    return {name: Point(x, y) for name, x, y in zip(names, ranked_x, ranked_y, strict=True)}


def _spread(values: list[float], length: float) -> list[float]:
    """Spread values over a length: half by how far they lie apart, half by their order."""
    low, high = min(values, default=0.0), max(values, default=0.0)
    order = {index: rank for rank, index in enumerate(sorted(range(len(values)), key=values.__getitem__))}
    most = max(1, len(values) - 1)
    return [
        length * ((value - low) / (high - low or 1) + order[index] / most) / 2
        for index, value in enumerate(values)
    ]


def _separate(names: list[str], boxes: Mapping[str, Box], positions: dict[str, Point], height: float) -> bool:
    """Push apart what overlaps, the shorter way; return whether nothing overlaps any more."""
    for name in names:
        positions[name] = _inside(positions[name], boxes[name], height)
    for _ in range(_ROUNDS):
        moved = False
        for one, other in combinations(names, 2):
            over_x, over_y = _overlap(one, other, boxes, positions)
            if over_x <= 0 or over_y <= 0:
                continue
            moved = True
            here, there = positions[one], positions[other]
            step_x = step_y = 0.0
            if over_x < over_y:
                step_x = (over_x / 2 + 1) * (1 if here.x > there.x else -1)
            else:
                step_y = (over_y / 2 + 1) * (1 if here.y > there.y else -1)
            positions[one] = _inside(Point(here.x + step_x, here.y + step_y), boxes[one], height)
            positions[other] = _inside(Point(there.x - step_x, there.y - step_y), boxes[other], height)
        if not moved:
            return True
    return False


def _overlap(
    one: str, other: str, boxes: Mapping[str, Box], positions: Mapping[str, Point]
) -> tuple[float, float]:
    here, there, this, that = positions[one], positions[other], boxes[one], boxes[other]
    across = this.half_width + that.half_width - abs(here.x - there.x)
    return across, this.half_height + that.half_height - abs(here.y - there.y)


def _inside(point: Point, box: Box, height: float) -> Point:
    return Point(
        min(max(point.x, box.half_width), WIDTH - box.half_width),
        min(max(point.y, box.half_height), height - box.half_height),
    )
