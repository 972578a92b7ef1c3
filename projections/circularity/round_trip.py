"""Vendor round trip: how much of a vendor's order book its own money could have paid for."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from ortools.graph.python import max_flow

from projections.circularity.book import Flow, total
from projections.circularity.components import components

# OR-tools adds up capacities in 64 bits.
SAFE_BITS = 61


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


def round_trips(flows: Sequence[Flow]) -> tuple[RoundTrip, ...]:
    """Solve every vendor that both finances others and sells, in the order of their names."""
    financing: dict[str, int] = {}
    purchases: dict[str, int] = {}
    for flow in flows:
        financing[flow.source] = financing.get(flow.source, 0) + flow.financing_cents
        purchases[flow.target] = purchases.get(flow.target, 0) + flow.purchases_cents
    inside: dict[str, list[Flow]] = {}
    for places in components([total(flow) for flow in flows]):
        component = [flows[place] for place in places]
        inside.update((name, component) for flow in component for name in (flow.source, flow.target))
    return tuple(
        RoundTrip(
            vendor,
            financing[vendor],
            purchases[vendor],
            _coming_home(vendor, inside.get(vendor, ())),
        )
        for vendor in sorted(financing)
        if financing[vendor] and purchases.get(vendor)
    )


def _coming_home(vendor: str, component: Sequence[Flow]) -> int:
    """Find the maximum flow from the vendor's financing to the purchases paid to it, in cents.

    In between, money may take any edge that does not touch the vendor; what comes home at all
    stays within the vendor's component.
    """
    arcs = [arc for arc in (_arc(vendor, flow) for flow in component) if arc[2]]
    if not arcs:
        return 0
    # The vendor has two ends: 0 where its money leaves and 1 where it comes home.
    names = sorted({name for flow in component for name in flow[:2]} - {vendor})
    place = {name: at for at, name in enumerate(names, start=2)}
    coarser = max(0, sum(cents for _, _, cents in arcs).bit_length() - SAFE_BITS)
    solver = max_flow.SimpleMaxFlow()
    solver.add_arcs_with_capacity(
        np.array([place.get(source, 0) for source, _, _ in arcs], dtype=np.int32),
        np.array([place.get(target, 1) for _, target, _ in arcs], dtype=np.int32),
        np.array([cents >> coarser for _, _, cents in arcs], dtype=np.int64),
    )
    status = solver.solve(0, 1)
    if status != solver.OPTIMAL:
        raise ArithmeticError(f"The round trip of {vendor} was not solved: {status}.")
    return int(solver.optimal_flow()) << coarser


def _arc(vendor: str, flow: Flow) -> tuple[str, str, int]:
    """Name the arc of a flow; the vendor itself is the empty name, at either end."""
    if flow.source == vendor:
        return "", flow.target, flow.financing_cents
    if flow.target == vendor:
        return flow.source, "", flow.purchases_cents
    return flow.source, flow.target, flow.financing_cents + flow.purchases_cents
