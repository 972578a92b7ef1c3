"""A result as JSON: the same bytes for the same inputs."""

from collections.abc import Mapping
from dataclasses import asdict
from importlib.metadata import version as installed_version
from typing import Any
from uuid import UUID

import orjson

from ouroboros.backtest.chance import Chance
from ouroboros.backtest.outcomes import EpisodeOutcome, Score
from ouroboros.backtest.returns import Performance
from ouroboros.backtest.run import Result
from ouroboros.backtest.signals import Evidence
from ouroboros.backtest.trials import ActionResult, Trial

FORMAT_VERSION = 1
# Digits behind the point: what lies beyond depends on the order of a sum.
DIGITS = 10


def result_json(result: Result) -> bytes:
    """Write a result as JSON, with a line feed at its end."""
    return orjson.dumps(_rounded(_document(result)), option=orjson.OPT_INDENT_2) + b"\n"


def _document(result: Result) -> dict[str, Any]:
    hindsight = result.hindsight
    return {
        "format_version": FORMAT_VERSION,
        "code_version": installed_version("ouroboros"),
        "study": result.study.model_dump(mode="json"),
        "sources": [
            {
                **part.model_dump(mode="json"),
                **_fields(read, "events first_known_at last_known_at same_events same_prices"),
                "sha256": dict(sorted(read.hashes.items())),
            }
            for part, read in zip(result.study.history, result.sources, strict=True)
        ],
        "warnings": result.warnings,
        "notes": result.notes,
        "outcome": {
            "bars": len(hindsight.bars),
            "decided_bars": len(hindsight.decided),
            "base_rate": hindsight.base_rate,
            "moves": [
                {
                    "begins_at": hindsight.known[move.first],
                    "ends_at": hindsight.known[move.last],
                    "came_at": hindsight.bars[move.first].verdict.came_at,
                }
                for move in hindsight.moves
            ],
        },
        "always_held": _performance(result.always),
        "trials": [_trial(trial, result) for trial in result.trials],
        "walk_forward": [asdict(split) for split in result.splits],
    }


def _fields(value: Any, names: str) -> dict[str, Any]:
    return {name: getattr(value, name) for name in names.split()}


def _trial(trial: Trial, result: Result) -> dict[str, Any]:
    return {
        "name": trial.name,
        "signals": {
            name: {
                **_score(signal.score, result.evidence),
                "null_model_of_hits": _chance(signal.chance, result.adjusted.get((trial.name, name))),
            }
            for name, signal in trial.signals.items()
        },
        "action": _action(trial.action, result.adjusted.get((trial.name, None))) if trial.action else None,
    }


def _score(score: Score, evidence: Mapping[UUID, Evidence]) -> dict[str, Any]:
    return {
        "episode_count": len(score.episodes),
        **_fields(score, "hits false_alarms undecided"),
        "outcomes": score.moves,
        **_fields(score, "misses precision precision_interval recall recall_interval base_rate lead_days"),
        **_fields(score, "median_lead_days brier brier_of_base_rate"),
        # Moves without an episode of their own that began while the signal was up: `misses` has them too.
        **_fields(score, "begun_while_up recall_while_up recall_while_up_interval"),
        "episodes": [_episode(episode, evidence) for episode in score.episodes],
    }


def _episode(episode: EpisodeOutcome, evidence: Mapping[UUID, Evidence]) -> dict[str, Any]:
    active, verdict = episode.active, episode.verdict
    unknown = {"known_at": None, "source": None, "headline": None}
    return {
        **_fields(active, "begins_at ends_at"),
        "base_usd": episode.base_usd,
        "followed": verdict.followed,
        "came_at": verdict.came_at,
        "came_at_close_usd": verdict.close_usd,
        "lead_days": episode.lead_days,
        **_fields(active, "messages signal_ids"),
        "evidence": [
            evidence[event_id]._asdict() if event_id in evidence else {"event_id": event_id, **unknown}
            for event_id in active.evidence
        ],
    }


def _action(action: ActionResult, adjusted: float | None) -> dict[str, Any]:
    return {
        "held": [holding._asdict() for holding in action.held],
        "trades": [trade._asdict() for trade in action.trades],
        "performance": _performance(action.performance),
        "null_model_of_returns": _chance(action.chance, adjusted),
    }


def _performance(figures: Performance | None) -> dict[str, Any] | None:
    if figures is None:
        return None
    capital = list(zip(figures.days, figures.capital, strict=True))
    return asdict(figures) | {"days": len(figures.days), "capital": capital}


def _chance(chance: Chance | None, adjusted: float | None) -> dict[str, Any] | None:
    if chance is None:
        return None
    return {
        "observed": chance.observed,
        "draws": len(chance.drawn),
        "median": chance.drawn[len(chance.drawn) // 2],
        "p_value": chance.p_value,
        "p_value_holm": adjusted,
        "drawn": chance.drawn,
    }


def _rounded(value: Any) -> Any:
    match value:
        case float():
            # 0.0 and -0.0 are written in two ways.
            return round(value, DIGITS) + 0.0
        case dict():
            return {key: _rounded(item) for key, item in value.items()}
        case list() | tuple():
            return [_rounded(item) for item in value]
        case _:
            return value
