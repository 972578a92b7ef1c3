"""Bubble watch, the front page: the five signs, all others, what has changed, and what it rests on."""

from dashboards.boards.indicators.changes import IN_RANGE, LAST_DAY, SIGNALS, TIMELINE
from dashboards.boards.indicators.current import ACKNOWLEDGED, MUTES, OTHERS, SUBJECTS
from dashboards.boards.indicators.lights import COMPOSITE, COUNTS, FIVE_SIGNS, PIPELINE, UNSEEN
from dashboards.grafana.annotations import DEALS, signals
from dashboards.grafana.board import Board, row
from dashboards.grafana.variables import INDICATORS, chosen_from

BOARD = Board(
    uid="ouroboros-bubble-watch",
    title="Bubble watch",
    description="Is the bubble breaking? The five signs of the podcast, all others, and what has changed.",
    order=10,
    rows=(
        row(5, (COMPOSITE, 4), *((light, 4) for light in FIVE_SIGNS)),
        row(3, (COUNTS, 16), (UNSEEN, 4), (PIPELINE, 4)),
        row(12, (OTHERS, 15), (IN_RANGE, 9)),
        row(12, (SIGNALS, 24)),
        row(12, (TIMELINE, 24)),
        row(6, (LAST_DAY, 10), (MUTES, 14)),
        row(5, (ACKNOWLEDGED, 24)),
        row(14, (SUBJECTS, 24)),
    ),
    tags=("signs",),
    variables=(chosen_from("indicator", "Sign", INDICATORS),),
    # Of all indicators, whatever board they are on.
    annotations=(signals(), DEALS),
)
