"""The largest balanced circulation: at most this much can be going round."""

from collections.abc import Sequence

import numpy as np
from ortools.graph.python import min_cost_flow

from projections.circularity.book import Edge

# OR-tools adds up capacities and costs in 64 bits.
SAFE_BITS = 61


def maximum_circulation(edges: Sequence[Edge]) -> int:
    """Find the weight of a maximum circulation, in cents, as a min-cost flow.

    A cost of minus one on every edge is the same as removing as little as possible until all companies
    are balanced: a cost of one on what is removed, which keeps every cost positive. Sums beyond
    2**61 cents, more money than there is, are solved in a coarser unit and rounded down.
    """
    if not edges:
        return 0
    announced = sum(edge.cents for edge in edges)
    coarser = max(0, announced.bit_length() - SAFE_BITS)
    place = {name: at for at, name in enumerate(sorted({name for edge in edges for name in edge[:2]}))}
    sources = np.array([place[edge.source] for edge in edges], dtype=np.int32)
    targets = np.array([place[edge.target] for edge in edges], dtype=np.int32)
    weights = np.array([edge.cents >> coarser for edge in edges], dtype=np.int64)
    surplus = np.zeros(len(place), dtype=np.int64)
    np.add.at(surplus, sources, weights)
    np.subtract.at(surplus, targets, weights)
    solver = min_cost_flow.SimpleMinCostFlow()
    solver.add_arcs_with_capacity_and_unit_cost(
        sources, targets, weights, np.ones(len(edges), dtype=np.int64)
    )
    solver.set_nodes_supplies(np.arange(len(place), dtype=np.int32), surplus)
    status = solver.solve()
    if status != solver.OPTIMAL:
        raise ArithmeticError(f"The maximum circulation of {len(edges)} edges was not solved: {status}.")
    removed = int(np.sum(solver.flows(np.arange(len(edges), dtype=np.int32))))
    return (int(np.sum(weights)) - removed) << coarser
