"""A result on the screen."""

from collections.abc import Mapping

from rich.console import Console
from rich.table import Table
from rich.text import Text

from events.words import count, day
from ouroboros.backtest.intervals import Interval
from ouroboros.backtest.returns import Performance
from ouroboros.backtest.run import Result
from ouroboros.backtest.study import Outcome

FIGURES = ("return", "a year", "volatility", "Sharpe ratio", "drawdown", "exposure", "turnover", "trades")
# In characters.
FIRST_COLUMN, COLUMN = 16, 21


def show(result: Result, out: Console) -> None:
    """Print what the signals foretold, what the action earned, what chance would have, and what to doubt."""
    study = result.study
    out.print(f"{study.title or study.study}", style="bold", markup=False)
    out.print(f"{told_period(result)} {told_outcome(study.outcome)}", markup=False, soft_wrap=True)
    out.print(told_base_rate(result), markup=False, soft_wrap=True)
    _signals(result, out)
    _action(result, out)
    _walk_forward(result, out)
    for warning in result.warnings:
        out.print("Warning: ", style="bold yellow", end="")
        out.print(warning, markup=False, soft_wrap=True)
    for note in result.notes:
        out.print(f"Note: {note}", markup=False, soft_wrap=True)


def told_period(result: Result) -> str:
    """Say over which time the study goes."""
    period = result.study.period
    return f"From {day(period.starts)} to before {day(period.ends)}."


def told_outcome(outcome: Outcome) -> str:
    """Say what is foretold."""
    verb, part = ("falls", outcome.falls) if outcome.falls is not None else ("rises", outcome.rises)
    by = f"{(part or 0.0) * 100:.4g} %"
    return f"Foretold is that {outcome.priced} {verb} by {by} within {outcome.within_days} days."


def told_base_rate(result: Result) -> str:
    """Say how often the outcome comes anyway."""
    share, moves = result.hindsight.base_rate, count(len(result.hindsight.moves), "stretch", "stretches")
    if share is None:
        return "No bar of the period can be judged: the period is shorter than what is foretold."
    bars = count(len(result.hindsight.decided), "bar")
    return f"It followed {percent(share)} of {bars} whose days are over, in {moves}."


def percent(share: float | None) -> str:
    """Write a share of 1 as a percentage; a dash for what is not defined."""
    return "-" if share is None else f"{share * 100:.1f} %"


def bounds(interval: Interval | None) -> str:
    """Write the bounds of a share; nothing where there are none."""
    return f" ({interval.low * 100:.0f} to {interval.high * 100:.0f})" if interval else ""


def number(value: float | None, digits: int = 2) -> str:
    """Write a number; a dash for what is not defined."""
    return "-" if value is None else f"{value:.{digits}f}"


def _signals(result: Result, out: Console) -> None:
    several = len(result.study.signals) > 1
    stated = any(one.probability is not None for one in result.study.signals.values())
    told: dict[str, dict[str, str]] = {}
    for trial, adjusted in zip(result.trials, result.hits_adjusted, strict=True):
        for name, one in trial.signals.items():
            score, chance = one.score, one.chance
            figures = {
                "episodes": str(len(score.episodes)),
                "hits": str(score.hits),
                "false alarms": str(score.false_alarms),
                "undecided": str(score.undecided),
                "missed": str(score.misses),
                "precision": _share(score.precision, score.precision_interval),
                "recall": _share(score.recall, score.recall_interval),
                "lead, days": number(score.median_lead_days, 1),
                "Brier score": number(score.brier, 3),
                "p": number(chance.p_value if chance else None, 3),
                "p after Holm": number(adjusted[name], 3),
            }
            if not stated:
                del figures["Brier score"]
            told[f"{name}, {trial.name}" if several else trial.name] = figures
    _side_by_side("signal", told, out)


def _action(result: Result, out: Console) -> None:
    if result.study.action is None:
        return
    told: dict[str, dict[str, str]] = {}
    for trial, adjusted in zip(result.trials, result.returns_adjusted, strict=True):
        if trial.action is None or trial.action.performance is None:
            continue
        chance = trial.action.chance
        told[trial.name] = dict(zip(FIGURES, told_figures(trial.action.performance), strict=True)) | {
            "p": number(chance.p_value if chance else None, 3),
            "p after Holm": number(adjusted, 3),
        }
    if result.always:
        told["held all the time"] = dict(zip(FIGURES, told_figures(result.always), strict=True))
    _side_by_side("action", told, out)


def _side_by_side(first: str, told: Mapping[str, Mapping[str, str]], out: Console) -> None:
    """Print a column a trial, as many beside each other as the screen holds."""
    together = max(1, (out.width - FIRST_COLUMN) // COLUMN)
    names = list(told)
    for start in range(0, len(names), together):
        shown = names[start : start + together]
        table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
        table.add_column(first, min_width=FIRST_COLUMN - 2)
        for name in shown:
            table.add_column(Text(name), justify="right", overflow="fold", max_width=COLUMN - 2)
        for figure in told[shown[0]]:
            table.add_row(figure, *(told[name].get(figure, "-") for name in shown))
        out.print(table)
        out.print()


def _table(first: str, *figures: str) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0))
    table.add_column(first, overflow="fold", max_width=24)
    for name in figures:
        table.add_column(name, justify="right", no_wrap=True)
    return table


def _share(share: float | None, interval: Interval | None) -> str:
    if share is None or interval is None:
        return "-"
    return f"{share * 100:.0f} % ({interval.low * 100:.0f}-{interval.high * 100:.0f})"


def told_figures(figures: Performance) -> tuple[str, ...]:
    """Write the figures of returns in the order of the table."""
    return (
        percent(figures.total_return),
        percent(figures.annual_return),
        percent(figures.annual_volatility),
        number(figures.sharpe_ratio) + _between(figures.sharpe_interval),
        percent(figures.max_drawdown),
        percent(figures.exposure),
        number(figures.turnover_a_year, 1),
        str(figures.trades),
    )


def _between(interval: Interval | None) -> str:
    return f" ({interval.low:.1f}..{interval.high:.1f})" if interval else ""


def _walk_forward(result: Result, out: Console) -> None:
    if not result.splits:
        return
    table = _table("walk forward: chosen", "from", "to", "before", "after", "hits", "false")
    for one in result.splits:
        table.add_row(
            one.chosen,
            f"{one.starts:%Y-%m-%d}",
            f"{one.ends:%Y-%m-%d}",
            percent(one.return_before),
            percent(one.return_after),
            str(one.hits),
            str(one.false_alarms),
        )
    out.print(table)
