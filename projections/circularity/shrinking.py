"""Rates of a large component that loses a few companies a round, without solving it anew each time.

Taking companies out changes few rows of its equations: the companies themselves, and those
that paid them. With the inverse at hand (Sherman, Morrison and Woodbury) a round costs the
square of what changed; now and then the change is worked into the inverse.
"""

import numpy as np
import numpy.typing as npt

from projections.circularity.stationary import Floats, resting_rates

Places = npt.NDArray[np.int64]

# Below this many companies solving anew is quicker.
LARGE = 256
# Work the change into the inverse when it has reached this part of all companies.
CHANGED_PART = 0.25
# At rest, what comes in and what goes out of a company differ by no more than this part; where so
# many refinements do not lead there, start anew.
BALANCED = 1e-12
REFINED = 4


class ShrinkingComponent:
    """The equations of a component, each company at rest but one, which follows from the others."""

    def __init__(self, weights: Floats, sources: Places, targets: Places) -> None:
        self._weights, self._sources, self._targets = weights, sources, targets
        self._root = -1
        self._others: Places = np.empty(0, dtype=np.int64)
        self._inverse: Floats = np.empty((0, 0))

    def rates(self, members: Places, inside: Places) -> Floats:
        """Find the rates of what is left of the component, in the order of the members, up to a factor.

        `inside` names the edges among the members.
        """
        if len(members) < LARGE:
            return resting_rates(self._weights[np.ix_(members, members)])
        known = np.append(self._others, self._root)
        if self._root in members and np.isin(members, known).all():
            rates = self._corrected(members, inside)
            if rates is not None:
                return rates
        return self._start(members)

    def _start(self, members: Places) -> Floats:
        inside = self._weights[np.ix_(members, members)]
        rates = resting_rates(inside)
        # Of those that are far from using up their weights, and so stay for long, the one through
        # which most money goes: what rounding leaves of the others ends up there.
        slow = rates <= np.median(rates)
        root = int(np.argmax(rates * inside.sum(axis=1) * slow))
        self._root = int(members[root])
        others = np.delete(np.arange(len(members)), root)
        self._others = members[others]
        network = np.diag(inside.sum(axis=1)) - inside
        try:
            inverse = np.linalg.inv(network[np.ix_(others, others)].T)
            self._inverse = np.asarray(inverse, dtype=np.float64)
        except np.linalg.LinAlgError:
            # Too uneven to be inverted: not a number is never at rest, so each round starts anew.
            self._inverse = np.full((len(others), len(others)), np.nan)
        return rates

    def _corrected(self, members: Places, inside: Places) -> Floats | None:
        """Start from the inverse as it is; None where that does not lead to rest."""
        kept = np.isin(self._others, members)
        gone = np.flatnonzero(~kept)
        lost = self._weights[np.ix_(self._others, self._others[gone])].sum(axis=1)
        payers = np.flatnonzero(kept & (lost > 0))
        changed = np.concatenate((gone, payers))
        # Rows of those gone: their rate is nothing. Rows of their payers: they keep what they paid them.
        change = self._inverse[np.ix_(changed, changed)]
        change[len(gone) :] *= -lost[payers, None]
        change[len(gone) :, len(gone) :] += np.eye(len(payers))
        factor = np.concatenate((-np.ones(len(gone)), lost[payers]))
        try:
            inflow = np.linalg.inv(change) * factor
        except np.linalg.LinAlgError:
            return None
        if len(changed) > CHANGED_PART * len(self._others):
            self._work_in(kept, changed, inflow)
            kept, gone, changed, inflow = kept[kept], gone[:0], changed[:0], inflow[:0, :0]
        rates = np.zeros(len(self._weights))
        rates[self._root] = 1.0
        surplus, outflow = self._flows(rates, inside)
        # The first time solves, the others take out what rounding left.
        for _ in range(REFINED):
            missing = self._inverse @ surplus[self._others]
            missing += self._inverse[:, changed] @ (inflow @ missing[changed])
            rates[self._others[kept]] += missing[kept]
            surplus, outflow = self._flows(rates, inside)
            if np.all(np.abs(surplus) <= BALANCED * outflow):
                found = rates[members]
                return found if np.all(found > 0) else None
        return None

    def _work_in(self, kept: npt.NDArray[np.bool_], changed: Places, inflow: Floats) -> None:
        rows = np.flatnonzero(kept)
        left, right = self._inverse[np.ix_(rows, changed)], self._inverse[np.ix_(changed, rows)]
        self._inverse = self._inverse[np.ix_(rows, rows)] + left @ (inflow @ right)
        self._others = self._others[rows]

    def _flows(self, rates: Floats, inside: Places) -> tuple[Floats, Floats]:
        """Find what each company takes in beyond what it pays, and what it pays."""
        sources, targets = self._sources[inside], self._targets[inside]
        money = rates[sources] * self._weights[sources, targets]
        outflow = np.bincount(sources, money, len(rates))
        inflow = np.bincount(targets, money, len(rates))
        return (inflow - outflow).astype(np.float64), outflow.astype(np.float64)
