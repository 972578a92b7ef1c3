"""Whether a choice made on the past would have held: choose the best variant, judge it on what comes next.

The period is cut into equal parts of time. Before each part but the first, the variant is chosen that was
best on all parts before, by what was known at the cut: by the total return of the action, or without an
action by precision and then by hits. Of equals the first one is chosen.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from ouroboros.backtest.outcomes import Hindsight, Score, look_back, score
from ouroboros.backtest.prices import Prices
from ouroboros.backtest.signals import ActivePeriod
from ouroboros.backtest.study import Period, Study
from ouroboros.backtest.trading import closes_of, holdings, total_return
from ouroboros.backtest.trials import Trial


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


def walk_forward(
    study: Study, prices: Prices, hindsight: Hindsight, trials: Sequence[Trial], splits: int
) -> tuple[Split, ...]:
    """Choose and judge at each cut."""
    starts, ends = study.period.starts, study.period.ends
    length = (ends - starts) / (splits + 1)
    cuts = [starts + length * number for number in range(splits + 1)] + [ends]
    signal = study.action.signal if study.action else next(iter(study.signals))
    active_periods = {trial.name: trial.active_periods[signal] for trial in trials}
    found = []
    for cut, until in pairwise(cuts[1:]):
        before, after = Period(starts=starts, ends=cut), Period(starts=cut, ends=until)
        known = look_back(prices, study.outcome, before)
        merit = {
            name: _merit(study, prices, periods, known, before) for name, periods in active_periods.items()
        }
        chosen = max(merit, key=merit.__getitem__)
        own = active_periods[chosen]
        scored = _score([active for active in own if active.begins_at < until], hindsight, cut)
        found.append(
            Split(
                starts=cut,
                ends=until,
                chosen=chosen,
                return_before=earned(study, prices, own, before),
                return_after=earned(study, prices, own, after),
                hits=scored.hits,
                false_alarms=scored.false_alarms,
                undecided=scored.undecided,
            )
        )
    return tuple(found)


def earned(
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
    gained = earned(study, prices, active_periods, before)
    if gained is not None:
        return gained, 0
    scored = _score(
        [active for active in active_periods if active.begins_at < before.ends], known, before.starts
    )
    return (-1.0 if scored.precision is None else scored.precision), scored.hits


def _score(active_periods: Sequence[ActivePeriod], hindsight: Hindsight, starts: datetime) -> Score:
    return score(active_periods, hindsight, starts, None)
