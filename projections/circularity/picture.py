"""The whole picture of one basis: its flows, what circulates in them, the loops, the round trips."""

from dataclasses import dataclass

from projections.circularity.book import Edge, Flow, total
from projections.circularity.loops import Loop, widest_loops
from projections.circularity.round_trip import RoundTrip, round_trips
from projections.circularity.solve import circulation


@dataclass(frozen=True, slots=True)
class Picture:
    """What was last drawn of a basis; `circulating_cents` is in the order of the flows."""

    flows: tuple[Flow, ...] = ()
    maximum_cents: int = 0
    bff_cents: int = 0
    circulating_cents: tuple[int, ...] = ()
    loops: tuple[Loop, ...] = ()
    round_trips: tuple[RoundTrip, ...] = ()

    @property
    def edges(self) -> tuple[Edge, ...]:
        """Name the edges of the graph, in the order of the flows."""
        return tuple(total(flow) for flow in self.flows)


BLANK = Picture()


def draw(flows: tuple[Flow, ...]) -> Picture:
    """Solve all that is shown of a graph."""
    edges = tuple(total(flow) for flow in flows)
    solved = circulation(edges)
    return Picture(
        flows=flows,
        maximum_cents=solved.maximum_cents,
        bff_cents=solved.bff_cents,
        circulating_cents=solved.bff_by_edge,
        loops=widest_loops(edges),
        round_trips=round_trips(flows),
    )
