"""The round trip of a vendor: the maximum flow from what it finances to what is bought from it."""

from functools import lru_cache

import numpy as np
from ortools.graph.python import max_flow

from projections.facts.book import Flow, total

# OR-tools adds up capacities in 64 bits.
SAFE_BITS = 61


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
