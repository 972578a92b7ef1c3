"""Balanced Flow Forwarding: the circulation that every share of an edge comes from.

After Homs-Dones, MacKay, Sansom and Zhou, "Circular Directional Flow Decomposition of
Networks", arXiv 2506.12546. In each component the stationary distribution π of the
row-normalised weights is circulated, λ·π_i·P_ij with the largest λ that fits, and taken off,
until no cycle is left. As π_i·P_ij is the same part of every weight of company i, a company
uses up all of its weights at once: so a round takes at least one company out, and the parts
used are kept by company.
"""

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from projections.circularity.book import Edge
from projections.circularity.shrinking import ShrinkingComponent

Places = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

# What is left of a company's weights below this part of them is rounding, not money.
NOTHING_LEFT = 1e-14
# A sum of floats within this of a whole cent means the whole cent; else cents are rounded down.
SNAP_CENTS = 1e-6


def balanced_circulation(edges: Sequence[Edge]) -> tuple[int, ...]:
    """Attribute circulating cents to each edge of one strongly connected component, rounded down."""
    place = {name: at for at, name in enumerate(sorted({name for edge in edges for name in edge[:2]}))}
    sources = np.array([place[edge.source] for edge in edges], dtype=np.int64)
    targets = np.array([place[edge.target] for edge in edges], dtype=np.int64)
    weights = np.zeros((len(place), len(place)))
    weights[sources, targets] = [float(edge.cents) for edge in edges]
    parts = _parts(weights, sources, targets)
    return tuple(_to_cents(edge.cents, part) for edge, part in zip(edges, parts.tolist(), strict=True))


def _parts(weights: npt.NDArray[np.float64], sources: Places, targets: Places) -> npt.NDArray[np.float64]:
    """Find the part of each edge that circulates, between 0 and 1."""
    count = len(weights)
    used, left = np.zeros(count), np.ones(count)
    parts = np.zeros(len(sources))
    everyone = np.ones(count, dtype=np.bool_)
    component = ShrinkingComponent(weights, sources, targets)
    waiting = list(_components(everyone, sources, targets, np.arange(len(sources))))
    while waiting:
        members, inside = waiting.pop()
        rates = component.rates(members, inside)
        with np.errstate(divide="ignore", over="ignore"):
            rounds = left[members] / rates
        step = rates * rounds.min()
        used[members] += step
        left[members] -= step
        full = members[(left[members] <= NOTHING_LEFT) | (rounds == rounds.min())]
        used[full], left[full] = 1.0, 0.0
        parts[inside] = used[sources[inside]]
        rest = np.zeros(count, dtype=np.bool_)
        rest[members] = True
        rest[full] = False
        waiting += _components(rest, sources, targets, inside)
    return parts


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
