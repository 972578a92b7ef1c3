"""A result as a page: one file with everything in it, for the screen, dark or light, and for print."""

from collections.abc import Sequence
from datetime import datetime
from html import escape
from importlib.metadata import version as installed_version

import orjson
from plotly.offline import get_plotlyjs

from events.words import day
from ouroboros.backtest.charts import Chart, charts
from ouroboros.backtest.outcomes import Foretold
from ouroboros.backtest.run import Result
from ouroboros.backtest.summary import (
    bounds,
    number,
    percent,
    told_base_rate,
    told_figures,
    told_outcome,
    told_period,
)
from ouroboros.pages.charts import LAYOUT, chart
from ouroboros.pages.markup import Column, Html, element, join, table
from ouroboros.pages.shell import document, shipped

# The legend of a picture stands above it.
ABOVE = {"height": 350, "legend": {"orientation": "h", "y": 1.12}}
EPISODES_SHOWN = 200


def page(result: Result) -> str:
    """Write a result as HTML that needs nothing but itself."""
    study = result.study
    title = study.title or study.study
    said = " ".join((told_period(result), told_outcome(study.outcome), told_base_rate(result)))
    head = (element("h1", title), *(element("p", one) for one in (study.why, said) if one))
    content = (
        *(element("p", element("b", "Warning."), " ", one, class_="warning") for one in result.warnings),
        Html("<h2>What the signals foretold</h2>"),
        _signals(result),
        _actions(result),
        _splits(result),
        *(_picture(number, one) for number, one in enumerate(charts(result))),
        Html("<h2>Episodes</h2>"),
        *map(Html, _episodes(result)),
        _basis(result),
    )
    style = shipped("ouroboros.backtest", "page.css")
    return document(title, head, content, style=style, plotly=get_plotlyjs())


def _picture(at: int, one: Chart) -> Html:
    axes = {name: {**one.layout.get(name, {}), "automargin": True} for name in ("xaxis", "yaxis")}
    drawing = orjson.dumps({"data": one.data, "layout": LAYOUT | ABOVE | one.layout | axes})
    return element(
        "figure",
        element("h2", one.title),
        chart(f"chart-{at}", one.title, drawing),
        element("figcaption", one.reading),
    )


def _table(caption: str, head: Sequence[str], rows: Sequence[Sequence[str]], texts: int) -> Html:
    """Write a table whose first columns are texts, the others figures."""
    columns = [Column(name, number=at >= texts) for at, name in enumerate(head)]
    return table(caption, columns, rows, key=caption.casefold())


def _signals(result: Result) -> Html:
    head = ("variant", "signal", "episodes", "hits", "false alarms", "undecided", "missed outcomes")
    figures = ("precision % (95 %)", "recall % (95 %)", "median lead, days", "Brier", "p", "p after Holm")
    rows = []
    for trial, adjusted in zip(result.trials, result.hits_adjusted, strict=True):
        for name, one in trial.signals.items():
            score = one.score
            counts = (len(score.episodes), score.hits, score.false_alarms, score.undecided, score.misses)
            rows.append(
                (
                    trial.name,
                    name,
                    *map(str, counts),
                    percent(score.precision) + bounds(score.precision_interval),
                    percent(score.recall) + bounds(score.recall_interval),
                    number(score.median_lead_days, 1),
                    number(score.brier, 3),
                    number(one.chance.p_value if one.chance else None, 3),
                    number(adjusted[name], 3),
                )
            )
    return _table("Signals", (*head, *figures), rows, 2)


def _actions(result: Result) -> Html:
    if result.study.action is None:
        return Html("")
    head = ("variant", "return", "a year", "volatility", "Sharpe (95 %)", "max. drawdown", "mean exposure")
    more = ("turnover a year", "trades", "p", "p after Holm")
    rows = []
    for trial, adjusted in zip(result.trials, result.returns_adjusted, strict=True):
        if trial.action and trial.action.performance:
            chance = trial.action.chance
            p_values = (number(chance.p_value if chance else None, 3), number(adjusted, 3))
            rows.append((trial.name, *told_figures(trial.action.performance), *p_values))
    if result.always:
        rows.append(("held all the time", *told_figures(result.always), "-", "-"))
    return join([Html("<h2>What the action earned</h2>"), _table("Action", (*head, *more), rows, 1)])


def _splits(result: Result) -> Html:
    if not result.splits:
        return Html("")
    head = (
        "from",
        "to",
        "chosen on what came before",
        "return before",
        "return after",
        "hits",
        "false alarms",
    )
    rows = [
        (
            day(one.starts),
            day(one.ends),
            one.chosen,
            percent(one.return_before),
            percent(one.return_after),
            str(one.hits),
            str(one.false_alarms),
        )
        for one in result.splits
    ]
    return join([Html("<h2>Walk forward</h2>"), _table("Splits", head, rows, 3)])


def _episodes(result: Result) -> list[str]:
    told = [
        _episode(result, name, one)
        for name, signal in result.trials[0].signals.items()
        for one in signal.score.episodes
    ]
    if len(told) > EPISODES_SHOWN:
        more = f"<p>... and {len(told) - EPISODES_SHOWN:,} more, which result.json has.</p>"
        return [*told[:EPISODES_SHOWN], more]
    return told or ["<p>No signal was up in the period.</p>"]


def _episode(result: Result, name: str, one: Foretold) -> str:
    spell = one.spell
    ended = f" to {_moment(spell.ends_at)}" if spell.ends_at else ", still up at the end"
    messages = "".join(f"<p>{escape(message)}</p>" for message in spell.messages)
    evidence = "".join(
        f"<li>{escape(day(told.known_at))}, {escape(told.source)}: {escape(told.headline)}</li>"
        for event_id in spell.evidence
        if (told := result.evidence.get(event_id))
    )
    listed = f"<ul>{evidence}</ul>" if evidence else ""
    return (
        f'<section class="episode"><h3>{escape(name)}: {_moment(spell.begins_at)}{ended}</h3>'
        f'<p class="outcome">{escape(_told(one))}</p>{messages}{listed}</section>'
    )


def _told(one: Foretold) -> str:
    if one.base_usd is None:
        return "Undecided: no price of the period was known when it began."
    base = f"from a close of {one.base_usd:,.2f} USD"
    match one.verdict.followed:
        case True:
            close, lead = one.verdict.close_usd or 0.0, one.lead_days or 0.0
            return f"Hit: {base} to {close:,.2f} USD after {lead:.1f} days."
        case False:
            return f"False alarm: {base} the outcome did not come in time."
        case _:
            return f"Undecided: {base}, and the period ends before the days are over."


def _moment(at: datetime) -> str:
    return f"{day(at)} {at:%H:%M} UTC"


def _basis(result: Result) -> Html:
    study = result.study
    rows = [
        (part.read, name, digest)
        for part, told in zip(study.history, result.sources, strict=True)
        for name, digest in sorted(told.hashes.items())
    ]
    notes = "".join(f"<li>{escape(one)}</li>" for one in result.notes)
    listed = f"<ul>{notes}</ul>" if notes else ""
    settings = orjson.dumps(study.model_dump(mode="json", exclude_defaults=True), option=orjson.OPT_INDENT_2)
    return Html(
        f"<h2>What it rests on</h2>{listed}"
        f"<p>Ouroboros {escape(installed_version('ouroboros'))}, {study.draws:,} draws, seed {study.seed}."
        " Formulas: docs/backtesting.md.</p>"
        f"{_table('Inputs', ('input', 'file', 'SHA-256'), rows, 3)}"
        f"<details><summary>The study</summary><pre>{escape(settings.decode())}</pre></details>"
    )
