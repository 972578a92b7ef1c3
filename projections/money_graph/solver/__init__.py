"""Solve one strongly connected component of announced money.

Private to `projections.money_graph`: nobody else imports it. The last answers are remembered, as both
bases often have the same component, and two projections ask for it.
"""

from functools import lru_cache
from typing import NamedTuple

from projections.facts.book import Edge
from projections.money_graph.solver.balanced_flow import balanced_circulation
from projections.money_graph.solver.cycles import MAX_LOOPS, Loop, widest_first, widest_loops
from projections.money_graph.solver.network_flow import maximum_circulation, round_trips

__all__ = ["MAX_LOOPS", "Loop", "Solution", "maximum_circulation", "round_trips", "solve", "widest_first"]


class Solution(NamedTuple):
    """The bound and, edge by edge, the estimate, both in cents; and the widest loops."""

    maximum_cents: int
    circulating_cents: tuple[int, ...]
    loops: tuple[Loop, ...]


@lru_cache(maxsize=32)
def solve(edges: tuple[Edge, ...]) -> Solution:
    """Solve a component of at least one edge. Raises ArithmeticError where the bound cannot be solved."""
    payers, payees, cents = zip(*edges, strict=True)
    return Solution(
        maximum_circulation(payers, payees, cents), balanced_circulation(edges), widest_loops(edges)
    )
