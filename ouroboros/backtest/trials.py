"""All sets of parameters of a study that are tried, and whether a choice made among them would have held.

Each further set of parameters is another chance to be right by luck. So the p-values of all that was
tried are adjusted together: S. Holm, "A simple sequentially rejective multiple test procedure"
(Scandinavian Journal of Statistics 6, 1979).

To choose, the period is cut into equal parts of time. Before each part but the first, the variant is chosen
that was best on all parts before, by what was known at the cut: by the total return of the action, or without
an action by precision and then by hits. Of equals the first one is chosen.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from operator import itemgetter
from typing import TypeVar

from ouroboros.backtest.chance import Chance, chance_of_hits, chance_of_return
from ouroboros.backtest.outcomes import Hindsight, Score, look_back, score
from ouroboros.backtest.prices import Prices
from ouroboros.backtest.returns import Performance, performance
from ouroboros.backtest.signals import ActivePeriod
from ouroboros.backtest.study import Action, Draws, Period, SignalRule, Study, Variant
from ouroboros.backtest.trading import (
    Holding,
    Trade,
    closes_of,
    holdings,
    total_return,
    trade,
    valuations_of,
)

Tried = TypeVar("Tried")


@dataclass(frozen=True, slots=True)
class SignalResult:
    """A signal's score, and where it stands among random dates."""

    score: Score
    chance: Chance | None


@dataclass(frozen=True, slots=True)
class ActionResult:
    """What the action did and earned, and where that stands among random dates."""

    held: tuple[Holding, ...]
    trades: tuple[Trade, ...]
    performance: Performance | None
    chance: Chance | None


@dataclass(frozen=True, slots=True)
class Trial:
    """All that one set of parameters gives."""

    name: str
    active_periods: Mapping[str, tuple[ActivePeriod, ...]]
    signals: Mapping[str, SignalResult]
    action: ActionResult | None


@dataclass(frozen=True, slots=True)
class Split:
    """What was chosen at a cut, and what came of it until the next one; returns where there is an action."""

    starts: datetime
    ends: datetime
    chosen: str
    return_before: float | None
    return_after: float | None
    hits: int
    false_alarms: int
    undecided: int


def rules_of(study: Study, variant: Variant | None) -> dict[str, SignalRule]:
    """Return the signals of a study, with the levels of a variant in place of their own."""
    changed = {}
    for name, level in (variant.levels if variant else {}).items():
        rule = study.signals[name]
        conditions = tuple(condition.model_copy(update={"level": level}) for condition in rule.of)
        changed[name] = rule.model_copy(update={"of": conditions})
    return study.signals | changed


def tried(
    name: str,
    study: Study,
    prices: Prices,
    hindsight: Hindsight,
    active_periods: Mapping[str, tuple[ActivePeriod, ...]],
) -> Trial:
    """Judge the signals of one set of parameters, and do what the action says."""
    signals = {}
    for signal, periods in active_periods.items():
        scored = score(periods, hindsight, study.period.starts, study.signals[signal].probability)
        signals[signal] = SignalResult(scored, chance_of_hits(scored, hindsight, study.chance))
    action, period = study.action, study.period
    if action is None:
        return Trial(name, active_periods, signals, None)
    held = holdings(action, active_periods[action.signal], period)
    trades, figures = earned(action, prices, held, period, study.chance)
    chance = chance_of_return(action, prices, held, period, study.chance)
    return Trial(name, active_periods, signals, ActionResult(held, trades, figures, chance))


def earned(
    action: Action, prices: Prices, held: Sequence[Holding], period: Period, draws: Draws
) -> tuple[tuple[Trade, ...], Performance | None]:
    """Trade holdings within a period, and take the figures of what they earned."""
    done = trade(action, prices, held, period.ends)
    valuations = valuations_of(done, closes_of(action, prices, period))
    lost_at = next((valuation.known_at for valuation in valuations if valuation.capital <= 0), period.ends)
    # Whoever has nothing left trades no more.
    trades = tuple(order for order in done if order.known_at <= lost_at)
    return trades, performance(valuations, trades, draws)


def holm(p_values: Mapping[Tried, float]) -> dict[Tried, float]:
    """Adjust p-values for how many there are: the smallest times all of them, the next times one less."""
    adjusted = {}
    highest = 0.0
    for rank, (what, p_value) in enumerate(sorted(p_values.items(), key=itemgetter(1))):
        adjusted[what] = highest = max(highest, min(1.0, (len(p_values) - rank) * p_value))
    return adjusted


def walk_forward(
    study: Study, prices: Prices, hindsight: Hindsight, trials: Sequence[Trial], splits: int
) -> Iterator[Split]:
    """Choose at each cut, and judge the choice on what comes until the next one."""
    starts, ends = study.period.starts, study.period.ends
    length = (ends - starts) / (splits + 1)
    cuts = [starts + length * number for number in range(splits + 1)] + [ends]
    signal = study.action.signal if study.action else next(iter(study.signals))
    active_periods = {trial.name: trial.active_periods[signal] for trial in trials}
    for cut, until in pairwise(cuts[1:]):
        before, after = Period(starts=starts, ends=cut), Period(starts=cut, ends=until)
        known = look_back(prices, study.outcome, before)
        merit = {
            name: _merit(study, prices, periods, known, before) for name, periods in active_periods.items()
        }
        chosen = max(merit, key=merit.__getitem__)
        own = active_periods[chosen]
        scored = _score(own, hindsight, after)
        yield Split(
            starts=cut,
            ends=until,
            chosen=chosen,
            return_before=return_within(study, prices, own, before),
            return_after=return_within(study, prices, own, after),
            hits=scored.hits,
            false_alarms=scored.false_alarms,
            undecided=scored.undecided,
        )


def return_within(
    study: Study, prices: Prices, active_periods: Sequence[ActivePeriod], period: Period
) -> float | None:
    """Return what the action earned within a time, entered and valued within it; None without an action."""
    action = study.action
    if action is None:
        return None
    held = holdings(action, active_periods, period)
    return total_return(action, prices, held, closes_of(action, prices, period), period.ends)


def _merit(
    study: Study, prices: Prices, active_periods: Sequence[ActivePeriod], known: Hindsight, before: Period
) -> tuple[float, int]:
    gained = return_within(study, prices, active_periods, before)
    if gained is not None:
        return gained, 0
    scored = _score(active_periods, known, before)
    return (-1.0 if scored.precision is None else scored.precision), scored.hits


def _score(active_periods: Sequence[ActivePeriod], hindsight: Hindsight, period: Period) -> Score:
    begun = [active for active in active_periods if active.begins_at < period.ends]
    return score(begun, hindsight, period.starts, None)
