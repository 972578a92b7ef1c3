"""A result as JSON: the same bytes for the same inputs."""

from collections.abc import Mapping
from importlib.metadata import version as installed_version
from typing import Any
from uuid import UUID

import orjson

from ouroboros.backtest.chance import Chance
from ouroboros.backtest.outcomes import Foretold, Score
from ouroboros.backtest.returns import Performance
from ouroboros.backtest.run import Result
from ouroboros.backtest.signals import Evidence
from ouroboros.backtest.trials import Doing, Trial

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
                "events": told.events,
                "first_known_at": told.first_known_at,
                "last_known_at": told.last_known_at,
                "same_events": told.same_events,
                "same_prices": told.same_prices,
                "sha256": dict(sorted(told.hashes.items())),
            }
            for part, told in zip(result.study.history, result.sources, strict=True)
        ],
        "warnings": result.warnings,
        "notes": result.notes,
        "outcome": {
            "bars": len(hindsight.bars),
            "decided_bars": len(hindsight.decided),
            "base_rate": hindsight.base_rate,
            "moves": [
                {"begins_at": one.begins_at, "ends_at": hindsight.known[one.last], "came_at": one.came_at}
                for one in hindsight.moves
            ],
        },
        "always_held": _performance(result.always),
        "trials": [
            _trial(trial, hits, returns, result.evidence)
            for trial, hits, returns in zip(
                result.trials, result.hits_adjusted, result.returns_adjusted, strict=True
            )
        ],
        "walk_forward": [
            {
                "starts": one.starts,
                "ends": one.ends,
                "chosen": one.chosen,
                "return_before": one.return_before,
                "return_after": one.return_after,
                "hits": one.hits,
                "false_alarms": one.false_alarms,
                "undecided": one.undecided,
            }
            for one in result.splits
        ],
    }


def _trial(
    trial: Trial,
    hits: Mapping[str, float | None],
    returns: float | None,
    evidence: Mapping[UUID, Evidence],
) -> dict[str, Any]:
    return {
        "name": trial.name,
        "signals": {
            name: {
                **_score(one.score, evidence),
                "null_model_of_hits": _chance(one.chance, hits[name]),
            }
            for name, one in trial.signals.items()
        },
        "action": _action(trial.action, returns) if trial.action else None,
    }


def _score(score: Score, evidence: Mapping[UUID, Evidence]) -> dict[str, Any]:
    return {
        "episode_count": len(score.episodes),
        "hits": score.hits,
        "false_alarms": score.false_alarms,
        "undecided": score.undecided,
        "outcomes": score.moves,
        "misses": score.misses,
        "precision": score.precision,
        "precision_interval": score.precision_interval,
        "recall": score.recall,
        "recall_interval": score.recall_interval,
        "base_rate": score.base_rate,
        "lead_days": score.lead_days,
        "median_lead_days": score.median_lead_days,
        "brier": score.brier,
        "brier_of_base_rate": score.brier_of_base_rate,
        "episodes": [_episode(one, evidence) for one in score.episodes],
    }


def _episode(one: Foretold, evidence: Mapping[UUID, Evidence]) -> dict[str, Any]:
    spell = one.spell
    return {
        "begins_at": spell.begins_at,
        "ends_at": spell.ends_at,
        "base_usd": one.base_usd,
        "followed": one.verdict.followed,
        "came_at": one.verdict.came_at,
        "came_at_close_usd": one.verdict.close_usd,
        "lead_days": one.lead_days,
        "messages": spell.messages,
        "signal_ids": spell.signal_ids,
        "evidence": [
            {
                "event_id": event_id,
                "known_at": told.known_at if (told := evidence.get(event_id)) else None,
                "source": told.source if told else None,
                "headline": told.headline if told else None,
            }
            for event_id in spell.evidence
        ],
    }


def _action(done: Doing, adjusted: float | None) -> dict[str, Any]:
    return {
        "held": [{"from_at": one.from_at, "until": one.until} for one in done.held],
        "trades": [one._asdict() for one in done.trades],
        "performance": _performance(done.performance),
        "null_model_of_returns": _chance(done.chance, adjusted),
    }


def _performance(figures: Performance | None) -> dict[str, Any] | None:
    if figures is None:
        return None
    return {
        "total_return": figures.total_return,
        "annual_return": figures.annual_return,
        "annual_volatility": figures.annual_volatility,
        "sharpe_ratio": figures.sharpe_ratio,
        "max_drawdown": figures.max_drawdown,
        "exposure": figures.exposure,
        "days": len(figures.days),
        "days_invested": figures.days_invested,
        "turnover_a_year": figures.turnover_a_year,
        "costs": figures.costs,
        "trades": figures.trades,
        "annual_mean_return_interval": figures.annual_mean_interval,
        "sharpe_ratio_interval": figures.sharpe_interval,
        "capital": [[day, capital] for day, capital in zip(figures.days, figures.capital, strict=True)],
    }


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
            return {key: _rounded(one) for key, one in value.items()}
        case list() | tuple():
            return [_rounded(one) for one in value]
        case _:
            return value
