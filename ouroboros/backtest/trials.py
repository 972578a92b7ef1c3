"""A study with one set of parameters: its signals, what came of them, what the action earned.

Each further set of parameters is another chance to be right by luck. So the p-values of all that was
tried are adjusted together: S. Holm, "A simple sequentially rejective multiple test procedure"
(Scandinavian Journal of Statistics 6, 1979).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import TypeVar

from ouroboros.backtest.chance import Chance, chance_of_hits, chance_of_return
from ouroboros.backtest.outcomes import Hindsight, Score, score
from ouroboros.backtest.prices import Prices
from ouroboros.backtest.returns import Performance, performance
from ouroboros.backtest.signals import ActivePeriod
from ouroboros.backtest.study import Action, Draws, Period, SignalRule, Study, Variant
from ouroboros.backtest.trading import Holding, Trade, closes_of, holdings, trade, valuations_of

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


def rules_of(study: Study, variant: Variant | None) -> dict[str, SignalRule]:
    """Return the signals of a study, with the levels of a variant in place of their own."""
    levels = variant.levels if variant else {}
    return {
        name: rule
        if name not in levels
        else rule.model_copy(
            update={
                "of": tuple(condition.model_copy(update={"level": levels[name]}) for condition in rule.of)
            }
        )
        for name, rule in study.signals.items()
    }


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
    return Trial(
        name, active_periods, signals, _done(study, prices, active_periods) if study.action else None
    )


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


def _done(
    study: Study, prices: Prices, active_periods: Mapping[str, tuple[ActivePeriod, ...]]
) -> ActionResult:
    action, period = study.action, study.period
    assert action is not None  # noqa: S101  asked for only where there is one
    held = holdings(action, active_periods[action.signal], period)
    trades, figures = earned(action, prices, held, period, study.chance)
    return ActionResult(held, trades, figures, chance_of_return(action, prices, held, period, study.chance))
