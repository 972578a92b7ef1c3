import networkx as nx
from hypothesis import given, settings
from hypothesis import strategies as st

from projections.money_graph.ranking import KEPT, Ranking, reranked
from projections.money_graph.solver import MAX_LOOPS, Loop, widest_first
from projections.money_graph.topological_order import NOBODY
from projections.money_graph.topology import Topology, with_edge, without_edge

NAMES = "ABCDEFGH"
PAIRS = [(payer, payee) for payer in NAMES for payee in NAMES if payer != payee]


def graph_of(*pairs: str) -> Topology:
    graph = Topology()
    for pair in pairs:
        graph, _ = with_edge(graph, pair[0], pair[1])
    return graph


def components_of(graph: Topology) -> list[str]:
    return sorted("".join(members) for members in graph.members.values())


@given(st.lists(st.sampled_from(PAIRS), max_size=60))
@settings(deadline=None)
def test_components_kept_up_are_those_of_the_graph_as_it_stands(toggled: list[tuple[str, str]]) -> None:
    graph, pairs = Topology(), set[tuple[str, str]]()
    for pair in toggled:
        before = graph
        graph, touched = (without_edge if pair in pairs else with_edge)(graph, *pair)
        pairs ^= {pair}
        expected = [
            "".join(sorted(names))
            for names in nx.strongly_connected_components(nx.DiGraph(list(pairs)))
            if len(names) > 1
        ]
        assert components_of(graph) == sorted(expected)
        assert bool(touched) == (dict(before.component_of) != dict(graph.component_of))
        for key, members in graph.members.items():
            assert key == min(members)
            assert [graph.component_of[name] for name in members] == [key] * len(members)
        assert len(graph.component_of) == sum(map(len, expected))
    assert {(payer, payee) for payer, payees in graph.payees.items() for payee in payees} == pairs
    assert {(payer, payee) for payee, payers in graph.payers.items() for payer in payers} == pairs


def test_an_edge_that_closes_a_way_joins_all_on_the_way_and_nobody_beside_it() -> None:
    graph = graph_of("AB", "BC", "BX", "YB", "CD")
    graph, joined = with_edge(graph, "D", "A")
    assert joined == tuple("ABCD")
    assert components_of(graph) == ["ABCD"]


def test_an_edge_that_goes_parts_a_component_unless_another_way_is_left() -> None:
    ring = graph_of("AB", "BC", "CA", "BA")
    graph, parted = without_edge(ring, "C", "A")
    assert (parted, components_of(graph)) == (tuple("ABC"), ["AB"])
    _, parted = without_edge(graph_of("AB", "BC", "CA", "BA", "AC", "CB"), "C", "A")
    assert parted == NOBODY


def test_two_components_become_one() -> None:
    graph = graph_of("AB", "BA", "CD", "DC", "BC")
    assert components_of(graph) == ["AB", "CD"]
    graph, joined = with_edge(graph, "D", "A")
    assert (joined, components_of(graph)) == (tuple("ABCD"), ["ABCD"])


def loop(number: int, cents: int) -> Loop:
    return Loop((f"{number:04} payer", f"{number:04} payee"), cents)


MOST = KEPT * MAX_LOOPS
LOOPS = st.dictionaries(st.integers(0, 2 * MOST), st.integers(1, 9), max_size=12)


def ranking_of(every: list[Loop]) -> Ranking[Loop]:
    return reranked(Ranking(MAX_LOOPS), (), every, every, widest_first)


@given(st.integers(0, 2 * MOST), st.lists(LOOPS, max_size=4))
@settings(deadline=None, max_examples=40)
def test_a_ranking_kept_up_is_that_of_all_loops(many: int, changes: list[dict[int, int]]) -> None:
    every = {number: loop(number, 5) for number in range(many)}
    ranking = ranking_of(list(every.values()))
    for change in changes:
        gone = {every[number] for number in change if number in every}
        # Some loops come back with other cents; those of one cent do not.
        new = {number: loop(number, cents) for number, cents in change.items() if cents > 1}
        every = {number: kept for number, kept in every.items() if kept not in gone} | new
        ranking = reranked(ranking, gone, new.values(), every.values(), widest_first)
        assert ranking.shown == tuple(sorted(every.values(), key=widest_first)[:MAX_LOOPS])


def test_when_all_kept_loops_are_gone_the_next_ones_follow() -> None:
    every = [loop(number, 10_000 - number) for number in range(3 * MOST)]
    left = every[MOST:]
    ranking = reranked(ranking_of(every), every[:MOST], (), left, widest_first)
    assert ranking.shown == tuple(left[:MAX_LOOPS])
