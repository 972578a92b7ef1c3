"""Balanced Flow Forwarding: the circulation that every share of an edge comes from.

After Homs-Dones, MacKay, Sansom and Zhou, "Circular Directional Flow Decomposition of
Networks", arXiv 2506.12546. In each component the stationary distribution π of the
row-normalised weights is circulated, λ·π_i·P_ij with the largest λ that fits, and taken off,
until no cycle is left. As π_i·P_ij is the same part of every weight of company i, a company
uses up all of its weights at once: so a round takes at least one company out, and the parts
used are kept by company. Rounds of a large component are gone through in stretches, each in a
small network that is exact for as long (see `shrinking`).
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from projections.circularity.book import Edge
from projections.circularity.shrinking import Mask, Network, Places, Shrunk, shrunk, whom_to_keep
from projections.circularity.stationary import Floats, resting_rates

# What is left of a company's weights below this part of them is rounding, not money.
NOTHING_LEFT = 1e-14
# A sum of floats within this of a whole cent means the whole cent; else cents are rounded down.
SNAP_CENTS = 1e-6


class Stretch(NamedTuple):
    """After some rounds: the parts used, those left and the rates by company, and the parts used by edge."""

    used: Floats
    left: Floats
    rates: Floats
    used_by_edge: Floats


def balanced_circulation(edges: Sequence[Edge]) -> tuple[int, ...]:
    """Attribute circulating cents to each edge of one strongly connected component, rounded down."""
    place = {name: at for at, name in enumerate(sorted({name for edge in edges for name in edge[:2]}))}
    sources = np.array([place[edge.source] for edge in edges], dtype=np.int64)
    targets = np.array([place[edge.target] for edge in edges], dtype=np.int64)
    weights = np.array([float(edge.cents) for edge in edges])
    order = np.lexsort((targets, sources))
    parts = np.empty(len(edges))
    parts[order] = _parts(Network(len(place), sources[order], targets[order], weights[order]))
    return tuple(_to_cents(edge.cents, part) for edge, part in zip(edges, parts.tolist(), strict=True))


def _parts(network: Network) -> Floats:
    """Find the part of each edge that circulates, between 0 and 1."""
    size, sources, targets, weights = network
    used, left, parts = np.zeros(size), np.ones(size), np.zeros(len(sources))
    # A first guess that only tells where to look first.
    rates = np.bincount(targets, weights, size) / np.bincount(sources, weights, size)
    place = np.zeros(size, dtype=np.int64)
    waiting = list(_components(np.ones(size, dtype=np.bool_), sources, targets, np.arange(len(sources))))
    while waiting:
        members, inside = waiting.pop()
        place[members] = np.arange(len(members))
        component = Network(len(members), place[sources[inside]], place[targets[inside]], weights[inside])
        stretch = _stretch(component, used[members], left[members], rates[members])
        used[members], left[members], rates[members], parts[inside] = stretch
        rest = np.zeros(size, dtype=np.bool_)
        rest[members] = left[members] > 0
        waiting += _components(rest, sources, targets, inside)
    return parts


def _stretch(network: Network, used: Floats, left: Floats, rates: Floats) -> Stretch:
    """Go through rounds of a component until it may have come apart, or its small network serves no more.

    The small network knows nothing of those taken out who use up their weights, so the way back comes
    with a look at them.
    """
    kept, may_leave = whom_to_keep(network, left, rates)
    small = shrunk(network, kept)
    steps = _rounds(small.weights, left[small.companies], may_leave[small.companies])
    spent, last = small.everywhere(steps.sum(axis=0)), small.everywhere(steps[-1])
    if _anybody_full(left - spent, ~kept):
        steps, spent, last = _cut(small, steps, left, ~kept)
    full = left - spent <= NOTHING_LEFT
    after = np.where(full, 1.0, used + spent)
    by_edge = after[network.sources]
    edges, parts = _ended_early(network, small, steps, used)
    by_edge[edges] = parts
    return Stretch(after, np.where(full, 0.0, left - spent), np.where(last > 0, last, rates), by_edge)


def _cut(small: Shrunk, steps: Floats, left: Floats, others: Mask) -> tuple[Floats, Floats, Floats]:
    """End the rounds at the moment at which the first of the companies not kept has used up its weights.

    The parts used only grow, so the round is found by halving. Gives the steps of those kept, what
    everybody has used in all of them, and what in the last.
    """
    first, end = 0, len(steps) - 1
    while first < end:
        middle = (first + end) // 2
        if _anybody_full(left - small.everywhere(steps[: middle + 1].sum(axis=0)), others):
            end = middle
        else:
            first = middle + 1
    before, step = small.everywhere(steps[:first].sum(axis=0)), small.everywhere(steps[first])
    with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
        step = step * np.min((left - before) / step, where=others, initial=1.0)
    return np.vstack((steps[:first], step[small.companies])), before + step, step


def _anybody_full(left: Floats, among: Mask) -> bool:
    return bool(np.any((left <= NOTHING_LEFT) & among))


def _ended_early(network: Network, small: Shrunk, steps: Floats, used: Floats) -> tuple[Places, Floats]:
    """Find the edges whose payee left before the last round, and what their payers had used by then.

    Both ends have been kept: nobody else pays who may leave.
    """
    place = np.full(network.size, -1)
    place[small.companies] = np.arange(len(small.companies))
    last = len(steps) - 1 - np.argmax(steps[::-1] > 0, axis=0)
    source, target = place[network.sources], place[network.targets]
    edges = np.flatnonzero((source >= 0) & (target >= 0))
    edges = edges[last[target[edges]] < len(steps) - 1]
    so_far = np.cumsum(steps, axis=0)[last[target[edges]], source[edges]]
    return edges, used[network.sources[edges]] + so_far


def _rounds(weights: Floats, left: Floats, may_leave: Mask) -> Floats:
    """Go through rounds until somebody leaves who may not, or money no longer gets from all to all.

    A row for each round: the part that each company used of its weights.
    """
    present, inside, left = np.arange(len(weights)), weights, left.copy()
    steps: list[Floats] = []
    while True:
        rates = resting_rates(inside)
        with np.errstate(divide="ignore", over="ignore"):
            times = left[present] / rates
        step = np.zeros(len(weights))
        step[present] = rates * times.min()
        left -= step
        is_full = (left[present] <= NOTHING_LEFT) | (times == times.min())
        steps.append(step)
        stay = _staying(inside, is_full, may_leave[present])
        if stay is None:
            return np.array(steps)
        present, inside = present[stay], inside[np.ix_(stay, stay)]


def _staying(weights: Floats, full: Mask, may_leave: Mask) -> Mask | None:
    """Name those who go on; None where they are not one component, or somebody leaves who may not."""
    leaving, stay = full, ~full
    while np.any(leaving):
        # Who pays nobody any more leaves too, and its payers mind. Whom nobody pays is missed by nobody.
        stuck = stay & (weights @ stay == 0)
        if np.any((full | stuck) & ~may_leave):
            return None
        leaving = stuck | (stay & (stay @ weights == 0))
        stay = stay & ~leaving
    return stay if np.any(stay) and _reaches_all(weights, stay) and _reaches_all(weights.T, stay) else None


def _reaches_all(weights: Floats, among: Mask) -> bool:
    reached = np.zeros_like(among)
    reached[np.argmax(among)] = True
    before, now, wanted = 0, 1, int(np.count_nonzero(among))
    while before < now < wanted:
        reached |= among & (reached @ weights > 0)
        before, now = now, int(np.count_nonzero(reached))
    return now == wanted


def _components(
    among: Mask, sources: Places, targets: Places, candidates: Places
) -> Iterator[tuple[Places, Places]]:
    """Split companies into strongly connected components: their members and the edges inside."""
    waiting = [(among, candidates)]
    while waiting:
        among, inside = _trimmed(*waiting.pop(), sources, targets)
        if not len(inside):
            continue
        start = int(sources[inside[0]])
        ahead = _reached(start, sources[inside], targets[inside], len(among))
        behind = _reached(start, targets[inside], sources[inside], len(among))
        both = ahead & behind
        if np.count_nonzero(both) > 1:
            yield np.flatnonzero(both), inside[both[sources[inside]] & both[targets[inside]]]
        for others in (ahead & ~both, behind & ~both, among & ~ahead & ~behind):
            if others.any():
                waiting.append((others, inside))


def _trimmed(among: Mask, inside: Places, sources: Places, targets: Places) -> tuple[Mask, Places]:
    """Leave out, again and again, companies that pay nobody or that nobody pays."""
    while True:
        inside = inside[among[sources[inside]] & among[targets[inside]]]
        pays, is_paid = np.zeros_like(among), np.zeros_like(among)
        pays[sources[inside]] = True
        is_paid[targets[inside]] = True
        kept = pays & is_paid
        if np.array_equal(kept, among):
            return among, inside
        among = kept


def _reached(start: int, sources: Places, targets: Places, count: int) -> Mask:
    reached = np.zeros(count, dtype=np.bool_)
    reached[start] = True
    before, now = 0, 1
    while now > before:
        reached[targets[reached[sources]]] = True
        before, now = now, int(np.count_nonzero(reached))
    return reached


def _to_cents(cents: int, part: float) -> int:
    if part >= 1.0:
        return cents
    circulating = cents * part
    return min(cents, int(circulating + SNAP_CENTS + circulating * NOTHING_LEFT))
