"""What chance alone would have reached: as many episodes as the signal had, at random dates of the period.

Episodes are judged at random decided bars, no bar twice. Holdings keep their lengths, in bars, and are
strewn over the period without touching. The share of draws that reach what the signal reached, with the
signal itself counted in, is the p-value: Phipson and Smyth, "Permutation p-values should never be zero"
(Statistical Applications in Genetics and Molecular Biology 9, 2010).
"""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from ouroboros.backtest.outcomes import Hindsight, Score
from ouroboros.backtest.prices import Prices
from ouroboros.backtest.study import Action, Draws, Period
from ouroboros.backtest.trading import Holding, closes_of, total_return


@dataclass(frozen=True, slots=True)
class Chance:
    """A figure, the same figure of random dates (sorted), and how often those reach it."""

    observed: float
    drawn: tuple[float, ...]
    p_value: float


def chance_of_hits(score: Score, hindsight: Hindsight, draws: Draws) -> Chance | None:
    """Draw hits of as many episodes as were judged; None where there are none, or too few bars."""
    decided = hindsight.decided
    if not score.judged or score.judged > len(decided):
        return None
    followed = np.array([hindsight.bars[at].verdict.followed is True for at in decided])
    generator = np.random.default_rng(draws.seed)
    drawn = []
    for _ in range(draws.number):
        chosen = generator.choice(len(followed), score.judged, replace=False)
        drawn.append(float(followed[chosen].sum()))
    return _among(float(score.hits), drawn)


def chance_of_return(
    action: Action, prices: Prices, held: Sequence[Holding], period: Period, draws: Draws
) -> Chance | None:
    """Draw total returns of holdings of the same lengths; None where nothing, or everything, is held."""
    closes = closes_of(action, prices, period)
    times = closes.times
    if not times:
        return None
    lengths = [length for holding in held if (length := _bars(times, holding))]
    free = len(times) - sum(lengths)
    if not lengths or free < 1:
        return None
    generator = np.random.default_rng(draws.seed)
    drawn = []
    for _ in range(draws.number):
        # Cuts into what is free, sorted, are the gaps between holdings: every placing is as likely.
        cuts = np.sort(generator.choice(free + 1, len(lengths), replace=free + 1 < len(lengths)))
        placed = _placed(times, [lengths[at] for at in generator.permutation(len(lengths))], cuts.tolist())
        drawn.append(total_return(action, prices, placed, closes, period.ends))
    return _among(total_return(action, prices, held, closes, period.ends), drawn)


def _bars(times: Sequence[datetime], held: Holding) -> int:
    last = len(times) if held.until is None else bisect_left(times, held.until)
    return last - bisect_left(times, held.from_at)


def _placed(times: Sequence[datetime], lengths: Sequence[int], cuts: Sequence[int]) -> list[Holding]:
    placed, taken = [], 0
    for cut, length in zip(cuts, lengths, strict=True):
        first = cut + taken
        taken += length
        last = first + length
        placed.append(Holding(times[first], times[last] if last < len(times) else None))
    return placed


def _among(observed: float, drawn: Sequence[float]) -> Chance:
    # Sums in another order differ in their last digits.
    reach = sum(1 for figure in drawn if figure >= observed - 1e-12)
    return Chance(observed, tuple(sorted(drawn)), (1 + reach) / (1 + len(drawn)))
