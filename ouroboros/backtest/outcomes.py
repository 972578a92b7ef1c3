"""What came of each signal: hits, false alarms, and the falls or rises that no signal foretold.

A signal is judged at a bar. Its base is its own close, the last one known when a signal begins
behind it. The outcome holds for a bar where a later close, known no more than `within_days` after,
is so far from the base. It is undecided where the prices of the period end before those days do,
whatever came until then.

Recall is counted in two ways: by the moves in which a signal went up, and by these together with those that
began while it was up already. A signal that stays up for long says little by the second, and is wronged by
the first.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from statistics import fmean, median
from typing import NamedTuple

import numpy as np
from scipy.stats import binomtest

from ouroboros.backtest.prices import Prices
from ouroboros.backtest.signals import ActivePeriod
from ouroboros.backtest.study import Outcome, Period
from projections.event_batch import Numbers

DAY = timedelta(days=1)
LAST_DIGITS = 1e-12


class Interval(NamedTuple):
    """The bounds between which a figure lies, with 95 % confidence."""

    low: float
    high: float


class Verdict(NamedTuple):
    """Whether the outcome followed (None: not known yet), and the close at which it came."""

    followed: bool | None = None
    came_at: datetime | None = None
    close_usd: float | None = None


class Judged(NamedTuple):
    """A bar of the outcome's price and what followed it."""

    known_at: datetime
    close_usd: float
    verdict: Verdict


class Move(NamedTuple):
    """A stretch of bars (their indices) from each of which the outcome was still ahead: a fall, or a rise."""

    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Hindsight:
    """Every bar of the period with what followed, known only when all is over."""

    bars: tuple[Judged, ...]
    moves: tuple[Move, ...]
    known: tuple[datetime, ...]

    def at(self, time: datetime) -> int | None:
        """Return the last bar that was known at a time; None before the first one of the period."""
        number = bisect_right(self.known, time)
        return number - 1 if number else None

    @property
    def base_rate(self) -> float | None:
        """Return the part of all decided bars from which the outcome followed."""
        decided = self.decided
        return fmean(bool(self.bars[at].verdict.followed) for at in decided) if decided else None

    @property
    def decided(self) -> tuple[int, ...]:
        """Return the bars of which it is known what followed."""
        return tuple(at for at, bar in enumerate(self.bars) if bar.verdict.followed is not None)


class EpisodeOutcome(NamedTuple):
    """A time of a signal being up, and what came of it; `bar` is the last one known at its beginning."""

    active: ActivePeriod
    bar: int | None
    base_usd: float | None
    verdict: Verdict
    lead_days: float | None


@dataclass(frozen=True, slots=True)
class Score:
    """How well a signal foretold the outcome; a figure that nothing says anything about is None.

    `misses` are the moves in which no episode began; of these, `begun_while_up` began while the signal was up
    already. `recall` counts those as missed, `recall_while_up` as foretold.
    """

    episodes: tuple[EpisodeOutcome, ...]
    hits: int
    false_alarms: int
    undecided: int
    moves: int
    misses: int
    precision: float | None
    precision_interval: Interval | None
    recall: float | None
    recall_interval: Interval | None
    begun_while_up: int
    recall_while_up: float | None
    recall_while_up_interval: Interval | None
    base_rate: float | None
    lead_days: tuple[float, ...]
    brier: float | None
    brier_of_base_rate: float | None

    @property
    def judged(self) -> int:
        """Return the number of episodes of which it is known what followed."""
        return self.hits + self.false_alarms

    @property
    def median_lead_days(self) -> float | None:
        """Return the median lead time in days."""
        return median(self.lead_days) if self.lead_days else None


def look_back(prices: Prices, outcome: Outcome, period: Period) -> Hindsight:
    """Judge every bar of a period, by the closes of that period alone."""
    closes: list[tuple[datetime, float]] = []
    for bar in prices.series[outcome.priced].bars:
        if not period.starts <= bar.known_at < period.ends:
            continue
        if bar.corrects and closes:
            closes.pop()
        closes.append((bar.known_at, bar.close_usd))
    came = _came(outcome, np.array([close for _, close in closes]))
    judged = tuple(
        Judged(known_at, close, _verdict(outcome, closes, known_at, later))
        for (known_at, close), later in zip(closes, came, strict=True)
    )
    return Hindsight(judged, tuple(_moves(judged)), tuple(bar.known_at for bar in judged))


