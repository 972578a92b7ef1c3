from collections.abc import Iterable
from fractions import Fraction

import networkx as nx
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from projections.facts.book import Edge
from projections.money_graph.component import SOLVED_AT_ONCE, is_large
from projections.money_graph.solver import censored_chain as chains
from projections.money_graph.solver import solve
from projections.money_graph.solver.balanced_flow import balanced_circulation
from projections.money_graph.solver.censored_chain import KEPT, Network, censored_chain, companies_to_keep
from projections.money_graph.solver.stationary import ELIMINATED, stationary_rates
from tests.projections.whole_graph import Circulation, circulation, components

NAMES = "ABCDEFGH"
Weights = dict[tuple[str, str], Fraction]


def graph(weights: dict[tuple[str, str], int]) -> tuple[Edge, ...]:
    return tuple(Edge(source, target, cents) for (source, target), cents in sorted(weights.items()))


def graphs(cents: st.SearchStrategy[int], companies: str = NAMES) -> st.SearchStrategy[tuple[Edge, ...]]:
    pairs = st.sampled_from([(payer, payee) for payer in companies for payee in companies if payer != payee])
    return st.dictionaries(pairs, cents, max_size=24).map(graph)


def acyclic(edges: Iterable[Edge]) -> bool:
    return nx.is_directed_acyclic_graph(nx.DiGraph([edge[:2] for edge in edges]))


def by_linear_programme(edges: tuple[Edge, ...]) -> float:
    """The oracle of CI_max: the definition itself, solved by HiGHS."""
    names = sorted({name for edge in edges for name in edge[:2]})
    balance = np.zeros((len(names), len(edges)))
    for at, edge in enumerate(edges):
        balance[names.index(edge.source), at] -= 1
        balance[names.index(edge.target), at] += 1
    solved = linprog(
        -np.ones(len(edges)),
        A_eq=balance,
        b_eq=np.zeros(len(names)),
        bounds=[(0, edge.cents) for edge in edges],
        method="highs",
    )
    assert solved.fun is not None, solved.message
    return -float(solved.fun)


def by_fractions(edges: tuple[Edge, ...]) -> Weights:
    """The oracle of CI_bff: the design's description of it, written anew and in exact fractions."""
    rest: Weights = {(edge.source, edge.target): Fraction(edge.cents) for edge in edges}
    circulating: Weights = dict.fromkeys(rest, Fraction(0))
    while True:
        remaining = nx.DiGraph([pair for pair, weight in rest.items() if weight])
        cyclic = [sorted(names) for names in nx.strongly_connected_components(remaining) if len(names) > 1]
        if not cyclic:
            return circulating
        for members in cyclic:
            inside = {pair: rest[pair] for pair in rest if rest[pair] and set(pair) <= set(members)}
            pays = {name: sum(w for (payer, _), w in inside.items() if payer == name) for name in members}
            chance = {pair: weight / pays[pair[0]] for pair, weight in inside.items()}
            resting = stationary(members, chance)
            unit = {pair: resting[pair[0]] * chance[pair] for pair in inside}
            most = min(inside[pair] / unit[pair] for pair in inside)
            for pair in inside:
                circulating[pair] += most * unit[pair]
                rest[pair] -= most * unit[pair]


def stationary(members: list[str], chance: Weights) -> dict[str, Fraction]:
    """Solve π = πP with π summing to 1 by Gauss and Jordan."""
    size = len(members)
    rows = [
        [chance.get((payer, payee), Fraction(0)) - (payer == payee) for payer in members] + [Fraction(0)]
        for payee in members[:-1]
    ]
    rows.append([Fraction(1)] * (size + 1))
    for column in range(size):
        pivot = next(row for row in range(column, size) if rows[row][column])
        rows[column], rows[pivot] = rows[pivot], rows[column]
        rows[column] = [value / rows[column][column] for value in rows[column]]
        for row in range(size):
            if row != column:
                factor = rows[row][column]
                rows[row] = [v - factor * c for v, c in zip(rows[row], rows[column], strict=True)]
    return {name: rows[at][size] for at, name in enumerate(members)}


