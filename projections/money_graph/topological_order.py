"""Keep companies in topological order: whoever pays comes before those it pays, unless money can come back.

A node is a component, or a company outside of any. Each has a rank, a number, and along an edge
between two nodes ranks rise. So an edge that fits the order closes no loop, and one that runs
against it is followed only among ranks between those of its two ends (after Pearce and Kelly,
"A Dynamic Topological Sort Algorithm for Directed Acyclic Graphs", 2007), from both ends in
turn, until the side with fewer nodes is known (Bender, Fineman, Gilbert and Tarjan, "A New
Approach to Incremental Cycle Detection", 2016). That side moves. Numbers lie far apart, so that
there is room between them; where it is used up, those that follow move along.

Ranks depend on what came first: nothing that anybody sees may depend on them.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from projections.persistent import PersistentMap

Companies = tuple[str, ...]
Nodes = tuple[str, ...]
# Under the name of the node.
Ranks = PersistentMap[str, int]

NOBODY: Companies = ()
# So much room can be halved 32 times by those who come in between, before others must move along.
GAP = 2**32


@dataclass(frozen=True, slots=True)
class Direction:
    """One of the two ways along the edges: upwards to payees, or downwards to payers.

    Downwards ranks count backwards, so that they rise either way.
    """

    neighbours: PersistentMap[str, Companies]
    component_of: PersistentMap[str, str]
    members: PersistentMap[str, Companies]
    ranks: Ranks
    sign: int

    def rank(self, node: str) -> int:
        """Return a node's rank, counted this way."""
        return self.sign * self.ranks[node]

    def next_to(self, node: str) -> set[str]:
        """Return the nodes one edge further."""
        companies = self.members.get(node, (node,))
        further = set[str]().union(*(self.neighbours.get(company, NOBODY) for company in companies))
        return {self.component_of.get(company, company) for company in further} - {node}


class Search:
    """A search from some nodes on to those next to them, a node a step, as far as it is allowed."""

    def __init__(
        self,
        start: Iterable[str],
        next_to: Callable[[str], Iterable[str]],
        is_allowed: Callable[[str], bool],
    ) -> None:
        self._next_to, self._is_allowed = next_to, is_allowed
        self.seen = set(start)
        self._pending = list(self.seen)

    @property
    def goes_on(self) -> bool:
        """Return whether any nodes are left to search from."""
        return bool(self._pending)

    def step(self) -> set[str]:
        """Search from one more node, and return those next to it that were not seen yet."""
        further = self._next_to(self._pending.pop())
        found = {node for node in further if node not in self.seen and self._is_allowed(node)}
        self.seen |= found
        self._pending += found
        return found

    def run(self) -> set[str]:
        """Return all nodes that are reached, those of the start among them."""
        while self.goes_on:
            self.step()
        return self.seen


def with_ranks(ranks: Ranks, payer: str, payee: str) -> Ranks:
    """Return ranks to the ends of an edge that have none yet, so that they fit."""
    if payer not in ranks:
        ranks = ranks.insert(payer, ranks[payee] - GAP if payee in ranks else 0)
    return ranks if payee in ranks else ranks.insert(payee, ranks[payer] + GAP)


def reordered(up: Direction, down: Direction, payer: str, payee: str) -> tuple[Ranks, Nodes]:
    """Return ranks that fit a new edge between two nodes, and the nodes that it joins into one.

    That one has the name and the rank of the first of them.
    """
    if up.rank(payer) < up.rank(payee):
        return up.ranks, NOBODY
    ahead, behind = _near(up, (payee,), up.rank(payer)), _near(down, (payer,), down.rank(payee))
    while ahead.goes_on and behind.goes_on:
        ahead.step()
        behind.step()
    way, back, seen, end = (down, up, behind.seen, payee) if ahead.goes_on else (up, down, ahead.seen, payer)
    joined = Search((end,), back.next_to, seen.__contains__).run() if end in seen else set()
    # Whoever is on a loop joins its end. The others that were seen follow it: they move beyond.
    ranks = moved(way, _by_rank(way, seen - joined), beyond=way.rank(end))
    if joined:
        rank = ranks[end]
        for node in joined:
            ranks = ranks.remove(node)
        ranks = ranks.insert(min(joined), rank)
    return ranks, tuple(sorted(joined))


def moved(way: Direction, groups: Sequence[Nodes], *, beyond: int) -> Ranks:
    """Move groups of nodes, each to a rank of its own, beyond a rank and before all that follows them.

    Nobody moves back; where there is no room, those that follow move along.
    """
    groups = list(groups)
    moving = {node for group in groups for node in group}
    while True:
        following = set[str]().union(*map(way.next_to, moving)) - moving
        room = min(map(way.rank, following)) - beyond if following else GAP * (len(groups) + 1)
        step = room // (len(groups) + 1)
        if step:
            break
        # Twice as far each time, so that those who come next find room, too.
        limit = beyond + 2 * max(room, len(groups))
        along = _near(way, (node for node in following if way.rank(node) <= limit), limit).run()
        groups += _by_rank(way, along)
        moving |= along
    ranks = way.ranks
    for at, group in enumerate(groups, start=1):
        for node in group:
            ranks = ranks.insert(node, way.sign * max(way.rank(node), beyond + at * step))
    return ranks


def _by_rank(way: Direction, nodes: Iterable[str]) -> list[Nodes]:
    """Return nodes in groups of one rank each, in their order."""
    return [tuple(group) for _, group in groupby(sorted(nodes, key=way.rank), key=way.rank)]


def _near(way: Direction, start: Iterable[str], up_to: int) -> Search:
    """Return a search along a way, no further than a rank."""
    return Search(start, way.next_to, lambda node: way.rank(node) <= up_to)
