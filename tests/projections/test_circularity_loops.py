from itertools import pairwise

import networkx as nx
from hypothesis import given, settings
from hypothesis import strategies as st

from projections.facts.book import Edge, Flow, total
from projections.money_graph.basis_graph import RoundTrip
from projections.money_graph.solver.cycles import MAX_LENGTH, MAX_LOOPS, widest_loops
from tests.projections.whole_graph import round_trips

NAMES = "ABCDEFGH"
PAIRS = [(payer, payee) for payer in NAMES for payee in NAMES if payer != payee]


def graphs(cents: st.SearchStrategy[int]) -> st.SearchStrategy[tuple[Edge, ...]]:
    chosen = st.dictionaries(st.sampled_from(PAIRS), cents, max_size=24)
    return chosen.map(lambda found: tuple(Edge(*pair, money) for pair, money in sorted(found.items())))


def every_loop(edges: tuple[Edge, ...]) -> list[tuple[int, int, tuple[str, ...]]]:
    """The oracle: all simple cycles, by Johnson's algorithm, then sorted."""
    cents = {edge[:2]: edge.cents for edge in edges}
    found = []
    for cycle in nx.simple_cycles(nx.DiGraph(list(cents)), length_bound=MAX_LENGTH):
        at = cycle.index(min(cycle))
        companies = (*cycle[at:], *cycle[:at])
        narrowest = min(cents[pair] for pair in pairwise((*companies, companies[0])))
        found.append((-narrowest, len(companies), companies))
    return sorted(found)


# Few different amounts make many loops equally wide, many make few.
@given(st.one_of(graphs(st.integers(1, 3)), graphs(st.integers(1, 10**12))))
@settings(deadline=None)
def test_loops_are_the_widest_of_all(edges: tuple[Edge, ...]) -> None:
    found = [(-loop.bottleneck_cents, len(loop.companies), loop.companies) for loop in widest_loops(edges)]
    assert found == every_loop(edges)[:MAX_LOOPS]


def test_a_loop_starts_with_its_first_company_by_name() -> None:
    (loop,) = widest_loops(
        (Edge("OpenAI", "Amazon", 9), Edge("Amazon", "Oracle", 7), Edge("Oracle", "OpenAI", 8))
    )
    assert (loop.path, loop.bottleneck_cents) == ("Amazon → Oracle → OpenAI → Amazon", 7)


def test_a_graph_with_countless_loops_is_searched_only_so_far() -> None:
    names = [f"{at:03}" for at in range(120)]
    edges = tuple(Edge(payer, payee, 5) for payer in names for payee in names if payer != payee)
    loops = widest_loops(edges)
    assert len(loops) == MAX_LOOPS
    assert loops == widest_loops(tuple(reversed(edges)))


def test_a_vendor_is_paid_with_its_own_money_at_most_once() -> None:
    flows = (Flow("V", "X", 10, 0), Flow("X", "V", 0, 4))
    assert round_trips(flows) == (RoundTrip("V", 10, 4, 4),)
    assert round_trips(flows)[0].share == 1.0


def test_money_may_travel_over_others_but_not_through_the_vendor() -> None:
    flows = (
        Flow("V", "X", 10, 0),  # financed
        Flow("X", "Y", 0, 6),
        Flow("Y", "V", 0, 20),
        Flow("V", "W", 0, 9),  # the vendor's own purchase is no financing
        Flow("W", "Y", 0, 9),
    )
    assert round_trips(flows) == (RoundTrip("V", 10, 20, 6),)


def test_what_comes_back_as_financing_is_no_purchase() -> None:
    assert round_trips((Flow("V", "X", 10, 0), Flow("X", "V", 7, 2))) == (RoundTrip("V", 10, 2, 2),)


def test_a_vendor_whose_money_never_returns_has_no_round_trip() -> None:
    flows = (Flow("V", "X", 10, 0), Flow("Z", "V", 0, 5))
    assert round_trips(flows) == (RoundTrip("V", 10, 5, 0),)
    assert round_trips((Flow("V", "X", 10, 0),)) == ()
    assert round_trips((Flow("X", "V", 0, 10),)) == ()


def test_a_round_trip_of_more_money_than_there_is_does_not_overflow() -> None:
    huge = 10**19
    (trip,) = round_trips((Flow("V", "X", huge, 0), Flow("X", "V", 0, huge)))
    assert huge - 100 <= trip.round_trip_cents <= huge


MONEY = st.integers(0, 100)
FLOWS = st.dictionaries(st.sampled_from(PAIRS), st.tuples(MONEY, MONEY), max_size=24).map(
    lambda found: tuple(Flow(*pair, *cents) for pair, cents in sorted(found.items()) if any(cents))
)


@given(FLOWS)
@settings(deadline=None)
def test_a_round_trip_is_the_maximum_flow_between_the_two_ends_of_a_vendor(flows: tuple[Flow, ...]) -> None:
    for trip in round_trips(flows):
        graph: nx.DiGraph[str] = nx.DiGraph()
        graph.add_nodes_from(("out", "home"))
        for flow in flows:
            if flow.source == trip.vendor:
                graph.add_edge("out", flow.target, capacity=flow.financing_cents)
            elif flow.target == trip.vendor:
                graph.add_edge(flow.source, "home", capacity=flow.purchases_cents)
            else:
                graph.add_edge(flow.source, flow.target, capacity=total(flow).cents)
        assert trip.round_trip_cents == nx.maximum_flow_value(graph, "out", "home")
        assert trip.round_trip_cents <= min(trip.financing_cents, trip.purchases_cents)
