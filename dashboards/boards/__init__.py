"""The boards: each file here that has a BOARD is one."""

from dataclasses import replace
from importlib import import_module
from pkgutil import iter_modules

from dashboards.grafana.board import Board, Row, signals
from dashboards.grafana.indicators import indicator_over_time, indicators_of
from dashboards.grafana.panels import Panel
from projections.indicators import DEFINITIONS

PANELS_IN_A_ROW = 4


def boards() -> tuple[Board, ...]:
    """Return every board in order, each with the indicators that name it."""
    modules = [import_module(f"{__name__}.{found.name}") for found in iter_modules(__path__)]
    found = [module.BOARD for module in modules if hasattr(module, "BOARD")]
    return tuple(_with_indicators(board) for board in sorted(found, key=lambda board: board.order))


def drawn_over_time() -> dict[str, tuple[Board, Panel]]:
    """Return the board that each indicator names, and the panel there that draws it over time.

    Raises KeyError for an indicator whose board is not there.
    """
    by_name = {board.name: board for board in boards()}
    return {
        name: (board, panel)
        for name, definition in DEFINITIONS.items()
        for board in [by_name[definition.board]]
        for panel in board.panels
        if panel.kind == "timeseries" and panel.indicator == name
    }


def _with_indicators(board: Board) -> Board:
    """Return a board with the history of each indicator that names it and is not drawn over time on it yet.

    Signals of all indicators on it are annotated, unless it has an annotation of signals of its own.
    """
    drawn = {panel.indicator for panel in board.panels if panel.kind == "timeseries"}
    missing = [
        indicator_over_time(DEFINITIONS[indicator].title, indicator)
        for indicator in indicators_of(board.name)
        if indicator not in drawn
    ]
    rows = (*board.rows, *_rows(missing))
    shown = {panel.indicator for row in rows for panel, _ in row.panels}
    listed = ", ".join(f"'{indicator}'" for indicator in DEFINITIONS if indicator in shown)
    annotations = board.annotations
    if listed and "Signals" not in {annotation["name"] for annotation in annotations}:
        # Those of all other indicators would be noise here.
        annotations = (signals(f"s.indicator IN ({listed})"), *annotations)
    return replace(board, rows=rows, annotations=annotations)


def _rows(panels: list[Panel]) -> list[Row]:
    chunks = [panels[start : start + PANELS_IN_A_ROW] for start in range(0, len(panels), PANELS_IN_A_ROW)]
    return [Row(7, tuple((panel, 24 // len(chunk)) for panel in chunk)) for chunk in chunks]
