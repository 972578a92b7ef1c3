"""How sure a proportion is."""

from math import sqrt
from typing import NamedTuple

# The quantile of the normal distribution that leaves 2.5 % on each side.
Z_95 = 1.959963984540054


class Interval(NamedTuple):
    """The bounds between which a figure lies, with 95 % confidence."""

    low: float
    high: float


def wilson(successes: int, trials: int) -> Interval | None:
    """Bound a proportion; None without trials.

    E. B. Wilson, "Probable inference, the law of succession, and statistical inference",
    Journal of the American Statistical Association 22 (1927).
    """
    if not trials:
        return None
    share, square = successes / trials, Z_95 * Z_95
    middle = share + square / (2 * trials)
    reach = Z_95 * sqrt(share * (1 - share) / trials + square / (4 * trials * trials))
    whole = 1 + square / trials
    return Interval(max(0.0, (middle - reach) / whole), min(1.0, (middle + reach) / whole))
