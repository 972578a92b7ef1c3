"""Vendor round trip: how much of a vendor's order book its own money could have paid for."""

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from ortools.graph.python import max_flow

from projections.circularity.book import Flow, total

# OR-tools adds up capacities in 64 bits.
SAFE_BITS = 61

Integers = npt.NDArray[np.int64]


class RoundTrip(NamedTuple):
    """What a vendor finances, what is bought from it, and what could be both, in cents."""

    vendor: str
    financing_cents: int
    purchases_cents: int
    round_trip_cents: int

    @property
    def share(self) -> float:
        """Divide the round trip by all purchases announced to the vendor."""
        return self.round_trip_cents / self.purchases_cents if self.purchases_cents else 0.0


class Component(NamedTuple):
    """The flows among companies whose money can come home, as arrays; cents in units of 2**coarser."""

    place: dict[str, int]
    sources: Integers
    targets: Integers
    financing: Integers
    purchases: Integers
    coarser: int


# A pure memo: several folds ask for the same component.
@lru_cache(maxsize=32)
def coming_home(flows: tuple[Flow, ...]) -> tuple[tuple[str, int], ...]:
    """Solve the vendors of one component: what of their financing can come home as purchases, in cents."""
    component = _component(flows)
    vendors = {flow.source for flow in flows if flow.financing_cents}
    vendors &= {flow.target for flow in flows if flow.purchases_cents}
    return tuple((vendor, _coming_home(vendor, component)) for vendor in sorted(vendors))


def _component(flows: Sequence[Flow]) -> Component:
    place = {name: at for at, name in enumerate(sorted({name for flow in flows for name in flow[:2]}))}
    coarser = max(0, sum(total(flow).cents for flow in flows).bit_length() - SAFE_BITS)
    return Component(
        place,
        np.array([place[flow.source] for flow in flows], dtype=np.int64),
        np.array([place[flow.target] for flow in flows], dtype=np.int64),
        np.array([flow.financing_cents >> coarser for flow in flows], dtype=np.int64),
        np.array([flow.purchases_cents >> coarser for flow in flows], dtype=np.int64),
        coarser,
    )


def _coming_home(vendor: str, component: Component) -> int:
    """Find the maximum flow from the vendor's financing to the purchases paid to it, in cents.

    In between, money may take any edge that does not touch the vendor; what comes home at all
    stays within the vendor's component.
    """
    at = component.place[vendor]
    leaves, returns = component.sources == at, component.targets == at
    # The vendor keeps its place where its money leaves, and gets one more where it comes home.
    home = len(component.place)
    capacity = np.where(returns, 0, component.financing) + np.where(leaves, 0, component.purchases)
    solver = max_flow.SimpleMaxFlow()
    solver.add_arcs_with_capacity(
        component.sources.astype(np.int32),
        np.where(returns, home, component.targets).astype(np.int32),
        capacity,
    )
    status = solver.solve(at, home)
    if status != solver.OPTIMAL:
        raise ArithmeticError(f"The round trip of {vendor} was not solved: {status}.")
    return int(solver.optimal_flow()) << component.coarser
