"""The charts of a study."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from ouroboros.backtest.chance import Chance
from ouroboros.backtest.outcomes import EpisodeOutcome
from ouroboros.backtest.run import Result
from ouroboros.backtest.trials import Trial
from ouroboros.html.charts import AMBER, BLUE, COLORS, GREEN, GREY, RED, Figure, Trace, dots, figure, line

# Charts stay light: no line has more points than this.
MOST_POINTS = 5_000


class Chart(NamedTuple):
    """A chart with its title and a sentence on how to read it."""

    title: str
    reading: str
    figure: Figure


def charts(result: Result) -> Iterator[Chart]:
    """Draw everything that a study has figures for."""
    trial = result.trials[0]
    yield _prices(result, trial)
    if trial.action and trial.action.performance:
        yield _capital(result, trial)
    leads = {name: signal.score.lead_days for name, signal in trial.signals.items()}
    if any(leads.values()):
        yield _leads(result, {name: days for name, days in leads.items() if days})
    for name, signal in trial.signals.items():
        if signal.chance:
            yield _draws(f"Hits of {name} among random dates", "hits", signal.chance, whole=True)
    if trial.action and trial.action.chance:
        yield _draws("Return among random dates", "total return (%)", trial.action.chance, whole=False)


def _prices(result: Result, trial: Trial) -> Chart:
    outcome, period, hindsight = result.study.outcome, result.study.period, result.hindsight
    episodes = [
        (name, episode) for name, signal in trial.signals.items() for episode in signal.score.episodes
    ]
    closes = [(bar.known_at, bar.close_usd) for bar in hindsight.bars]
    came = [hindsight.bars[move.first].verdict for move in hindsight.moves]
    moves = [(move.came_at, move.close_usd) for move in came if move.came_at and move.close_usd]
    begun = [(name, episode) for name, episode in episodes if episode.base_usd]
    beginnings = [(episode.active.begins_at, episode.base_usd or 0.0) for _, episode in begun]
    traces = [
        line(str(outcome.priced), _thinned(closes), COLORS.index(BLUE)),
        dots("outcome comes", moves, ["outcome comes"] * len(moves), color=RED),
        dots("signal begins", beginnings, [name for name, _ in begun], color=AMBER, symbol="triangle-up"),
    ]
    shapes = [
        _shade(
            episode.active.begins_at, min(episode.active.ends_at or period.ends, period.ends), _color(episode)
        )
        for _, episode in episodes
    ]
    return Chart(
        f"{outcome.priced} and the episodes",
        "Shaded: an episode, green where the outcome followed, red where it did not, grey where it is open.",
        _figure(traces, "", "close (USD)", shapes=shapes),
    )


def _capital(result: Result, trial: Trial) -> Chart:
    assert trial.action and trial.action.performance  # noqa: S101  asked for only where there is one
    performance, ends = trial.action.performance, result.study.period.ends
    lines = {"action": (performance, BLUE)} | (
        {"held all the time": (result.always, GREY)} if result.always else {}
    )
    traces = [
        line(name, _thinned(list(zip(held.days, held.capital, strict=True))), COLORS.index(color))
        for name, (held, color) in lines.items()
    ]
    shapes = [_shade(holding.from_at, holding.until or ends, BLUE) for holding in trial.action.held]
    return Chart(
        "Capital",
        "Capital begins at 1. Shaded: the times during which the action is to hold.",
        _figure(traces, "", "capital", shapes=shapes),
    )


def _leads(result: Result, leads: dict[str, tuple[float, ...]]) -> Chart:
    longest = result.study.outcome.within_days
    bins = {"start": 0, "end": longest + 1, "size": max(1, round(longest / 12))}
    traces = [
        {
            "type": "histogram",
            "x": list(days),
            "name": name,
            "xbins": bins,
            "opacity": 0.8,
            "marker": {"color": COLORS[rank % len(COLORS)]},
        }
        for rank, (name, days) in enumerate(leads.items())
    ]
    drawn = _figure(traces, "days", "hits", barmode="stack", showlegend=len(leads) > 1)
    drawn["layout"]["xaxis"]["range"] = [0, longest]
    drawn["layout"]["yaxis"]["dtick"] = max(1, max(map(len, leads.values())) // 5)
    return Chart(
        "Lead time of hits",
        "Days from the beginning of an episode to the close at which the outcome came.",
        drawn,
    )


def _draws(title: str, label: str, chance: Chance, *, whole: bool) -> Chart:
    """Draw what random dates reach beside what was observed: whole numbers, or shares as percentages."""
    factor = 1 if whole else 100
    drawn = [round(value * factor, 4) for value in chance.drawn]
    observed = round(chance.observed * factor, 4)
    most = max(*drawn, observed)
    bins = {"xbins": {"start": -0.5, "end": most + 0.5, "size": 1}} if whole else {}
    histogram = {"type": "histogram", "x": drawn, "marker": {"color": GREY}, "name": "random dates", **bins}
    at_observed = {"yref": "paper", "font": {"color": RED}, "text": "observed", "showarrow": False}
    histograms = _figure(
        [histogram],
        label,
        "draws",
        bargap=0.05,
        shapes=[
            {
                **{"type": "line", "x0": observed, "x1": observed, "yref": "paper", "y0": 0, "y1": 1},
                "line": {"color": RED, "width": 3},
            }
        ],
        annotations=[at_observed | {"x": observed, "y": 1, "yanchor": "bottom"}],
        showlegend=False,
    )
    if whole and most < 20:
        histograms["layout"]["xaxis"]["dtick"] = 1
    return Chart(
        title,
        f"{len(drawn):,} draws; {chance.p_value:.3f} of them, the observed one counted in, reach as much.",
        histograms,
    )


def _figure(traces: Sequence[Trace], x: str, y: str, **layout: Any) -> Figure:
    axes: dict[str, Any] = {"xaxis": {"title": {"text": x}}, "yaxis": {"title": {"text": y}}}
    return figure(traces, **axes, **layout)


def _shade(starts: datetime, ends: datetime, color: str) -> dict[str, Any]:
    return {
        "type": "rect",
        "xref": "x",
        "yref": "paper",
        "x0": starts,
        "x1": ends,
        "y0": 0,
        "y1": 1,
        "fillcolor": color,
        "opacity": 0.16,
        "line": {"width": 0},
        "layer": "below",
    }


def _color(episode: EpisodeOutcome) -> str:
    return {True: GREEN, False: RED, None: GREY}[episode.verdict.followed]


def _thinned(points: Sequence[Any]) -> Sequence[Any]:
    return points[:: 1 + len(points) // MOST_POINTS]
