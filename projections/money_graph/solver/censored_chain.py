"""The censored chain of a large network, exact for as long as nobody leaves but those foreseen.

A company can be censored: those that paid it pay, in proportion, those that it paid. The rates
of the others stay what they are, and its own follows from theirs (Kemeny and Snell, "Finite
Markov Chains", 1960). When a company leaves for good, nothing changes in the network but the
payments to it. So where those that will leave next are kept with all of their payers, and
everybody else is censored, the rates of the chain go on being those of the network.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from projections.money_graph.solver.stationary import LEAST_CENTS, Floats, censored_matrix

Indices = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

# So many companies are kept: each round solves their equations.
KEPT = 200
# A network that has more than this share of all possible edges is treated as a matrix.
DENSE = 0.08
# Companies that more than this share of those kept would be kept for may not leave.
CROWD = 0.25
# Who leaves next is foreseen by what changes once the first so many have left. The rates after that
# are estimated in a few sweeps over the network, those who then pay nobody along a few hops.
FORESEEN = (10, 30)
SWEEPS = 8
HOPS = 16
# An odd number, whose multiples scatter (Knuth's multiplicative hashing).
SCATTER = np.uint64(0x9E3779B97F4A7C15)


class Network(NamedTuple):
    """So many companies, and the edges between them, sorted by payer and payee; weights in cents."""

    size: int
    sources: Indices
    targets: Indices
    weights: Floats


class Eliminated(NamedTuple):
    """Companies none of which paid another: their rates are those of their payers, times the shares."""

    payers: Indices
    companies: Indices
    shares: Floats


class CensoredChain(NamedTuple):
    """The companies kept and what they pay each other; then the way back to all companies.

    `core` are the companies that were left as a matrix, those kept first.
    """

    companies: Indices
    weights: Floats
    core: Indices
    ways_back: list[Floats]
    eliminated: list[Eliminated]
    size: int

    def all_rates(self, rates: Floats) -> Floats:
        """Return the rates of all companies from those of the companies kept.

        All are divided by the largest where that is beyond 1, as they may lie hundreds of digits apart.
        """
        for way_back in reversed(self.ways_back):
            rates = _at_most_one(np.concatenate((rates, rates @ way_back)))
        found = np.zeros(self.size)
        found[self.core] = rates
        for payers, companies, shares in reversed(self.eliminated):
            found = _at_most_one(found + np.bincount(companies, found[payers] * shares, self.size))
        return found


def companies_to_keep(network: Network, left: Floats, rates: Floats) -> tuple[Mask, Mask]:
    """Return the companies to keep, and who of them may leave, as all of its payers are kept.

    `left` is the share that is left of each company's weights, `rates` are recent ones. They only
    serve to foresee who leaves next: where that is wrong, the chain serves for fewer rounds.
    """
    size, sources, targets, _ = network
    if size <= KEPT or len(sources) > DENSE * size**2:
        return np.ones(size, dtype=np.bool_), np.ones(size, dtype=np.bool_)
    rank = np.empty(size, dtype=np.int64)
    rank[np.argsort(_times(network, left, rates), kind="stable")] = np.arange(size)
    crowded = np.bincount(targets, minlength=size) > CROWD * KEPT
    # A company is to be kept from the first rank on that is its own or that of one whom it pays.
    needed = rank.copy()
    np.minimum.at(needed, sources, np.where(crowded, size, rank)[targets])
    end = np.sort(needed)[KEPT]
    return needed < end, (rank < end) & ~crowded


def censored_chain(network: Network, kept: Mask) -> CensoredChain:
    """Return the chain of the companies kept: of the others first go those with few edges, then the rest."""
    size, out, eliminated = network.size, np.zeros_like(kept), []
    left, wanted = size, int(np.count_nonzero(kept))
    # Neighbours in name are often neighbours in the network: ties are broken without regard to names.
    tie = np.argsort(np.arange(size, dtype=np.uint64) * SCATTER, kind="stable")
    while left > max(wanted, 2 * KEPT) and len(network.sources) < DENSE * left**2:
        leaving = _unrelated(network, ~(kept | out), tie)
        network, step = _without(network, leaving)
        eliminated.append(step)
        out |= leaving
        left -= int(np.count_nonzero(leaving))
    core = np.concatenate((np.flatnonzero(kept), np.flatnonzero(~(kept | out))))
    index = np.zeros(size, dtype=np.int64)
    index[core] = np.arange(left)
    weights = np.zeros((left, left))
    weights[index[network.sources], index[network.targets]] = network.weights
    weights, ways_back = censored_matrix(weights, wanted)
    return CensoredChain(core[:wanted], weights, core, ways_back, eliminated, size)


def _times(network: Network, left: Floats, rates: Floats) -> Floats:
    """Return when each company will have exhausted its weights, in rounds of the rates given.

    Those who leave first hasten others: whoever paid them pays its other payees the more.
    """
    with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
        times = left / rates
        for many in FORESEEN:
            first = np.argsort(times, kind="stable")[:many]
            gone = np.zeros(network.size, dtype=np.bool_)
            gone[first] = True
            now = times[first[-1]]
            still_left = np.where(left > rates * now, left - rates * now, 0.0)
            later = now + still_left / _rates_without(network, gone, rates)
            times = np.where(gone, times, np.fmin(times, later))
    return times


def _rates_without(network: Network, gone: Mask, rates: Floats) -> Floats:
    """Return estimated rates after some companies have left; infinite for those who then pay nobody."""
    size, sources, targets, weights = network
    gone = _with_dead_ends(network, gone)
    stays = ~(gone[sources] | gone[targets])
    payers, payees, paid = sources[stays], targets[stays], weights[stays]
    outflow = np.bincount(payers, paid, size)
    for _ in range(SWEEPS):
        rates = np.where(gone, 0.0, rates)
        rates = np.bincount(payees, rates[payers] * paid, size) / outflow
    return np.where(gone, np.inf, rates)


def _with_dead_ends(network: Network, gone: Mask) -> Mask:
    for _ in range(HOPS):
        stays = ~(gone[network.sources] | gone[network.targets])
        pays = np.bincount(network.sources[stays], minlength=network.size) > 0
        if np.array_equal(gone, ~pays):
            break
        gone = ~pays
    return gone


def _unrelated(network: Network, candidates: Mask, tie: Indices) -> Mask:
    """Return companies that do not pay each other, each of them cheaper to censor than its neighbours."""
    size, sources, targets, _ = network
    # Each payer will pay each payee.
    edges = np.bincount(sources, minlength=size) * np.bincount(targets, minlength=size)
    most = np.iinfo(np.int64).max
    cost = np.where(candidates, edges * size + tie, most)
    least = np.full(size, most)
    np.minimum.at(least, sources, cost[targets])
    np.minimum.at(least, targets, cost[sources])
    return candidates & (cost < least)


def _without(network: Network, leaving: Mask) -> tuple[Network, Eliminated]:
    """Eliminate companies that do not pay each other: their payers pay their payees instead."""
    size, sources, targets, weights = network
    payees = np.bincount(sources, minlength=size)
    outflow = np.maximum(np.bincount(sources, weights, size), LEAST_CENTS)
    into = np.flatnonzero(leaving[targets])
    payer, through = sources[into], targets[into]
    shares = weights[into] / outflow[through]
    # Each edge into a company that leaves meets, in turn, each edge out of it.
    meets = payees[through]
    coming = np.repeat(np.arange(len(into)), meets)
    first_going = np.cumsum(payees) - payees
    going = np.arange(len(coming)) + np.repeat(first_going[through] - (np.cumsum(meets) - meets), meets)
    source, target = payer[coming], targets[going]
    # What comes back to the company that it came from has gone nowhere, and in sums blurs the rest.
    moved, stays = source != target, ~(leaving[sources] | leaving[targets])
    pairs = np.concatenate((sources[stays] * size + targets[stays], (source * size + target)[moved]))
    amounts = np.concatenate((weights[stays], (shares[coming] * weights[going])[moved]))
    order = np.argsort(pairs, kind="stable")
    firsts = np.flatnonzero(np.diff(pairs[order], prepend=-1))
    pairs = pairs[order][firsts]
    return (
        Network(size, pairs // size, pairs % size, np.add.reduceat(amounts[order], firsts)),
        Eliminated(payer, through, shares),
    )


def _at_most_one(rates: Floats) -> Floats:
    return rates / max(1.0, float(rates.max()))
