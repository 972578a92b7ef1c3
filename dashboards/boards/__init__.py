"""The boards: each file here that has a BOARD is one. The folders hold the panels of boards that are long."""

from importlib import import_module
from pkgutil import iter_modules

from dashboards.grafana.board import Board
from dashboards.grafana.indicator_rows import with_indicators
from dashboards.grafana.panels import Panel
from projections.indicators import DEFINITIONS


def boards() -> tuple[Board, ...]:
    """Return every board in order, each with the indicators that name it."""
    modules = [import_module(f"{__name__}.{found.name}") for found in iter_modules(__path__)]
    found = [module.BOARD for module in modules if hasattr(module, "BOARD")]
    return tuple(with_indicators(board) for board in sorted(found, key=lambda board: board.order))


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
