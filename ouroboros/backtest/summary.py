"""A result on the screen."""

from collections.abc import Mapping

from rich.console import Console
from rich.table import Table
from rich.text import Text

from ouroboros.backtest.figures import Figures, action_figures, introduction, signal_figures, split_figures
from ouroboros.backtest.run import Result

# In characters.
FIRST_COLUMN, COLUMN = 16, 21


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