def score(
    active_periods: Sequence[ActivePeriod],
    hindsight: Hindsight,
    starts: datetime,
    probability: float | None,
) -> Score:
    """Judge the episodes that began in the period, and the moves that none of them foretold."""
    episodes = tuple(
        _outcome_of(active, hindsight) for active in active_periods if active.begins_at >= starts
    )
    decided = [episode for episode in episodes if episode.verdict.followed is not None]
    hits = [episode for episode in decided if episode.verdict.followed]
    foretold = {
        number
        for number, move in enumerate(hindsight.moves)
        for hit in hits
        if hit.bar is not None and move.first <= hit.bar <= move.last
    }
    begun_while_up = sum(
        number not in foretold and _is_up(active_periods, hindsight.known[move.first])
        for number, move in enumerate(hindsight.moves)
    )
    warned = len(foretold) + begun_while_up
    moves, base = len(hindsight.moves), hindsight.base_rate
    return Score(
        episodes=episodes,
        hits=len(hits),
        false_alarms=len(decided) - len(hits),
        undecided=len(episodes) - len(decided),
        moves=moves,
        misses=moves - len(foretold),
        precision=len(hits) / len(decided) if decided else None,
        precision_interval=wilson(len(hits), len(decided)),
        recall=len(foretold) / moves if moves else None,
        recall_interval=wilson(len(foretold), moves),
        begun_while_up=begun_while_up,
        recall_while_up=warned / moves if moves else None,
        recall_while_up_interval=wilson(warned, moves),
        base_rate=base,
        lead_days=tuple(hit.lead_days for hit in hits if hit.lead_days is not None),
        brier=_brier(probability, decided),
        brier_of_base_rate=_brier(base, decided) if probability is not None else None,
    )


def wilson(successes: int, trials: int) -> Interval | None:
    """Bound a proportion; None without trials.

    E. B. Wilson, "Probable inference, the law of succession, and statistical inference",
    Journal of the American Statistical Association 22 (1927).
    """
    if not trials:
        return None
    bounds = binomtest(successes, trials).proportion_ci(confidence_level=0.95, method="wilson")
    return Interval(float(bounds.low), float(bounds.high))


def _is_up(active_periods: Iterable[ActivePeriod], time: datetime) -> bool:
    """Return whether a signal is up at a time, that of its beginning included."""
    return any(
        active.begins_at <= time and (active.ends_at is None or time < active.ends_at)
        for active in active_periods
    )


def _came(outcome: Outcome, closes: Numbers) -> list[int]:
    """Return, for each close, the first later one at which the outcome has come."""
    # The last digits are only how a computer writes a tenth.
    if outcome.falls is not None:
        return first_at_most(closes, closes * (1 - outcome.falls) * (1 + LAST_DIGITS))
    return first_at_most(-closes, -closes * (1 + (outcome.rises or 0.0)) * (1 - LAST_DIGITS))


def _verdict(
    outcome: Outcome, closes: Sequence[tuple[datetime, float]], begins_at: datetime, came: int
) -> Verdict:
    last = begins_at + outcome.window
    # To count what came early and leave open what may still come would make every signal look good.
    if last > closes[-1][0]:
        return Verdict()
    if came < len(closes) and closes[came][0] <= last:
        return Verdict(True, *closes[came])
    return Verdict(followed=False)


def _moves(bars: Sequence[Judged]) -> Iterator[Move]:
    for followed, stretch in groupby(range(len(bars)), key=lambda at: bars[at].verdict.followed):
        if followed:
            bars_of_move = list(stretch)
            yield Move(bars_of_move[0], bars_of_move[-1])


def _outcome_of(active: ActivePeriod, hindsight: Hindsight) -> EpisodeOutcome:
    at = hindsight.at(active.begins_at)
    if at is None:
        return EpisodeOutcome(active, None, None, Verdict(), None)
    bar = hindsight.bars[at]
    came_at = bar.verdict.came_at
    # Days of the signal, not of the bar: on a weekend it may be a little younger.
    lead = (came_at - active.begins_at) / DAY if came_at else None
    return EpisodeOutcome(active, at, bar.close_usd, bar.verdict, lead)


def _brier(probability: float | None, decided: Sequence[EpisodeOutcome]) -> float | None:
    if probability is None or not decided:
        return None
    return fmean((probability - bool(episode.verdict.followed)) ** 2 for episode in decided)


def first_at_most(values: Numbers, levels: Numbers) -> list[int]:
    """Return, for each index, the first later one whose value is at most the level given there.

    The number of values where there is none.
    """
    # Only values before which none is as low are ever the first: they rise from the farthest to the nearest.
    lows: list[int] = []
    found = []
    course, wanted = values.tolist(), levels.tolist()
    for index in reversed(range(len(course))):
        reached = bisect_right(lows, wanted[index], key=course.__getitem__)
        found.append(lows[reached - 1] if reached else len(course))
        while lows and course[lows[-1]] >= course[index]:
            lows.pop()
        lows.append(index)
    return found[::-1]
