"""Keep companies in an order: whoever pays comes before those it pays, unless money can come back.

A node is a component, or a company outside of any. Each has a place, a number, and along an edge
between two nodes places rise. So an edge that fits the order closes no loop, and one that runs
against it is followed only among places between those of its two ends (after Pearce and Kelly,
"A Dynamic Topological Sort Algorithm for Directed Acyclic Graphs", 2007), from both ends in
turn, until the side with fewer nodes is known (Bender, Fineman, Gilbert and Tarjan, "A New
Approach to Incremental Cycle Detection", 2016). That side moves. Numbers lie far apart, so that
there is room between them; where it is used up, those that follow move along.

Places depend on what came first: nothing that anybody sees may depend on them.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from projections.persistent import PersistentMap

Companies = tuple[str, ...]
Nodes = tuple[str, ...]
# Under the name of the node.
Places = PersistentMap[str, int]

NOBODY: Companies = ()
# So much room can be halved 32 times by those who come in between, before others must move along.
GAP = 2**32


@dataclass(frozen=True, slots=True)
class Way:
    """One of the two ways along the edges: upwards to payees, or downwards to payers.

    Downwards places count backwards, so that they rise either way.
    """

    neighbours: PersistentMap[str, Companies]
    component_of: PersistentMap[str, str]
    members: PersistentMap[str, Companies]
    places: Places
    sign: int

    def place(self, node: str) -> int:
        """Give a node's place, counted this way."""
        return self.sign * self.places[node]

    def next_to(self, node: str) -> set[str]:
        """Name the nodes one edge further."""
        companies = self.members.get(node, (node,))
        further = set[str]().union(*(self.neighbours.get(one, NOBODY) for one in companies))
        return {self.component_of.get(one, one) for one in further} - {node}


class Search:
    """A search from some on to those next to them, one a step, as far as it is allowed."""

    def __init__(
        self,
        start: Iterable[str],
        next_to: Callable[[str], Iterable[str]],
        is_allowed: Callable[[str], bool],
    ) -> None:
        self._next_to, self._is_allowed = next_to, is_allowed
        self.seen = set(start)
        self._waiting = list(self.seen)

    @property
    def goes_on(self) -> bool:
        """Tell whether any are left to search from."""
        return bool(self._waiting)

    def step(self) -> set[str]:
        """Take the next one, and name those next to it that were not seen yet."""
        further = self._next_to(self._waiting.pop())
        found = {one for one in further if one not in self.seen and self._is_allowed(one)}
        self.seen |= found
        self._waiting += found
        return found

    def to_its_end(self) -> set[str]:
        """Name all that are reached, those of the start among them."""
        while self.goes_on:
            self.step()
        return self.seen


def placed(places: Places, payer: str, payee: str) -> Places:
    """Give places to the ends of an edge that have none yet, so that they fit."""
    if payer not in places:
        places = places.insert(payer, places[payee] - GAP if payee in places else 0)
    return places if payee in places else places.insert(payee, places[payer] + GAP)


def linked(up: Way, down: Way, payer: str, payee: str) -> tuple[Places, Nodes]:
    """Give places that fit a new edge between two nodes, and name the nodes that it joins into one.

    That one has the name and the place of the first of them.
    """
    if up.place(payer) < up.place(payee):
        return up.places, NOBODY
    ahead, behind = _near(up, (payee,), up.place(payer)), _near(down, (payer,), down.place(payee))
    while ahead.goes_on and behind.goes_on:
        ahead.step()
        behind.step()
    way, back, seen, end = (down, up, behind.seen, payee) if ahead.goes_on else (up, down, ahead.seen, payer)
    joined = Search((end,), back.next_to, seen.__contains__).to_its_end() if end in seen else set()
    # Whoever is on a loop comes to its end. The others that were seen follow it: they move beyond.
    places = moved(way, by_place(way, seen - joined), beyond=way.place(end))
    if joined:
        place = places[end]
        for node in joined:
            places = places.remove(node)
        places = places.insert(min(joined), place)
    return places, tuple(sorted(joined))


def moved(way: Way, groups: Sequence[Nodes], *, beyond: int) -> Places:
    """Move groups of nodes, each to a place of its own, beyond a place and before all that follows them.

    Nobody moves back; where there is no room, those that follow move along.
    """
    groups = list(groups)
    moving = {node for group in groups for node in group}
    while True:
        following = {one for node in moving for one in way.next_to(node)} - moving
        room = min(map(way.place, following)) - beyond if following else GAP * (len(groups) + 1)
        step = room // (len(groups) + 1)
        if step:
            break
        # Twice as far each time, so that those who come next find room, too.
        limit = beyond + 2 * max(room, len(groups))
        along = _near(way, (one for one in following if way.place(one) <= limit), limit).to_its_end()
        groups += by_place(way, along)
        moving |= along
    places = way.places
    for at, group in enumerate(groups, start=1):
        for node in group:
            place = max(way.place(node), beyond + at * step)
            places = places.insert(node, way.sign * place)
    return places


def by_place(way: Way, nodes: Iterable[str]) -> list[Nodes]:
    """Sort nodes into groups of one place each, in their order."""
    return [tuple(group) for _, group in groupby(sorted(nodes, key=way.place), key=way.place)]


def _near(way: Way, start: Iterable[str], up_to: int) -> Search:
    """Search along a way, no further than a place."""
    return Search(start, way.next_to, lambda node: way.place(node) <= up_to)
