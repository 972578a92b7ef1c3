"""Running a study: fold the history with each set of parameters, then judge with hindsight."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from events.errors import UsageError
from events.families.desk import WatchlistChanged
from events.words import count
from ouroboros.backtest.checks import IMPORT, check_prices
from ouroboros.backtest.outcomes import Hindsight, look_back
from ouroboros.backtest.prices import Prices
from ouroboros.backtest.returns import Performance
from ouroboros.backtest.signals import Evidence, active_periods, evidence_of, fits, signal_rows
from ouroboros.backtest.sources import Part, PartSummary, Source, parameters, without_its_time
from ouroboros.backtest.study import AS_STATED, Study
from ouroboros.backtest.study_file import read_study
from ouroboros.backtest.trading import Holding
from ouroboros.backtest.trials import Split, Trial, earned, holm, rules_of, tried, walk_forward
from ouroboros.history.opening import open_history
from ouroboros.watchlist import read_watchlist
from ouroboros.yaml_file import Document
from projections.episodes.rows import SignalRow
from projections.event_batch import EventBatch
from streams.settings import Settings

# Below 10 episodes the 95 % interval of a proportion of one half is wider than one half itself.
FEWEST_EPISODES = 10
FEWEST_MOVES = 5
FEWEST_DAYS = 60


@dataclass(frozen=True, slots=True)
class Result:
    """All that a study gives; the first trial is the study as stated, the others are its variants.

    `always` is the action held all the time. `adjusted` are Holm's p-values by the name of the trial and
    that of the signal whose hits they are of; None stands for the action's returns.
    """

    study: Study
    sources: tuple[PartSummary, ...]
    prices: Prices
    hindsight: Hindsight
    trials: tuple[Trial, ...]
    adjusted: Mapping[tuple[str, str | None], float]
    always: Performance | None
    splits: tuple[Split, ...]
    evidence: Mapping[UUID, Evidence]
    notes: tuple[str, ...]
    warnings: tuple[str, ...]


def run_file(settings: Settings, path: Path) -> Result:
    """Read a study and run it. Raises UsageError for a mistake in it, or prices that cannot carry it."""
    study, document = read_study(path)
    watchlist = read_watchlist(Path(study.watchlist), datetime.now(UTC)) if study.watchlist else None
    return run(study, document, _source(settings, study, document), watchlist)


def _source(settings: Settings, study: Study, document: Document) -> Source:
    # Single prices of a file are drawn into bars of the length that the study reads.
    settings = settings.model_copy(update={"bar_seconds": study.bar_seconds})
    parts = []
    for number, part in enumerate(study.history):
        try:
            parts.append(Part(part, open_history(part.read, settings=settings, mapping=part.mapping)))
        except UsageError as error:
            line = document.line(("history", number))
            prices = f"The study needs prices of {', '.join(map(str, study.universe))}: {IMPORT}"
            raise UsageError(
                f"{document.path}, line {line}: {error.message}", f"{error.remedy} {prices}"
            ) from None
    return Source(parts, study.period.ends)


def run(study: Study, document: Document, source: Source, watchlist: WatchlistChanged | None) -> Result:
    """Run a study over its history, once for each set of parameters.

    Raises UsageError where the history is empty, or its prices cannot carry the study.
    """
    prices = Prices(study.universe, study.bar_seconds, source.histories)
    indicators = {condition.indicator for rule in study.signals.values() for condition in rule.of}
    base = [without_its_time(watchlist)] if watchlist else []
    # By thresholds and windows: levels are judged on the same steps.
    folded: dict[tuple[object, object], list[SignalRow]] = {
        ((), ()): list(signal_rows(_keeping(source.batches(base), prices), indicators))
    }
    prices.let_single_prices_stand_in()
    notes = check_prices(document, study, prices)
    hindsight = look_back(prices, study.outcome, study.period)
    trials = []
    for variant in (None, *study.variants):
        key = (variant.thresholds, variant.windows) if variant else ((), ())
        if key not in folded:
            own = [parameters(variant)] if variant else []
            folded[key] = list(signal_rows(source.batches([*base, *own]), indicators))
        found = active_periods(folded[key], rules_of(study, variant))
        trials.append(tried(variant.name if variant else AS_STATED, study, prices, hindsight, found))
    always = None
    if study.action:
        whole_period = [Holding(study.period.starts, None)]
        _, always = earned(study.action, prices, whole_period, study.period, study.chance)
    wanted = frozenset(
        event_id
        for trial in trials
        for periods in trial.active_periods.values()
        for active in periods
        for event_id in active.evidence
    )
    return Result(
        study=study,
        sources=source.summaries,
        prices=prices,
        hindsight=hindsight,
        trials=tuple(trials),
        adjusted=_adjusted(trials),
        always=always,
        splits=tuple(walk_forward(study, prices, hindsight, trials, study.walk_forward.splits))
        if study.walk_forward
        else (),
        evidence=evidence_of(source.batches(base), wanted) if wanted else {},
        notes=(*source.notes(study.universe), *notes, *_never_met(study, folded[(), ()])),
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


def _adjusted(trials: Sequence[Trial]) -> dict[tuple[str, str | None], float]:
    """Adjust the p-values of everything that was tried together, hits and returns each among themselves."""
    hits: dict[tuple[str, str | None], float] = {
        (trial.name, name): signal.chance.p_value
        for trial in trials
        for name, signal in trial.signals.items()
        if signal.chance
    }
    returns: dict[tuple[str, str | None], float] = {
        (trial.name, None): trial.action.chance.p_value
        for trial in trials
        if trial.action and trial.action.chance
    }
    return holm(hits) | holm(returns)


def _never_met(study: Study, rows: Sequence[SignalRow]) -> Iterator[str]:
    """Yield the conditions that no subject ever came near."""
    for name, rule in study.signals.items():
        for condition in rule.of:
            indicator, subject = condition.indicator, condition.subject
            if not any(row.indicator == indicator and fits(subject, row.subject) for row in rows):
                yield f"Signal {name}: {indicator} never left calm for a subject like {subject!r}."


def _warnings(trial: Trial) -> Iterator[str]:
    """Yield where there is too little to say anything."""
    for name, signal in trial.signals.items():
        judged, moves = signal.score.judged, signal.score.moves
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
