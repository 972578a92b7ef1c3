"""Every indicator is drawn on the board that its definition names, with no line about it on the board."""

from dataclasses import replace

from dashboards.grafana.annotations import signals
from dashboards.grafana.board import Board, Row
from dashboards.grafana.indicators import indicator_over_time, indicators_of
from dashboards.grafana.panels import Panel
from projections.indicators import DEFINITIONS

PANELS_IN_A_ROW = 4


def with_indicators(board: Board) -> Board:
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
