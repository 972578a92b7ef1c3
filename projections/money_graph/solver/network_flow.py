"""The flows that OR-tools solves, to the cent: the maximum-weight circulation, and round trips of vendors.

At most the first can be going round. The second is the maximum flow from what a vendor finances to what
is bought from it.
"""

from functools import lru_cache

import numpy as np
import numpy.typing as npt
from ortools.graph.python import max_flow, min_cost_flow

from projections.facts.book import Flow, total

# OR-tools adds up capacities and costs in 64 bits.
SAFE_BITS = 61
# Three rounds cut most of what can be cut.
ROUNDS = 3

Integers = npt.NDArray[np.int64]
Nodes = npt.NDArray[np.int32]


@lru_cache(maxsize=32)
def maximum_circulation(payers: tuple[str, ...], payees: tuple[str, ...], cents: tuple[int, ...]) -> int:
    """Return the weight in cents of a maximum circulation: a min-cost flow in which each cent costs -1.

    Edges come column by column. Sums beyond 2**61 cents, more money than there is, are solved in a
    coarser unit and rounded down. Raises ArithmeticError where there is no solution.
    """
    coarser = max(0, sum(cents).bit_length() - SAFE_BITS)
    index = {name: at for at, name in enumerate(dict.fromkeys((*payers, *payees)))}
    sources = np.fromiter(map(index.__getitem__, payers), dtype=np.int32, count=len(payers))
    targets = np.fromiter(map(index.__getitem__, payees), dtype=np.int32, count=len(payees))
    weights = np.array([amount >> coarser for amount in cents] if coarser else cents, dtype=np.int64)
    solver = min_cost_flow.SimpleMinCostFlow()
    solver.add_arcs_with_capacity_and_unit_cost(
        sources,
        targets,
        _tightened(weights, sources, targets, len(index)),
        np.full(len(cents), -1, dtype=np.int64),
    )
    solver.set_nodes_supplies(np.arange(len(index), dtype=np.int32), np.zeros(len(index), dtype=np.int64))
    status = solver.solve()
    if status != solver.OPTIMAL:
        raise ArithmeticError(f"The maximum circulation of {len(cents)} edges was not solved: {status}.")
    circulating = int(np.sum(solver.flows(np.arange(len(cents), dtype=np.int32))))
    return circulating << coarser


# Several folds ask for the same component.
@lru_cache(maxsize=32)
def round_trips(flows: tuple[Flow, ...]) -> dict[str, int]:
    """Return by vendor of one component what of its financing can come home as purchases, in cents.

    In between, money may take any edge that does not touch the vendor; what comes home at all stays
    within the vendor's component. Raises ArithmeticError where there is no solution.
    """
    node_of = {name: at for at, name in enumerate(sorted({name for flow in flows for name in flow[:2]}))}
    coarser = max(0, sum(total(flow).cents for flow in flows).bit_length() - SAFE_BITS)
    sources = np.array([node_of[flow.source] for flow in flows], dtype=np.int32)
    targets = np.array([node_of[flow.target] for flow in flows], dtype=np.int32)
    financing = np.array([flow.financing_cents >> coarser for flow in flows], dtype=np.int64)
    purchases = np.array([flow.purchases_cents >> coarser for flow in flows], dtype=np.int64)
    vendors = {flow.source for flow in flows if flow.financing_cents}
    vendors &= {flow.target for flow in flows if flow.purchases_cents}
    home, found = len(node_of), dict[str, int]()
    for vendor in sorted(vendors):
        # The vendor is one node where its money leaves, and another where it comes home.
        leaves, returns = sources == node_of[vendor], targets == node_of[vendor]
        solver = max_flow.SimpleMaxFlow()
        solver.add_arcs_with_capacity(
            sources,
            np.where(returns, np.int32(home), targets),
            np.where(returns, 0, financing) + np.where(leaves, 0, purchases),
        )
        status = solver.solve(node_of[vendor], home)
        if status != solver.OPTIMAL:
            raise ArithmeticError(f"The round trip of {vendor} was not solved: {status}.")
        found[vendor] = int(solver.optimal_flow()) << coarser
    return found


def _tightened(weights: Integers, sources: Nodes, targets: Nodes, count: int) -> Integers:
    """Cut from each edge what its payer never takes in, or its payee never pays out: less to solve."""
    for _ in range(ROUNDS):
        taken_in = np.zeros(count, dtype=np.int64)
        np.add.at(taken_in, targets, weights)
        weights = np.minimum(weights, taken_in[sources])
        paid_out = np.zeros(count, dtype=np.int64)
        np.add.at(paid_out, sources, weights)
        weights = np.minimum(weights, paid_out[targets])
    return weights
