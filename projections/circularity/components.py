"""Where money can go round at all: the strongly connected components of a graph."""

from collections.abc import Sequence

import networkx as nx

from projections.circularity.book import Edge


def components(edges: Sequence[Edge]) -> tuple[tuple[int, ...], ...]:
    """Name the edges inside each component of more than one company, by their place in `edges`."""
    graph: nx.DiGraph[str] = nx.DiGraph()
    graph.add_edges_from((edge.source, edge.target) for edge in edges)
    component_of: dict[str, int] = {}
    for number, members in enumerate(nx.strongly_connected_components(graph)):
        component_of.update(dict.fromkeys(members, number))
    inside: dict[int, list[int]] = {}
    for place, edge in enumerate(edges):
        number = component_of[edge.source]
        if number == component_of[edge.target]:
            inside.setdefault(number, []).append(place)
    return tuple(sorted(map(tuple, inside.values())))
