"""What was measured, and the table that shows it beside its goal."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from rich.console import Console
from rich.table import Table

Better = Literal["more", "less"]


@dataclass(frozen=True)
class Figure:
    """One measured figure; a goal is something to reach or, where less is better, to stay below."""

    what: str
    measured: float
    unit: str
    goal: float | None = None
    better: Better = "more"

    @property
    def ratio(self) -> float | None:
        """Divide so that 1 or more means that the goal is reached; none without a goal."""
        if self.goal is None or not self.measured:
            return None
        return self.measured / self.goal if self.better == "more" else self.goal / self.measured


@dataclass(frozen=True)
class Result:
    """The figures of one benchmark, and notes on what exactly was done."""

    title: str
    figures: Sequence[Figure]
    notes: Sequence[str] = ()


def show(result: Result, out: Console) -> None:
    """Print a table and the notes under it."""
    table = Table(title=result.title, title_justify="left", title_style="bold")
    table.add_column("what")
    for name in ("goal", "measured", "of the goal"):
        table.add_column(name, justify="right", no_wrap=True)
    for one in result.figures:
        table.add_row(one.what, _goal(one), f"{_number(one.measured)} {one.unit}", _ratio(one.ratio))
    out.print(table)
    for note in result.notes:
        out.print(f"  {note}", style="dim", markup=False)
    out.print()


def _goal(figure: Figure) -> str:
    if figure.goal is None:
        return ""
    return f"{'≥' if figure.better == 'more' else '≤'} {_number(figure.goal)} {figure.unit}"


def _ratio(ratio: float | None) -> str:
    if ratio is None:
        return ""
    return f"[{'green' if ratio >= 1 else 'yellow'}]{ratio:.2f}[/]"


def _number(value: float) -> str:
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"
