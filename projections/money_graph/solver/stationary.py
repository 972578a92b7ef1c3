"""The stationary distribution of a strongly connected network, as rates.

For weights w the rates y solve y_i · Σ_j w_ij = Σ_j y_j · w_ji: what comes in goes out when
each company passes on y_i of every one of its weights. They are the stationary distribution
of the row-normalised weights, divided by the row sums.
"""

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

# Up to this many companies elimination is as quick as a solver. It is entrywise accurate, and uses
# no library whose last digits differ between machines.
ELIMINATED = 48
SMALLEST = np.finfo(np.float64).tiny
# So many companies of a large network are censored at a time: products of matrices do most of the work.
BLOCK = 48
# Whoever passes on less counts as passing on this, in cents: nobody will notice, and no quotient overflows.
LEAST_CENTS = 1e-200


def stationary_rates(weights: Floats) -> Floats:
    """Return the rates of a strongly connected matrix of weights with an empty diagonal, up to a factor."""
    if len(weights) > ELIMINATED:
        rates = _solved(weights)
        if rates is not None:
            return rates
    return _eliminated(weights)


def _solved(weights: Floats) -> Floats | None:
    """Return all rates by a linear solver; None where the weights are too far apart for that."""
    network = np.diag(weights.sum(axis=1)) - weights
    try:
        others = np.linalg.solve(network[1:, 1:].T, weights[0, 1:])
    except np.linalg.LinAlgError:
        return None
    rates = np.concatenate(([1.0], others))
    return rates if np.all(np.isfinite(rates)) and np.all(rates > 0) else None


def _eliminated(weights: Floats) -> Floats:
    """Return the rates by elimination (Grassmann, Taksar, Heyman 1985): nothing is ever subtracted."""
    left = weights.copy()
    count = len(left)
    for last in range(count - 1, 0, -1):
        leaving = max(float(left[last, :last].sum()), SMALLEST)
        left[:last, last] /= leaving
        left[:last, :last] += left[:last, last, None] * left[last, :last]
    rates = np.zeros(count)
    rates[0] = 1.0
    for at in range(1, count):
        rates[at] = (rates[:at] * left[:at, at]).sum()
        # Weights far apart make rates grow by their ratio at each step: keep the largest at 1.
        rates[: at + 1] /= max(1.0, float(rates[at]))
    return rates


def censored_matrix(weights: Floats, kept: int) -> tuple[Floats, list[Floats]]:
    """Return the weights among the first companies when all others are censored, and the ways back.

    What reaches a censored company goes straight on, so the rates of those kept stay what they are in
    the whole network. A way back is a matrix, one for each block censored, to be used from the last
    to the first: the rates of all companies before a block, times its matrix, are those of the block.
    """
    weights = weights.copy()
    ways_back = []
    end = len(weights)
    while end > kept:
        start = max(kept, end - BLOCK)
        onward = weights[start:end, :start]
        inverse = _inverse(weights[start:end, start:end], onward.sum(axis=1))
        way_back = weights[:start, start:end] @ inverse
        weights[:start, :start] += way_back @ onward
        # What comes back to the company that it came from has gone nowhere, and in sums blurs the rest.
        np.fill_diagonal(weights[:start, :start], 0.0)
        ways_back.append(way_back)
        end = start
    return weights[:kept, :kept].copy(), ways_back


def _inverse(inside: Floats, onward: Floats) -> Floats:
    """Return the inverse of the equations of a block of companies; `onward` is what they pay to others.

    It comes by elimination too, so that each number is as accurate as it can be:
    (D - W)⁻¹ = (I - U)⁻¹ · leaving⁻¹ · (I - L)⁻¹ with nothing negative in U and L.
    """
    count = len(inside)
    left = np.column_stack((inside, onward))
    lower, leaving = np.zeros((count, count)), np.empty(count)
    for at in range(count):
        after = left[at, at + 1 :]
        leaving[at] = max(float(after.sum()), LEAST_CENTS)
        lower[at + 1 :, at] = left[at + 1 :, at] / leaving[at]
        left[at + 1 :, at + 1 :] += lower[at + 1 :, at, None] * after
    upper = np.triu(left[:, :count], 1) / leaving[:, None]
    return np.asarray((_series(upper) / leaving) @ _series(lower), dtype=np.float64)


def _series(triangle: Floats) -> Floats:
    """Return I + T + T² + … of a strict triangle, which is (I - T)⁻¹, twice as many terms at a time."""
    total, power, terms = np.eye(len(triangle)) + triangle, triangle, 2
    while terms < len(triangle):
        power = power @ power
        total += total @ power
        terms *= 2
    return total
