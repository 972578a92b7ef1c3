"""The maximum-weight circulation: at most this much can be going round."""

from functools import lru_cache

import numpy as np
import numpy.typing as npt
from ortools.graph.python import min_cost_flow

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