@given(graphs(st.integers(1, 10**6)))
@settings(deadline=None)
def test_the_maximum_is_that_of_the_linear_programme(edges: tuple[Edge, ...]) -> None:
    assume(edges)
    assert circulation(edges).maximum_cents == round(by_linear_programme(edges))


@given(graphs(st.integers(1, 10**6), "ABCDE"))
@settings(deadline=None)
def test_balanced_forwarding_is_that_of_exact_fractions(edges: tuple[Edge, ...]) -> None:
    exact = by_fractions(edges)
    for edge, cents in zip(edges, circulation(edges).bff_by_edge, strict=True):
        assert cents == int(exact[edge.source, edge.target] + Fraction(1, 10**6))


@given(graphs(st.integers(1, 10**17)))
@settings(deadline=None)
def test_what_circulates_fits_balances_and_leaves_no_cycle(edges: tuple[Edge, ...]) -> None:
    solved = circulation(edges)
    balance = dict.fromkeys(NAMES, 0)
    for edge, cents in zip(edges, solved.bff_by_edge, strict=True):
        assert 0 <= cents <= edge.cents
        balance[edge.source] -= cents
        balance[edge.target] += cents
    # Rounding down loses less than a cent an edge, and floats hold fifteen digits.
    tolerance = len(edges) + solved.announced_cents // 10**12
    assert all(abs(cents) <= tolerance for cents in balance.values())
    assert acyclic(e for e, cents in zip(edges, solved.bff_by_edge, strict=True) if cents < e.cents)
    assert solved.bff_cents <= solved.maximum_cents <= solved.announced_cents
    assert abs(solved.bff_cents - sum(solved.bff_by_edge)) <= tolerance


@given(graphs(st.integers(1, 10**12)), st.permutations(NAMES))
@settings(deadline=None)
def test_neither_order_nor_names_matter(edges: tuple[Edge, ...], names: list[str]) -> None:
    other = dict(zip(NAMES, names, strict=True))
    renamed = graph({(other[edge.source], other[edge.target]): edge.cents for edge in edges})
    one, two = circulation(edges), circulation(renamed)
    by_pair = {edge[:2]: cents for edge, cents in zip(renamed, two.bff_by_edge, strict=True)}
    assert one.maximum_cents == two.maximum_cents
    for edge, cents in zip(edges, one.bff_by_edge, strict=True):
        assert abs(cents - by_pair[other[edge.source], other[edge.target]]) <= 1 + edge.cents // 10**10


@given(graphs(st.integers(1, 10**6)), st.integers(2, 10**6))
@settings(deadline=None)
def test_a_graph_times_a_factor_circulates_that_times_as_much(edges: tuple[Edge, ...], factor: int) -> None:
    one = circulation(edges)
    two = circulation(tuple(edge._replace(cents=edge.cents * factor) for edge in edges))
    assert two.maximum_cents == one.maximum_cents * factor
    for less, more in zip(one.bff_by_edge, two.bff_by_edge, strict=True):
        assert less * factor <= more + 1
        assert more <= (less + 1) * factor


def test_a_ring_circulates_its_narrowest_edge_all_the_way_round() -> None:
    ring = graph({("A", "B"): 5, ("B", "C"): 3, ("C", "A"): 9})
    solved = circulation(ring)
    assert (solved.announced_cents, solved.maximum_cents, solved.bff_cents) == (17, 9, 9)
    assert solved.bff_by_edge == (3, 3, 3)


def test_a_chain_and_an_empty_graph_circulate_nothing() -> None:
    assert circulation(()) == Circulation(0, 0, 0, ())
    solved = circulation(graph({("A", "B"): 5, ("B", "C"): 3}))
    assert (solved.maximum_cents, solved.bff_cents, solved.bff_by_edge) == (0, 0, (0, 0))


def test_the_estimate_lies_below_the_bound_where_money_divides() -> None:
    # The bound sends all of A's money the long way round, forwarding half of it either way.
    edges = graph({("A", "B"): 2, ("B", "A"): 2, ("B", "C"): 2, ("C", "A"): 2})
    solved = circulation(edges)
    assert (solved.maximum_cents, solved.bff_cents) == (6, 5)
    assert solved.bff_by_edge == (2, 1, 1, 1)


