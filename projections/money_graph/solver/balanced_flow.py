"""Balanced Flow Forwarding: the circulation that every share of an edge comes from.

After Homs-Dones, MacKay, Sansom and Zhou, "Circular Directional Flow Decomposition of
Networks", arXiv 2506.12546. In each component the stationary distribution π of the
row-normalised weights is circulated, λ·π_i·P_ij with the largest λ that fits, and subtracted,
until no cycle is left. As π_i·P_ij is the same share of every weight of company i, a company
exhausts all of its weights at once: so a round removes at least one company, and the shares
used are kept by company. Rounds of a large component run in stretches, each on a censored
chain that is exact for as long (see `censored_chain`).
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from projections.facts.book import Edge
from projections.money_graph.solver.censored_chain import (
    CensoredChain,
    Indices,
    Mask,
    Network,
    censored_chain,
    companies_to_keep,
)
from projections.money_graph.solver.stationary import Floats, stationary_rates

# What is left of a company's weights below this share of them is rounding, not money.
NOTHING_LEFT = 1e-14
# A sum of floats within this of a whole cent means the whole cent; else cents are rounded down.
SNAP_CENTS = 1e-6


class Stretch(NamedTuple):
    """After some rounds: the shares used and left and the rates by company, and the shares used by edge."""

    used: Floats
    left: Floats
    rates: Floats
    used_by_edge: Floats


def balanced_circulation(edges: Sequence[Edge]) -> tuple[int, ...]:
    """Return the circulating cents of each edge of one strongly connected component, rounded down."""
    index = {name: at for at, name in enumerate(sorted({name for edge in edges for name in edge[:2]}))}
    sources = np.array([index[edge.source] for edge in edges], dtype=np.int64)
    targets = np.array([index[edge.target] for edge in edges], dtype=np.int64)
    weights = np.array([float(edge.cents) for edge in edges])
    order = np.lexsort((targets, sources))
    shares = np.empty(len(edges))
    shares[order] = _shares(Network(len(index), sources[order], targets[order], weights[order]))
    return tuple(_to_cents(edge.cents, share) for edge, share in zip(edges, shares.tolist(), strict=True))


def _shares(network: Network) -> Floats:
    """Return the share of each edge that circulates, between 0 and 1."""
    size, sources, targets, weights = network
    used, left, shares = np.zeros(size), np.ones(size), np.zeros(len(sources))
    # A first guess that only says where to look first.
    rates = np.bincount(targets, weights, size) / np.bincount(sources, weights, size)
    index = np.zeros(size, dtype=np.int64)
    pending = list(_components(np.ones(size, dtype=np.bool_), sources, targets, np.arange(len(sources))))
    while pending:
        members, inside = pending.pop()
        index[members] = np.arange(len(members))
        component = Network(len(members), index[sources[inside]], index[targets[inside]], weights[inside])
        stretch = _stretch(component, used[members], left[members], rates[members])
        used[members], left[members], rates[members], shares[inside] = stretch
        rest = np.zeros(size, dtype=np.bool_)
        rest[members] = left[members] > 0
        pending += _components(rest, sources, targets, inside)
    return shares


def _stretch(network: Network, used: Floats, left: Floats, rates: Floats) -> Stretch:
    """Run rounds of a component until it may have come apart, or its censored chain is exact no more.

    The chain knows nothing of censored companies that exhaust their weights, so they are checked
    on the way back.
    """
    kept, may_leave = companies_to_keep(network, left, rates)
    chain = censored_chain(network, kept)
    steps = _rounds(chain.weights, left[chain.companies], may_leave[chain.companies])
    spent, last = chain.all_rates(steps.sum(axis=0)), chain.all_rates(steps[-1])
    if _any_exhausted(left - spent, ~kept):
        steps, spent, last = _cut(chain, steps, left, ~kept)
    exhausted = left - spent <= NOTHING_LEFT
    after = np.where(exhausted, 1.0, used + spent)
    by_edge = after[network.sources]
    edges, shares = _ended_early(network, chain, steps, used)
    by_edge[edges] = shares
    return Stretch(after, np.where(exhausted, 0.0, left - spent), np.where(last > 0, last, rates), by_edge)


def _cut(chain: CensoredChain, steps: Floats, left: Floats, censored: Mask) -> tuple[Floats, Floats, Floats]:
    """End the rounds at the time at which the first of the censored companies exhausts its weights.

    The shares used only grow, so the round is found by bisection. Returns the steps of the companies
    kept, what everybody has used in all of them, and what in the last.
    """
    first, end = 0, len(steps) - 1
    while first < end:
        middle = (first + end) // 2
        if _any_exhausted(left - chain.all_rates(steps[: middle + 1].sum(axis=0)), censored):
            end = middle
        else:
            first = middle + 1
    before, step = chain.all_rates(steps[:first].sum(axis=0)), chain.all_rates(steps[first])
    with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
        step = step * np.min((left - before) / step, where=censored, initial=1.0)
    return np.vstack((steps[:first], step[chain.companies])), before + step, step


def _any_exhausted(left: Floats, among: Mask) -> bool:
    return bool(np.any((left <= NOTHING_LEFT) & among))


def _ended_early(
    network: Network, chain: CensoredChain, steps: Floats, used: Floats
) -> tuple[Indices, Floats]:
    """Return the edges whose payee left before the last round, and what their payers had used by then.

    Both ends are in the chain: whoever pays a company that may leave is kept.
    """
    index = np.full(network.size, -1)
    index[chain.companies] = np.arange(len(chain.companies))
    last = len(steps) - 1 - np.argmax(steps[::-1] > 0, axis=0)
    source, target = index[network.sources], index[network.targets]
    edges = np.flatnonzero((source >= 0) & (target >= 0))
    edges = edges[last[target[edges]] < len(steps) - 1]
    so_far = np.cumsum(steps, axis=0)[last[target[edges]], source[edges]]
    return edges, used[network.sources[edges]] + so_far


def _rounds(weights: Floats, left: Floats, may_leave: Mask) -> Floats:
    """Run rounds until a company leaves that may not, or the rest is not strongly connected.

    Returns a row for each round: the share that each company used of its weights.
    """
    present, inside, left = np.arange(len(weights)), weights, left.copy()
    steps: list[Floats] = []
    while True:
        rates = stationary_rates(inside)
        with np.errstate(divide="ignore", over="ignore"):
            times = left[present] / rates
        step = np.zeros(len(weights))
        step[present] = rates * times.min()
        left -= step
        exhausted = (left[present] <= NOTHING_LEFT) | (times == times.min())
        steps.append(step)
        stay = _staying(inside, exhausted, may_leave[present])
        if stay is None:
            return np.array(steps)
        present, inside = present[stay], inside[np.ix_(stay, stay)]


def _staying(weights: Floats, exhausted: Mask, may_leave: Mask) -> Mask | None:
    """Return who goes on; None where they are not one component, or a company leaves that may not."""
    leaving, stay = exhausted, ~exhausted
    while np.any(leaving):
        # Who pays nobody any more leaves too, and its payers mind. Whom nobody pays is missed by nobody.
        stuck = stay & (weights @ stay == 0)
        if np.any((exhausted | stuck) & ~may_leave):
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
    among: Mask, sources: Indices, targets: Indices, candidates: Indices
) -> Iterator[tuple[Indices, Indices]]:
    """Yield the strongly connected components of some companies: their members and the edges inside."""
    pending = [(among, candidates)]
    while pending:
        among, inside = _trimmed(*pending.pop(), sources, targets)
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
                pending.append((others, inside))


def _trimmed(among: Mask, inside: Indices, sources: Indices, targets: Indices) -> tuple[Mask, Indices]:
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


def _reached(start: int, sources: Indices, targets: Indices, count: int) -> Mask:
    reached = np.zeros(count, dtype=np.bool_)
    reached[start] = True
    before, now = 0, 1
    while now > before:
        reached[targets[reached[sources]]] = True
        before, now = now, int(np.count_nonzero(reached))
    return reached


def _to_cents(cents: int, share: float) -> int:
    if share >= 1.0:
        return cents
    circulating = cents * share
    return min(cents, int(circulating + SNAP_CENTS + circulating * NOTHING_LEFT))
