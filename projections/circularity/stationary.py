"""The rates at which a strongly connected network is at rest.

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


def resting_rates(weights: Floats) -> Floats:
    """Find the rates of a strongly connected matrix of weights with an empty diagonal, up to a factor."""
    if len(weights) > ELIMINATED:
        rates = _solved(weights)
        if rates is not None:
            return rates
    return _eliminated(weights)


def _solved(weights: Floats) -> Floats | None:
    """Solve for all rates but the first; None where the weights are too far apart for that."""
    network = np.diag(weights.sum(axis=1)) - weights
    try:
        others = np.linalg.solve(network[1:, 1:].T, weights[0, 1:])
    except np.linalg.LinAlgError:
        return None
    rates = np.concatenate(([1.0], others))
    sound = bool(np.all(np.isfinite(rates)) and np.all(rates > 0))
    return rates if sound else None


def _eliminated(weights: Floats) -> Floats:
    """Take companies out one by one (Grassmann, Taksar, Heyman 1985): nothing is ever subtracted."""
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