@pytest.mark.parametrize("cents", [10**17, 10**19])
def test_more_money_than_there_is_neither_overflows_nor_stops(cents: int) -> None:
    edges = tuple(Edge(f"{at:03}", f"{(at + 1) % 400:03}", cents) for at in range(400))
    solved = circulation(tuple(sorted(edges)))
    assert solved.announced_cents == 400 * cents
    assert solved.maximum_cents == pytest.approx(400 * cents, rel=1e-12)
    assert solved.bff_cents == pytest.approx(400 * cents, rel=1e-12)


def test_amounts_far_apart_are_solved_without_a_division_by_nothing() -> None:
    # Each company sends nearly all back to the first, a cent on to the next.
    hops = {(f"{at:02}", f"{at + 1:02}"): 1 for at in range(60)}
    home = {(f"{at:02}", "00"): 10**16 for at in range(1, 61)}
    edges = graph(hops | home)
    solved = circulation(edges)
    assert 0 < solved.bff_cents <= solved.maximum_cents
    assert acyclic(e for e, cents in zip(edges, solved.bff_by_edge, strict=True) if cents < e.cents)


def random_component(companies: int, edges: int, seed: int) -> tuple[Edge, ...]:
    chance = np.random.default_rng(seed)
    ring = {
        (f"{at:04}", f"{(at + 1) % companies:04}"): int(chance.integers(1, 10**13)) for at in range(companies)
    }
    while len(ring) < edges:
        source, target = chance.integers(0, companies, 2)
        if source != target:
            ring[f"{source:04}", f"{target:04}"] = int(chance.integers(1, 10**13))
    return graph(ring)


@pytest.mark.parametrize("companies", [ELIMINATED, ELIMINATED + 1, 150])
def test_both_ways_of_solving_leave_a_large_component_balanced_and_without_cycles(companies: int) -> None:
    edges = random_component(companies, 6 * companies, seed=companies)
    by_edge = balanced_circulation(edges)
    balance: dict[str, int] = {}
    for edge, cents in zip(edges, by_edge, strict=True):
        balance[edge.source] = balance.get(edge.source, 0) - cents
        balance[edge.target] = balance.get(edge.target, 0) + cents
    assert max(map(abs, balance.values())) <= len(edges)
    assert acyclic(e for e, cents in zip(edges, by_edge, strict=True) if cents < e.cents)
    assert sum(by_edge) <= solve(edges).maximum_cents


def test_rates_of_a_matrix_too_uneven_for_a_solver_come_from_elimination() -> None:
    size = ELIMINATED + 10
    weights = np.zeros((size, size))
    for at in range(size):
        weights[at, (at + 1) % size] = 1.0
    # Two companies that exchange nearly everything: the sum of a row forgets the rest.
    weights[3, 4], weights[4, 3] = 1e18, 1e18
    rates = stationary_rates(weights)
    # Each company passes on one dollar a unit of time round the ring.
    assert rates / rates[0] == pytest.approx(np.ones(size))


def with_hubs(companies: int, edges: int, seed: int) -> tuple[Edge, ...]:
    """A ring, and edges to and from companies the more often the more edges they have."""
    chance = np.random.default_rng(seed)
    pairs = dict.fromkeys((at, (at + 1) % companies) for at in range(companies))
    ends = [end for pair in pairs for end in pair]
    while len(pairs) < edges:
        one, other = int(chance.integers(companies)), ends[chance.integers(len(ends))]
        pair = (one, other) if chance.integers(2) else (other, one)
        if one != other and pair not in pairs:
            pairs[pair] = None
            ends += pair
    return graph({(f"{one:04}", f"{two:04}"): int(chance.integers(1, 10**13)) for one, two in pairs})


def heavy_tailed(edges: tuple[Edge, ...], seed: int) -> tuple[Edge, ...]:
    chance = np.random.default_rng(seed)
    return tuple(edge._replace(cents=min(10**14, 1 + int(chance.lognormal(23, 2)))) for edge in edges)


