"""Running a study: fold the history with each set of parameters, then judge with hindsight."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from events.desk import WatchlistChanged
from events.errors import UsageError
from events.words import count
from ouroboros.backtest.checks import check_prices
from ouroboros.backtest.intervals import FEWEST_DAYS, FEWEST_EPISODES, FEWEST_MOVES
from ouroboros.backtest.outcomes import Hindsight, look_back
from ouroboros.backtest.prices import Prices
from ouroboros.backtest.returns import Performance
from ouroboros.backtest.signals import Evidence, evidence_of, fits, signal_rows, spells
from ouroboros.backtest.sources import Source, Told, parameters, without_its_time
from ouroboros.backtest.study import AS_STATED, Study, Variant
from ouroboros.backtest.trading import Holding
from ouroboros.backtest.trials import Trial, earned, holm, rules_of, tried
from ouroboros.backtest.walk_forward import Split, walk_forward
from ouroboros.yaml_lines import Lines
from projections.event_batch import EventBatch
from projections.warning_signs.rows import SignalRow


@dataclass(frozen=True, slots=True)
class Result:
    """All that a study gives; the first trial is the study as stated, the others are its variants.

    `always` is the action held all the time. Holm's p-values are in the order of the trials: of each
    signal's hits, and of the action's returns; None where there is none to adjust.
    """

    study: Study
    sources: tuple[Told, ...]
    prices: Prices
    hindsight: Hindsight
    trials: tuple[Trial, ...]
    hits_adjusted: tuple[Mapping[str, float | None], ...]
    returns_adjusted: tuple[float | None, ...]
    always: Performance | None
    splits: tuple[Split, ...]
    evidence: Mapping[UUID, Evidence]
    notes: tuple[str, ...]
    warnings: tuple[str, ...]


def run(
    path: Path, study: Study, document: Lines, source: Source, watchlist: WatchlistChanged | None
) -> Result:
    """Run a study over its history, once for each set of parameters.

    Raises UsageError where the history is empty, or its prices cannot carry the study.
    """
    prices = Prices(study.universe, study.bar_seconds)
    indicators = {one.indicator for rule in study.signals.values() for one in rule.of}
    base = [without_its_time(watchlist)] if watchlist else []
    folded: dict[tuple[object, ...], list[SignalRow]] = {
        _parameters(None): list(signal_rows(_keeping(source.batches(base), prices), indicators))
    }
    prices.let_single_prices_stand_in()
    notes = check_prices(path, document, study, prices)
    hindsight = look_back(prices, study.outcome, study.period)
    trials = []
    for variant in (None, *study.variants):
        key = _parameters(variant)
        if key not in folded:
            own = [parameters(variant.name, variant.thresholds, variant.windows)] if variant else []
            folded[key] = list(signal_rows(source.batches([*base, *own]), indicators))
        found = spells(folded[key], rules_of(study, variant))
        trials.append(tried(variant.name if variant else AS_STATED, study, prices, hindsight, found))
    hits_adjusted, returns_adjusted = _adjusted(trials)
    wanted = frozenset(
        event_id
        for trial in trials
        for ones in trial.spells.values()
        for spell in ones
        for event_id in spell.evidence
    )
    return Result(
        study=study,
        sources=source.told,
        prices=prices,
        hindsight=hindsight,
        trials=tuple(trials),
        hits_adjusted=hits_adjusted,
        returns_adjusted=returns_adjusted,
        always=_always(study, prices),
        splits=walk_forward(study, prices, hindsight, trials, study.walk_forward.splits)
        if study.walk_forward
        else (),
        evidence=evidence_of(source.batches(base), wanted) if wanted else {},
        notes=(*source.notes(study.universe), *notes, *_never_met(study, folded[_parameters(None)])),
        warnings=tuple(_warnings(trials[0])),
    )


def _keeping(history: Iterator[EventBatch], prices: Prices) -> Iterator[EventBatch]:
    """Keep the prices that pass by; whoever folds never sees them."""
    empty = True
    for batch in history:
        empty = False
        prices.take(batch)
        yield batch
    if empty:
        raise UsageError(
            "The history holds no event that was known before the end of the period.",
            "Choose a later period, or name another history.",
        )


def _parameters(variant: Variant | None) -> tuple[object, ...]:
    return (variant.thresholds, variant.windows) if variant else ((), ())


def _adjusted(
    trials: Sequence[Trial],
) -> tuple[tuple[Mapping[str, float | None], ...], tuple[float | None, ...]]:
    """Adjust the p-values of everything that was tried together, hits and returns each among themselves."""
    places = [
        (at, name)
        for at, trial in enumerate(trials)
        for name, one in trial.signals.items()
        if one.chance is not None
    ]
    values = [chance.p_value for at, name in places if (chance := trials[at].signals[name].chance)]
    by_place = dict(zip(places, holm(values), strict=True))
    hits = tuple(
        {name: by_place.get((at, name)) for name in trial.signals} for at, trial in enumerate(trials)
    )
    drawn = {
        at: one.action.chance.p_value for at, one in enumerate(trials) if one.action and one.action.chance
    }
    returns = dict(zip(drawn, holm(list(drawn.values())), strict=True))
    return hits, tuple(returns.get(at) for at in range(len(trials)))


def _always(study: Study, prices: Prices) -> Performance | None:
    if study.action is None:
        return None
    held = [Holding(study.period.starts, None)]
    return earned(study.action, prices, held, study.period, study.chance)[1]


def _never_met(study: Study, rows: Sequence[SignalRow]) -> Iterator[str]:
    """Tell of conditions that no subject ever came near."""
    for name, rule in study.signals.items():
        for one in rule.of:
            if not any(row.indicator == one.indicator and fits(one.subject, row.subject) for row in rows):
                yield (f"Signal {name}: {one.indicator} never left calm for a subject like {one.subject!r}.")


def _warnings(trial: Trial) -> Iterator[str]:
    """Tell where there is too little to say anything."""
    for name, one in trial.signals.items():
        judged, moves = one.score.judged, one.score.moves
        if judged < FEWEST_EPISODES or moves < FEWEST_MOVES:
            seen = f"{count(judged, 'judged episode')} and {count(moves, 'outcome')}"
            needed = f"at least {FEWEST_EPISODES} and {FEWEST_MOVES} are needed"
            yield f"Signal {name}: {seen} say too little; {needed}."
    figures = trial.action.performance if trial.action else None
    if trial.action and (figures is None or figures.days_invested < FEWEST_DAYS):
        invested = figures.days_invested if figures else 0
        yield (
            f"The action held something on {count(invested, 'day')}, which says too little about returns;"
            f" at least {FEWEST_DAYS} are needed."
        )
