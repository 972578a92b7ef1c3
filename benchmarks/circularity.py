"""Circularity: what one deal costs in a graph of announced money."""

import random
import time
from collections.abc import Callable
from decimal import Decimal
from statistics import median

import networkx as nx

from benchmarks.facts import FIRST_DAY, SEED, common
from benchmarks.in_memory import Folds
from benchmarks.results import Figure, Result
from benchmarks.servers import Servers
from events.families.clock import tick
from events.families.deals import DealAnnounced, Leg, LegKind
from projections.base import JournaledEvent
from projections.circularity.fold import CIRCULARITY
from projections.event_batch import batch_of
from projections.facts.book import Edge
from projections.money_graph.solver import maximum_circulation
from projections.money_graph.solver.balanced_flow import balanced_circulation

SIZES = (100, 1_000, 10_000)
EDGES_A_COMPANY = 5
GOAL_MAXIMUM_MS = {10_000: 50.0}
GOAL_BALANCED_MS = {100: 10.0, 1_000: 100.0, 10_000: 5_000.0}
TIMES = {100: 9, 1_000: 7, 10_000: 1}
# The shape of a large component decides how long its estimate takes: each of these is of 10,000 edges.
KINDS: dict[str, Callable[[random.Random], tuple[Edge, ...]]] = {
    "2 edges a company": lambda chance: _component(chance, 10_000, 2),
    "20 edges a company": lambda chance: _component(chance, 10_000, 20),
    "heavy tails": lambda chance: _heavy_tailed(chance, _component(chance, 10_000)),
    "hubs": lambda chance: _drawn(chance, _hubs(chance, 2_000, 10_000)),
    "hubs, 2 edges a company": lambda chance: _drawn(chance, _hubs(chance, 5_000, 10_000)),
    "a ring with chords": lambda chance: _component(chance, 10_000, 10 / 9),
    "nearly complete": lambda chance: _component(chance, 10_000, 10_000 / 101),
}
FOLDED = (100, 1_000)
OUTSIDE = 9_000


def circularity(_: Servers) -> Result:
    """Solve components of several sizes anew after a deal, and fold the deal as a worker does."""
    chance = random.Random(SEED)
    figures: list[Figure] = []
    for size in SIZES:
        edges = _component(chance, size)
        figures += [
            Figure(
                f"CI_max, {size:,} edges",
                _milliseconds(_maximum, edges, chance),
                "ms",
                GOAL_MAXIMUM_MS.get(size),
                "less",
            ),
            Figure(
                f"CI_bff, {size:,} edges",
                _milliseconds(balanced_circulation, edges, chance),
                "ms",
                GOAL_BALANCED_MS[size],
                "less",
            ),
        ]
    figures += [
        Figure(
            f"CI_bff, 10,000 edges: {kind}",
            _milliseconds(balanced_circulation, draw(chance), chance),
            "ms",
            GOAL_BALANCED_MS[10_000],
            "less",
        )
        for kind, draw in KINDS.items()
    ]
    figures += [
        Figure(
            f"the whole fold of a deal, {size:,} edges, both bases",
            _fold(_component(chance, size), chance),
            "ms",
        )
        for size in FOLDED
    ]
    among = tuple(sorted((*_component(chance, FOLDED[-1]), *_chain(OUTSIDE))))
    figures.append(
        Figure(
            f"the same, {FOLDED[-1]:,} edges and {OUTSIDE:,} outside of any loop", _fold(among, chance), "ms"
        )
    )
    return Result(
        "Circularity: solved again after one deal",
        figures,
        [
            f"One component, a company for every {EDGES_A_COMPANY} edges unless told: a ring and random"
            " edges, amounts log-uniform from 10^6 to 10^11 USD. Heavy tails are lognormal with sigma 2, hubs"
            " grow by preferential attachment, the ring has a chord for every 9 of its edges, nearly complete"
            f" are 101 companies. The median of {TIMES[100]}, {TIMES[1_000]}, {TIMES[10_000]} deals;"
            f" seed {SEED}.",
            "The whole fold draws loops, round trips and rows too. The largest graph is solved when the clock"
            " ticks, not with each deal.",
        ],
    )


