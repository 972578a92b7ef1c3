"""The pictures of a study, as what plotly.js draws: plain data and layout, without colours of text."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from ouroboros.backtest.chance import Chance
from ouroboros.backtest.outcomes import Foretold
from ouroboros.backtest.run import Result
from ouroboros.backtest.trading import Holding
from ouroboros.backtest.trials import Trial

BLUE, GREY, RED, GREEN, AMBER = "#3b82c4", "#8b919a", "#d1495b", "#3a9d6e", "#d9902f"
# Pictures stay light: no picture shows more points than this.
MOST_POINTS = 5_000


class Chart(NamedTuple):
    """A picture: its title, a sentence on how to read it, and what plotly.js is given."""

    title: str
    reading: str
    data: list[dict[str, Any]]
    layout: dict[str, Any]


def charts(result: Result) -> list[Chart]:
    """Draw everything that a study has figures for."""
    trial = result.trials[0]
    found = [_prices(result, trial)]
    if trial.action and trial.action.performance:
        found.append(_capital(result, trial))
    leads = [(name, one.score.lead_days) for name, one in trial.signals.items() if one.score.lead_days]
    if leads:
        found.append(_leads(result, leads))
    for name, one in trial.signals.items():
        if one.chance:
            found.append(_null(f"Hits of {name} among random dates", "hits", one.chance, whole=True))
    if trial.action and trial.action.chance:
        chance = trial.action.chance
        found.append(_null("Return among random dates", "total return (%)", chance, whole=False))
    return found


def _prices(result: Result, trial: Trial) -> Chart:
    outcome, period = result.study.outcome, result.study.period
    bars = _thinned(result.hindsight.bars)
    shapes, episodes = [], []
    for name, one in trial.signals.items():
        for episode in one.score.episodes:
            ends_at = episode.spell.ends_at or period.ends
            shapes.append(_shade(episode.spell.begins_at, min(ends_at, period.ends), _colour(episode)))
            episodes.append((name, episode))
    moves = [
        (one.came_at, result.hindsight.bars[one.first].verdict.close_usd) for one in result.hindsight.moves
    ]
    data = [
        _line([bar.known_at for bar in bars], [bar.close_usd for bar in bars], str(outcome.priced), BLUE),
        _dots([at for at, _ in moves], [close for _, close in moves], "outcome comes", {"color": RED}, []),
        _dots(
            [one.spell.begins_at for _, one in episodes if one.base_usd],
            [one.base_usd for _, one in episodes if one.base_usd],
            "signal begins",
            {"color": AMBER, "symbol": "triangle-up"},
            [name for name, one in episodes if one.base_usd],
        ),
    ]
    return Chart(
        f"{outcome.priced} and the episodes",
        "Shaded: an episode, green where the outcome followed, red where it did not, grey where it is open.",
        data,
        {**_axes("", "close (USD)"), "shapes": shapes},
    )


def _capital(result: Result, trial: Trial) -> Chart:
    assert trial.action and trial.action.performance  # noqa: S101  asked for only where there is one
    figures, period = trial.action.performance, result.study.period
    data = [_line(_thinned(figures.days), _thinned(figures.capital), "action", BLUE)]
    if result.always:
        held = _line(_thinned(result.always.days), _thinned(result.always.capital), "held all the time", GREY)
        data.append(held)
    shapes = [_shade(*_bounds(one, period.ends), BLUE) for one in trial.action.held]
    return Chart(
        "Capital",
        "Capital begins at 1. Shaded: the times during which the action is to hold.",
        data,
        {**_axes("", "capital"), "shapes": shapes},
    )


def _leads(result: Result, leads: Sequence[tuple[str, tuple[float, ...]]]) -> Chart:
    longest = result.study.outcome.within_days
    axes = _axes("days", "hits")
    axes["xaxis"]["range"] = [0, longest]
    axes["yaxis"]["dtick"] = max(1, max(len(days) for _, days in leads) // 5)
    bins = {"start": 0, "end": longest + 1, "size": max(1, round(longest / 12))}
    data = [
        {"type": "histogram", "x": list(days), "name": name, "xbins": bins, "opacity": 0.8}
        for name, days in leads
    ]
    return Chart(
        "Lead time of hits",
        "Days from the beginning of an episode to the close at which the outcome came.",
        data,
        {**axes, "barmode": "stack", "showlegend": len(leads) > 1},
    )


def _null(title: str, label: str, chance: Chance, *, whole: bool) -> Chart:
    factor = 1 if whole else 100
    drawn = [round(one * factor, 4) for one in chance.drawn]
    observed = round(chance.observed * factor, 4)
    histogram: dict[str, Any] = {
        "type": "histogram",
        "x": drawn,
        "marker": {"color": GREY},
        "name": "random dates",
    }
    if whole:
        histogram["xbins"] = {"start": -0.5, "end": max(*drawn, observed) + 0.5, "size": 1}
    axes = _axes(label, "draws")
    if whole and max(*drawn, observed) < 20:
        axes["xaxis"]["dtick"] = 1
    line = {"type": "line", "x0": observed, "x1": observed, "yref": "paper", "y0": 0, "y1": 1}
    note = {
        "x": observed,
        "y": 1,
        "yref": "paper",
        "yanchor": "bottom",
        "text": "observed",
        "showarrow": False,
    }
    return Chart(
        title,
        f"{len(drawn):,} draws; {chance.p_value:.3f} of them, the observed one counted in, reach as much.",
        [histogram],
        {
            **axes,
            "bargap": 0.05,
            "shapes": [{**line, "line": {"color": RED, "width": 3}}],
            "annotations": [{**note, "font": {"color": RED}}],
            "showlegend": False,
        },
    )


def _axes(x: str, y: str) -> dict[str, Any]:
    return {"xaxis": {"title": {"text": x}}, "yaxis": {"title": {"text": y}}}


def _line(x: Sequence[Any], y: Sequence[float], name: str, colour: str) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "lines",
        "x": list(x),
        "y": list(y),
        "name": name,
        "line": {"color": colour},
    }


def _dots(
    x: Sequence[datetime], y: Sequence[float | None], name: str, marker: dict[str, Any], text: Sequence[str]
) -> dict[str, Any]:
    points = {"type": "scatter", "mode": "markers", "x": list(x), "y": list(y), "text": list(text)}
    return {**points, "name": name, "marker": {**marker, "size": 10}}


def _shade(starts: datetime, ends: datetime, colour: str) -> dict[str, Any]:
    where = {"type": "rect", "xref": "x", "yref": "paper", "x0": starts, "x1": ends, "y0": 0, "y1": 1}
    return {**where, "fillcolor": colour, "opacity": 0.16, "line": {"width": 0}, "layer": "below"}


def _bounds(held: Holding, ends: datetime) -> tuple[datetime, datetime]:
    return held.from_at, held.until or ends


def _colour(episode: Foretold) -> str:
    return {True: GREEN, False: RED, None: GREY}[episode.verdict.followed]


def _thinned(ones: Sequence[Any]) -> Sequence[Any]:
    return ones[:: 1 + len(ones) // MOST_POINTS]
