"""What a result says, in sentences and figures: the same on the page (page.py) and on the screen."""

from collections.abc import Iterator, Mapping

from rich.console import Console
from rich.table import Table
from rich.text import Text

from events.words import count, day
from ouroboros.backtest.chance import Chance
from ouroboros.backtest.outcomes import Interval
from ouroboros.backtest.returns import Performance
from ouroboros.backtest.run import Result
from ouroboros.backtest.study import Outcome

# The texts of a row by their columns.
Figures = dict[str, str]

# In characters.
FIRST_COLUMN, COLUMN = 16, 21


def introduction(result: Result) -> tuple[str, str]:
    """Return over which time the study goes and what is foretold, and how often that comes anyway."""
    period = result.study.period
    stated = f"From {day(period.starts)} to before {day(period.ends)}. {outcome_text(result.study.outcome)}"
    hindsight = result.hindsight
    if hindsight.base_rate is None:
        return stated, "No bar of the period can be judged: the period is shorter than what is foretold."
    bars, moves = count(len(hindsight.decided), "bar"), count(len(hindsight.moves), "stretch", "stretches")
    return stated, (
        f"It followed {percent(hindsight.base_rate)} of {bars} whose days are over, in {moves}. One in which"
        " a signal went up counts for both recalls, one that began while it was up already for the second"
        " alone."
    )


def outcome_text(outcome: Outcome) -> str:
    """Return what is foretold, in a sentence."""
    verb, part = ("falls", outcome.falls) if outcome.falls is not None else ("rises", outcome.rises)
    by = f"{(part or 0.0) * 100:.4g} %"
    return f"Foretold is that {outcome.priced} {verb} by {by} within {outcome.within_days} days."


def signal_figures(result: Result) -> Iterator[tuple[str, str, Figures]]:
    """Return of each trial and signal their names and figures; shares with their 95 % bounds."""
    stated = any(rule.probability is not None for rule in result.study.signals.values())
    for trial in result.trials:
        for name, signal in trial.signals.items():
            score = signal.score
            figures = {
                "episodes": str(len(score.episodes)),
                "hits": str(score.hits),
                "false alarms": str(score.false_alarms),
                "undecided": str(score.undecided),
                "missed": str(score.misses - score.begun_while_up),
                "begun while up": str(score.begun_while_up),
                "precision": percent(score.precision) + _bounds(score.precision_interval),
                "recall, opened within": percent(score.recall) + _bounds(score.recall_interval),
                "recall, opened or up": percent(score.recall_while_up)
                + _bounds(score.recall_while_up_interval),
                "lead, days": number(score.median_lead_days, 1),
                **({"Brier score": number(score.brier, 3)} if stated else {}),
                **_p_values(signal.chance, result.adjusted.get((trial.name, name))),
            }
            yield trial.name, name, figures


def action_figures(result: Result) -> Iterator[tuple[str, Figures]]:
    """Return of each trial its name and what the action earned, and then of holding all the time."""
    for trial in result.trials:
        if trial.action and trial.action.performance:
            earned = _earned(trial.action.performance)
            yield trial.name, earned | _p_values(trial.action.chance, result.adjusted.get((trial.name, None)))
    if result.always:
        yield "held all the time", _earned(result.always) | _p_values(None, None)


def split_figures(result: Result) -> Iterator[Figures]:
    """Return what was chosen at each cut, and what came of it."""
    for split in result.splits:
        yield {
            "chosen": split.chosen,
            "from": f"{split.starts:%Y-%m-%d}",
            "to": f"{split.ends:%Y-%m-%d}",
            "before": percent(split.return_before),
            "after": percent(split.return_after),
            "hits": str(split.hits),
            "false": str(split.false_alarms),
        }


def percent(share: float | None) -> str:
    """Write a share of 1 as a percentage; a dash for what is not defined."""
    return "-" if share is None else f"{share * 100:.1f} %"


def number(value: float | None, digits: int = 2) -> str:
    """Write a number; a dash for what is not defined."""
    return "-" if value is None else f"{value:.{digits}f}"


def _bounds(interval: Interval | None) -> str:
    return f" ({interval.low * 100:.0f} to {interval.high * 100:.0f})" if interval else ""


def _earned(figures: Performance) -> Figures:
    interval = figures.sharpe_ratio_interval
    between = f" ({interval.low:.1f}..{interval.high:.1f})" if interval else ""
    return {
        "return": percent(figures.total_return),
        "a year": percent(figures.annual_return),
        "volatility": percent(figures.annual_volatility),
        "Sharpe ratio": number(figures.sharpe_ratio) + between,
        "drawdown": percent(figures.max_drawdown),
        "exposure": percent(figures.exposure),
        "turnover": number(figures.turnover_a_year, 1),
        "trades": str(figures.trades),
    }


def _p_values(chance: Chance | None, adjusted: float | None) -> Figures:
    return {"p": number(chance.p_value if chance else None, 3), "p after Holm": number(adjusted, 3)}


def show(result: Result, out: Console) -> None:
    """Print what the signals foretold, what the action earned, what chance would have, and what to doubt."""
    study = result.study
    out.print(f"{study.title or study.study}", style="bold", markup=False)
    for sentence in introduction(result):
        out.print(sentence, markup=False, soft_wrap=True)
    several = len(study.signals) > 1
    signals = {
        f"{name}, {trial}" if several else trial: figures for trial, name, figures in signal_figures(result)
    }
    _side_by_side("signal", signals, out)
    _side_by_side("action", dict(action_figures(result)), out)
    _walk_forward(result, out)
    for warning in result.warnings:
        out.print("Warning: ", style="bold yellow", end="")
        out.print(warning, markup=False, soft_wrap=True)
    for note in result.notes:
        out.print(f"Note: {note}", markup=False, soft_wrap=True)


def _side_by_side(first: str, figures_of: Mapping[str, Figures], out: Console) -> None:
    """Print a column a trial, as many beside each other as the screen holds."""
    together = max(1, (out.width - FIRST_COLUMN) // COLUMN)
    names = list(figures_of)
    for start in range(0, len(names), together):
        shown = names[start : start + together]
        table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
        table.add_column(first, min_width=FIRST_COLUMN - 2)
        for name in shown:
            table.add_column(Text(name), justify="right", overflow="fold", max_width=COLUMN - 2)
        for figure in figures_of[shown[0]]:
            table.add_row(figure, *(figures_of[name][figure] for name in shown))
        out.print(table)
        out.print()


def _walk_forward(result: Result, out: Console) -> None:
    splits = list(split_figures(result))
    if not splits:
        return
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0))
    chosen, *others = splits[0]
    table.add_column(f"walk forward: {chosen}", overflow="fold", max_width=24)
    for name in others:
        table.add_column(name, justify="right", no_wrap=True)
    for figures in splits:
        table.add_row(*figures.values())
    out.print(table)