LARGE_COMPONENTS = {
    "five edges a company": random_component(KEPT + 140, 5 * (KEPT + 140), seed=2),
    "two edges a company": random_component(2 * KEPT, 4 * KEPT, seed=5),
    "a ring with chords": random_component(3 * KEPT, 3 * KEPT + 60, seed=6),
    "hubs": with_hubs(KEPT + 140, 4 * (KEPT + 140), seed=7),
    "heavy tails": heavy_tailed(random_component(KEPT + 140, 5 * (KEPT + 140), seed=8), seed=8),
    "hubs with heavy tails": heavy_tailed(with_hubs(KEPT + 140, 3 * (KEPT + 140), seed=9), seed=9),
    "equal amounts": tuple(e._replace(cents=10**9) for e in random_component(2 * KEPT, 5 * KEPT, seed=10)),
}


@pytest.mark.parametrize("edges", LARGE_COMPONENTS.values(), ids=LARGE_COMPONENTS)
def test_a_large_component_is_solved_as_if_anew_each_round(
    edges: tuple[Edge, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    quick = balanced_circulation(edges)
    monkeypatch.setattr(chains, "KEPT", len(edges))
    anew = balanced_circulation(edges)
    for edge, one, other in zip(edges, quick, anew, strict=True):
        assert abs(one - other) <= 1 + edge.cents // 10**12


@pytest.mark.parametrize("edges", LARGE_COMPONENTS.values(), ids=LARGE_COMPONENTS)
def test_the_order_of_the_edges_of_a_large_component_does_not_matter(edges: tuple[Edge, ...]) -> None:
    backwards = balanced_circulation(edges[::-1])
    assert backwards[::-1] == balanced_circulation(edges)


@given(graphs(st.integers(1, 10**6), "ABCDEFG"), st.integers(3, 6))
@settings(deadline=None)
def test_a_censored_chain_in_place_of_a_large_network_is_exact(edges: tuple[Edge, ...], kept: int) -> None:
    exact = by_fractions(edges)
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {"KEPT": kept, "DENSE": 1.0, "CROWD": 0.5}.items():
            patch.setattr(chains, name, value)
        inside = [tuple(edges[at] for at in indices) for indices in components(edges)]
        circulating = {
            edge[:2]: cents
            for component in inside
            for edge, cents in zip(component, balanced_circulation(component), strict=True)
        }
    for pair, cents in circulating.items():
        assert cents == int(exact[pair] + Fraction(1, 10**6))


def test_wrong_foresight_of_who_leaves_next_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    edges = random_component(120, 480, seed=11)
    plain = balanced_circulation(edges)
    monkeypatch.setattr(chains, "KEPT", 30)
    # Those with the most time left are taken to be the first to leave.
    monkeypatch.setattr(chains, "_times", lambda _, left, rates: -left / np.maximum(rates, 1e-300))
    misled = balanced_circulation(edges)
    for edge, one, other in zip(edges, plain, misled, strict=True):
        assert abs(one - other) <= 1 + edge.cents // 10**12


def network_of(edges: tuple[Edge, ...]) -> Network:
    index = {name: at for at, name in enumerate(sorted({edge.source for edge in edges}))}
    sources = np.array([index[edge.source] for edge in edges])
    targets = np.array([index[edge.target] for edge in edges])
    return Network(len(index), sources, targets, np.array([float(edge.cents) for edge in edges]))


@pytest.mark.parametrize("edges", LARGE_COMPONENTS.values(), ids=LARGE_COMPONENTS)
def test_the_rates_of_a_censored_chain_lead_back_to_those_of_the_network(edges: tuple[Edge, ...]) -> None:
    network = network_of(edges)
    kept = np.arange(network.size) % 9 == 4
    chain = censored_chain(network, kept)
    assert list(chain.companies) == list(np.flatnonzero(kept))
    found = chain.all_rates(stationary_rates(chain.weights))
    weights = np.zeros((network.size, network.size))
    weights[network.sources, network.targets] = network.weights
    assert found * weights.sum(axis=1) == pytest.approx(found @ weights, rel=1e-10)
    assert np.all(found > 0)


@pytest.mark.parametrize("fewest_edges_first", [True, False])
def test_companies_that_exchange_nearly_everything_do_not_blur_the_rates_of_others(
    fewest_edges_first: bool,
) -> None:
    size = 3 * KEPT if fewest_edges_first else KEPT
    ring = {(f"{at:03}", f"{(at + 1) % size:03}"): 3 for at in range(size)}
    # Floats of this size are two apart.
    network = network_of(graph(ring | {("010", "011"): 10**16, ("011", "010"): 10**16}))
    # One of the two is taken out, and what it sent comes back to the other.
    chain = censored_chain(network, np.arange(size) % 2 == 0)
    assert bool(chain.eliminated) == fewest_edges_first
    # Each company passes on three cents a unit of time round the ring.
    assert chain.all_rates(stationary_rates(chain.weights)) == pytest.approx(np.ones(size))


@pytest.mark.parametrize("edges", LARGE_COMPONENTS.values(), ids=LARGE_COMPONENTS)
def test_those_who_may_leave_are_kept_with_all_who_pay_them(edges: tuple[Edge, ...]) -> None:
    network = network_of(edges)
    kept, may_leave = companies_to_keep(network, np.ones(network.size), np.ones(network.size))
    assert 1 < np.count_nonzero(kept) <= KEPT
    assert np.any(may_leave) and np.all(kept[may_leave])
    assert np.all(kept[network.sources[may_leave[network.targets]]])


def test_amounts_far_apart_do_not_overflow_on_the_way_back() -> None:
    # Money comes to the last of a long chain and hardly gets away from any of them.
    ahead = {(f"{at:03}", f"{at + 1:03}"): 10**17 for at in range(400)}
    back = {(f"{at + 1:03}", f"{at:03}"): 1 for at in range(400)}
    network = network_of(graph(ahead | back))
    chain = censored_chain(network, np.arange(network.size) < 2)
    found = chain.all_rates(np.ones(2))
    assert np.all(np.isfinite(found)) and found.max() == 1.0


@pytest.mark.parametrize("companies", [40, 150, KEPT + 60])
def test_amounts_from_a_cent_to_the_most_there_is_are_solved_at_every_size(companies: int) -> None:
    magnitude = np.random.default_rng(companies)
    edges = tuple(
        edge._replace(cents=int(10 ** magnitude.uniform(0, 17)))
        for edge in random_component(companies, 5 * companies, seed=4)
    )
    by_edge = balanced_circulation(edges)
    assert acyclic(e for e, cents in zip(edges, by_edge, strict=True) if cents < e.cents)
    assert 0 < sum(by_edge) <= solve(edges).maximum_cents * (1 + 1e-12)


def test_two_large_components_that_part_are_solved_each_for_itself() -> None:
    one = random_component(KEPT + 5, 5 * KEPT, seed=3)
    two = tuple(Edge(f"x{edge.source}", f"x{edge.target}", edge.cents) for edge in one)
    # A company between them that uses up its cents in the first round.
    between = graph({("0000", "middle"): 1, ("middle", "x0000"): 1, ("x0000", "0000"): 1})
    joined = balanced_circulation(tuple(sorted((*one, *two, *between))))
    parted = balanced_circulation(one)
    assert abs(sum(joined) - 2 * sum(parted)) <= len(joined) + sum(joined) // 10**9


def test_components_are_solved_apart_and_singles_left_out() -> None:
    edges = graph({("A", "B"): 2, ("B", "A"): 1, ("B", "C"): 7, ("C", "D"): 4, ("D", "C"): 4, ("D", "E"): 1})
    assert [[edges[at][:2] for at in indices] for indices in components(edges)] == [
        [("A", "B"), ("B", "A")],
        [("C", "D"), ("D", "C")],
    ]
    assert circulation(edges).bff_by_edge == (1, 1, 0, 4, 4, 0)


def test_only_a_component_beyond_the_stated_size_waits_for_the_clock() -> None:
    ring = random_component(SOLVED_AT_ONCE + 1, SOLVED_AT_ONCE + 1, seed=1)
    assert is_large(ring)
    assert not is_large(ring[:-1])
