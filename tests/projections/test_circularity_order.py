"""Companies stand in an order in which money flows, and what a deal does is found by it."""

import os
import subprocess
import sys
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter
from rpds import HashTrieMap

from projections.money_graph import topological_order
from projections.money_graph.topological_order import Direction, Search
from projections.money_graph.topology import Topology, with_edge, without_edge

NAMES = "ABCDEFGH"
PAIRS = [(payer, payee) for payer in NAMES for payee in NAMES if payer != payee]
GRAPH: TypeAdapter[Topology] = TypeAdapter(Topology)

# The smallest leave no room at all between two ranks.
GAPS = st.sampled_from([1, 2, 3, topological_order.GAP])


def toggle(graph: Topology, pair: tuple[str, str]) -> Topology:
    known = pair[1] in graph.payees.get(pair[0], ())
    return (without_edge if known else with_edge)(graph, *pair)[0]


def pairs_of(graph: Topology) -> set[tuple[str, str]]:
    return {(payer, payee) for payer, payees in graph.payees.items() for payee in payees}


def assert_money_flows_upwards(graph: Topology) -> None:
    for payer, payee in pairs_of(graph):
        if not graph.joins(payer, payee):
            assert graph.ranks[graph.node_of(payer)] < graph.ranks[graph.node_of(payee)]
    assert set(graph.ranks) == {graph.node_of(name) for pair in pairs_of(graph) for name in pair}


@given(st.lists(st.sampled_from(PAIRS), max_size=80), GAPS)
@settings(deadline=None)
def test_ranks_rise_along_every_edge_between_components(toggled: list[tuple[str, str]], gap: int) -> None:
    graph = Topology()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(topological_order, "GAP", gap)
        for pair in toggled:
            graph = toggle(graph, pair)
            assert_money_flows_upwards(graph)


@given(st.lists(st.sampled_from(PAIRS), max_size=60), st.integers(0, 60))
@settings(deadline=None)
def test_a_graph_that_was_written_down_goes_on_as_if_it_never_was(
    toggled: list[tuple[str, str]], cut: int
) -> None:
    graph = kept = Topology()
    for at, pair in enumerate(toggled):
        graph, kept = toggle(graph, pair), toggle(kept, pair)
        if at == cut:
            kept = GRAPH.validate_json(GRAPH.dump_json(kept))
    assert (kept, kept.ranks) == (graph, graph.ranks)


@given(st.lists(st.sampled_from(PAIRS), unique=True, max_size=20), st.randoms(use_true_random=False))
@settings(deadline=None)
def test_graphs_are_equal_whatever_came_first(pairs: list[tuple[str, str]], chance: Random) -> None:
    one = other = Topology()
    for pair in pairs:
        one = toggle(one, pair)
    for pair in chance.sample(pairs, len(pairs)):
        other = toggle(other, pair)
    assert one == other


RINGS, COMPANIES = 120, 5


def name(ring: int, company: int = 0) -> str:
    return f"{ring:03}-{company}"


def chained(backwards: bool) -> Topology:
    """Make rings of companies, each of which pays the next ring."""
    graph = Topology()
    for ring in range(RINGS):
        for company in range(COMPANIES):
            graph, _ = with_edge(graph, name(ring, company), name(ring, (company + 1) % COMPANIES))
    links = list(pairwise(range(RINGS)))
    for one, other in reversed(links) if backwards else links:
        graph, _ = with_edge(graph, name(one, 1), name(other, 2))
    return graph


@pytest.fixture
def searched(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Count the components and companies that are searched from."""
    steps: list[int] = []
    step = Search.step

    def counted(search: Search) -> set[str]:
        steps.append(1)
        return step(search)

    monkeypatch.setattr(Search, "step", counted)
    return steps


@pytest.mark.parametrize("backwards", [False, True])
def test_what_a_deal_between_chained_components_costs_follows_those_between_its_ends(
    backwards: bool, searched: list[int]
) -> None:
    graph = chained(backwards)
    searched.clear()
    _, joined = with_edge(graph, name(40), name(80))
    assert (joined, len(searched)) == ((), 0)
    _, joined = with_edge(graph, name(60), name(59))
    assert len(joined) == 2 * COMPANIES
    # From both ends, and back from one of them.
    assert len(searched) <= 3 * 2
    searched.clear()
    _, joined = with_edge(graph, name(63), name(58))
    assert len(joined) == 6 * COMPANIES
    assert len(searched) <= 3 * 6


def test_a_side_that_pays_nobody_else_is_what_moves(searched: list[int]) -> None:
    graph = chained(backwards=False)
    late, later = "a customer", "its customer"
    graph, _ = with_edge(graph, late, later)
    graph, _ = with_edge(graph, name(RINGS - 1), later)
    searched.clear()
    # It comes after the last ring, and is to pay the first: all rings follow it, and nobody is before it.
    graph, joined = with_edge(graph, late, name(0))
    assert joined == ()
    assert len(searched) <= 2
    assert_money_flows_upwards(graph)


def test_when_a_component_falls_apart_its_companies_find_their_ranks(searched: list[int]) -> None:
    graph, joined = with_edge(chained(backwards=False), name(60), name(59))
    searched.clear()
    graph, parted = without_edge(graph, name(60), name(59))
    assert parted == joined
    assert len(searched) <= 2 * len(parted)
    assert_money_flows_upwards(graph)


def test_where_there_is_no_room_those_that_follow_move_along_and_nobody_moves_back() -> None:
    payees = HashTrieMap({"c": ("d",), "d": ("e",), "e": ("f",), "aside": ("e",)})
    ranks = HashTrieMap({"a": -3, "b": -2, "c": -1, "d": 1, "aside": 5, "e": 6, "f": 7})
    way = Direction(payees, HashTrieMap(), HashTrieMap(), ranks, 1)
    moved = topological_order.moved(way, [("a",), ("b",), ("c",)], beyond=0)
    # Evenly spread e would come to 5, where one of its payers stands.
    assert dict(moved) == {"a": 1, "b": 2, "c": 3, "d": 4, "aside": 5, "e": 6, "f": 7}


PRINTED = """
from tests.projections.test_circularity_order import GRAPH, chained, name
from projections.money_graph.topology import with_edge, without_edge
graph, _ = with_edge(chained(backwards=True), name(63), name(58))
graph, _ = without_edge(graph, name(63), name(58))
print(GRAPH.dump_json(graph).decode())
"""


def test_ranks_do_not_depend_on_the_hash_seed() -> None:
    def printed(seed: str) -> str:
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        command = [sys.executable, "-c", PRINTED]
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout

    assert printed("1") == printed("2")