def _maximum(edges: tuple[Edge, ...]) -> int:
    payers, payees, cents = zip(*edges, strict=True)
    return maximum_circulation(payers, payees, cents)


def _component(
    chance: random.Random, size: int, edges_a_company: float = EDGES_A_COMPANY
) -> tuple[Edge, ...]:
    """Make up a strongly connected graph of so many edges."""
    companies = [f"company-{number}" for number in range(round(size / edges_a_company))]
    pairs = set(zip(companies, companies[1:] + companies[:1], strict=True))
    while len(pairs) < size:
        one, other = chance.sample(companies, 2)
        pairs.add((one, other))
    return _drawn(chance, pairs)


def _hubs(chance: random.Random, companies: int, size: int) -> set[tuple[str, str]]:
    """Make up a ring, and edges to and from companies the more often the more edges they have."""
    names = [f"company-{number}" for number in range(companies)]
    pairs = set(zip(names, names[1:] + names[:1], strict=True))
    ends = [*names, *names]
    while len(pairs) < size:
        one, other = chance.choice(names), chance.choice(ends)
        pair = (one, other) if chance.random() < 0.5 else (other, one)
        if one != other and pair not in pairs:
            pairs.add(pair)
            ends += pair
    return pairs


def _drawn(chance: random.Random, pairs: set[tuple[str, str]]) -> tuple[Edge, ...]:
    edges = tuple(Edge(*pair, _cents(chance)) for pair in sorted(pairs))
    assert nx.is_strongly_connected(nx.DiGraph(sorted(pairs)))
    return edges


def _chain(size: int) -> list[Edge]:
    return [Edge(f"outside-{number:05}", f"outside-{number + 1:05}", 10**10) for number in range(size)]


# As many as a deal may have: so the component is built in few events.
LEGS = 50


def _cents(chance: random.Random) -> int:
    return int(10 ** chance.uniform(8, 13))


def _heavy_tailed(chance: random.Random, edges: tuple[Edge, ...]) -> tuple[Edge, ...]:
    return tuple(edge._replace(cents=1 + min(10**14, int(chance.lognormvariate(23, 2)))) for edge in edges)


def _milliseconds(
    solve: Callable[[tuple[Edge, ...]], object], edges: tuple[Edge, ...], chance: random.Random
) -> float:
    """Change the amount of an edge and solve, some times over; memos do not help."""
    taken = []
    for _ in range(TIMES[max(size for size in SIZES if size <= len(edges))]):
        at = chance.randrange(len(edges))
        changed = edges[at]._replace(cents=_cents(chance))
        after = (*edges[:at], changed, *edges[at + 1 :])
        start = time.perf_counter()
        solve(after)
        taken.append(time.perf_counter() - start)
    return 1000 * median(taken)


def _fold(edges: tuple[Edge, ...], chance: random.Random) -> float:
    """Fold one more deal into a book of many, and the clock's next tick."""
    deals = [
        _deal(chance, f"deal-{start}", *edges[start : start + LEGS]) for start in range(0, len(edges), LEGS)
    ]
    ticked = JournaledEvent(1, 0, FIRST_DAY, tick(FIRST_DAY))
    announced = [JournaledEvent(0, index, FIRST_DAY, deal) for index, deal in enumerate(deals)]
    folds = Folds([CIRCULARITY])
    folds.fold(batch_of([*announced, ticked]))
    deal = _deal(chance, "one more", Edge("company-0", "company-2", _cents(chance)))
    start = time.perf_counter()
    folds.fold(batch_of([JournaledEvent(2, 0, FIRST_DAY, deal), ticked]))
    return 1000 * (time.perf_counter() - start)


def _deal(chance: random.Random, deal_id: str, *edges: Edge) -> DealAnnounced:
    legs = tuple(
        Leg(
            leg=f"money-{index}",
            kind=chance.choice([LegKind.EQUITY, LegKind.PURCHASE]),
            payer=edge.source,
            payee=edge.target,
            amount_usd=Decimal(edge.cents) / 100,
        )
        for index, edge in enumerate(edges)
    )
    return DealAnnounced(**common(chance, FIRST_DAY), deal_id=deal_id, title="a deal", legs=legs)
