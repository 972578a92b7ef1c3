"""A result as a page: one file with everything in it, for the screen, dark or light, and for print."""

from collections.abc import Iterable, Sequence
from importlib.metadata import version as installed_version
from typing import NamedTuple

import orjson

from ouroboros.backtest.charts import charts
from ouroboros.backtest.figures import Figures, action_figures, introduction, signal_figures, split_figures
from ouroboros.backtest.outcomes import EpisodeOutcome
from ouroboros.backtest.run import Result
from ouroboros.html.page import render

EPISODES_SHOWN = 200


class Table(NamedTuple):
    """A table, its columns with their classes; the first ones hold texts, the others figures."""

    caption: str
    columns: dict[str, str]
    rows: list[Sequence[str]]


def page(result: Result) -> str:
    """Return a result as HTML that needs nothing but itself."""
    study = result.study
    episodes = [
        (name, episode, _outcome(episode))
        for name, signal in result.trials[0].signals.items()
        for episode in signal.score.episodes
    ]
    files = [
        {"input": part.read, "file": name, "SHA-256": digest}
        for part, source in zip(study.history, result.sources, strict=True)
        for name, digest in sorted(source.hashes.items())
    ]
    signals = (
        {"variant": trial, "signal": name, **figures} for trial, name, figures in signal_figures(result)
    )
    action = ({"variant": trial, **figures} for trial, figures in action_figures(result))
    settings = study.model_dump(mode="json", exclude_defaults=True)
    return render(
        "backtest.html",
        study.title or study.study,
        study=study,
        subject=" ".join(introduction(result)),
        warnings=result.warnings,
        signals=_table("Signals", signals, texts=2),
        action=_table("Action", action, texts=1),
        splits=_table("Splits", split_figures(result), texts=3),
        charts=charts(result),
        episodes=episodes[:EPISODES_SHOWN],
        more_episodes=len(episodes) - EPISODES_SHOWN,
        evidence=result.evidence,
        notes=result.notes,
        version=installed_version("ouroboros"),
        files=_table("Inputs", files, texts=3),
        settings=orjson.dumps(settings, option=orjson.OPT_INDENT_2).decode(),
    )


def _table(caption: str, rows: Iterable[Figures], texts: int) -> Table:
    """Return a table of rows that have the same columns, of which so many hold texts."""
    listed = list(rows)
    classes = {
        name: "number" if rank >= texts else "" for rank, name in enumerate(listed[0] if listed else ())
    }
    return Table(caption, classes, [list(row.values()) for row in listed])


def _outcome(episode: EpisodeOutcome) -> str:
    """Return in a sentence what came of an episode."""
    if episode.base_usd is None:
        return "Undecided: no price of the period was known when it began."
    base = f"from a close of {episode.base_usd:,.2f} USD"
    match episode.verdict.followed:
        case True:
            close, lead = episode.verdict.close_usd or 0.0, episode.lead_days or 0.0
            return f"Hit: {base} to {close:,.2f} USD after {lead:.1f} days."
        case False:
            return f"False alarm: {base} the outcome did not come in time."
        case _:
            return f"Undecided: {base}, and the period ends before the days are over."
