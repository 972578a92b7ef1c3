"""Loops for people to read: the widest simple cycles, each with its bottleneck.

Edges join a growing graph from the widest down. A cycle that an edge closes has that edge as its
bottleneck, so cycles come widest first and the search may stop early. Enumerating all of them
(Johnson 1975) takes for ever in a dense graph.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from projections.facts.book import Edge

MAX_LENGTH = 6
MAX_LOOPS = 50
# Cycles explode in number: the search ends after so many edges visited, the same on every machine.
MAX_EDGES_VISITED = 100_000

Neighbours = dict[str, dict[str, None]]


class Loop(NamedTuple):
    """A cycle of companies, the alphabetically first one leading, and the least of its edges in cents."""

    companies: tuple[str, ...]
    bottleneck_cents: int

    @property
    def path(self) -> str:
        """Return the loop in words, back to where it starts."""
        return " → ".join((*self.companies, self.companies[0]))


def widest_first(loop: Loop) -> tuple[int, int, tuple[str, ...]]:
    """Return the sort key of a loop: the widest first, then the shortest, then by name."""
    return -loop.bottleneck_cents, len(loop.companies), loop.companies


def widest_loops(edges: Sequence[Edge]) -> tuple[Loop, ...]:
    """Return up to 50 loops of at most 6 companies, sorted by `widest_first`."""
    search = _Search()
    found: list[Loop] = []
    for edge in sorted(edges, key=lambda edge: (-edge.cents, edge.source, edge.target)):
        # Loops as wide as the last one found compete with it for its rank.
        if search.is_spent or (len(found) >= MAX_LOOPS and edge.cents < found[-1].bottleneck_cents):
            break
        found += (Loop(_rotated(companies), edge.cents) for companies in search.closed_by(edge))
    found.sort(key=widest_first)
    return tuple(found[:MAX_LOOPS])


class _Search:
    """A graph that grows edge by edge, and how many edges were visited."""

    def __init__(self) -> None:
        self._payees: Neighbours = {}
        self._payers: Neighbours = {}
        self._visited = 0

    @property
    def is_spent(self) -> bool:
        return self._visited >= MAX_EDGES_VISITED

    def closed_by(self, edge: Edge) -> Iterator[tuple[str, ...]]:
        """Add an edge and yield the cycles that it closes, each starting with the edge's payer."""
        distance = self._distances_to(edge.source)
        yield from self._cycles((edge.source, edge.target), distance)
        self._payees.setdefault(edge.source, {})[edge.target] = None
        self._payers.setdefault(edge.target, {})[edge.source] = None

    def _cycles(self, path: tuple[str, ...], distance: dict[str, int]) -> Iterator[tuple[str, ...]]:
        for payee in self._payees.get(path[-1], ()):
            self._visited += 1
            if self.is_spent:
                return
            if payee == path[0]:
                yield path
            elif payee not in path and len(path) + distance.get(payee, MAX_LENGTH) <= MAX_LENGTH:
                yield from self._cycles((*path, payee), distance)

    def _distances_to(self, company: str) -> dict[str, int]:
        distance = {company: 0}
        reached = [company]
        for away in range(1, MAX_LENGTH):
            reached = [
                payer
                for payee in reached
                for payer in self._payers.get(payee, ())
                if self._is_new(payer, away, distance)
            ]
        return distance

    def _is_new(self, company: str, away: int, distance: dict[str, int]) -> bool:
        self._visited += 1
        return distance.setdefault(company, away) == away


def _rotated(companies: tuple[str, ...]) -> tuple[str, ...]:
    first = companies.index(min(companies))
    return companies[first:] + companies[:first]
