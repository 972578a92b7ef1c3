"""Bubble watch, the front page: the five signs, all others, what has changed, and what it rests on."""

from dashboards.building.annotations import DEALS
from dashboards.building.annotations import SIGNALS as SIGNAL_MARKS
from dashboards.building.board import Board, Row
from dashboards.building.variables import SIGNS, chosen_from
from dashboards.signs.changes import IN_RANGE, LAST_DAY, SIGNALS, TIMELINE
from dashboards.signs.charts import EXPLAINED_HERE
from dashboards.signs.lights import COMPOSITE, COUNTS, FIVE_SIGNS, PIPELINE, UNSEEN
from dashboards.signs.standing import ACKNOWLEDGED, MUTES, OTHERS, SUBJECTS

BUBBLE_WATCH = Board(
    uid="ouroboros-bubble-watch",
    title="Bubble watch",
    description="Is the bubble breaking? The five signs of the podcast, all others, and what has changed.",
    rows=(
        Row(5, ((COMPOSITE, 4), *((one, 4) for one in FIVE_SIGNS))),
        Row(3, ((COUNTS, 16), (UNSEEN, 4), (PIPELINE, 4))),
        Row(12, ((OTHERS, 15), (IN_RANGE, 9))),
        Row(12, ((SIGNALS, 24),)),
        Row(12, ((TIMELINE, 24),)),
        Row(6, ((LAST_DAY, 10), (MUTES, 14))),
        Row(5, ((ACKNOWLEDGED, 24),)),
        Row(14, ((SUBJECTS, 24),)),
        *(
            Row(7, tuple((one, 6) for one in EXPLAINED_HERE[at : at + 4]))
            for at in range(0, len(EXPLAINED_HERE), 4)
        ),
    ),
    tags=("signs",),
    variables=(chosen_from("indicator", "Sign", SIGNS),),
    annotations=(SIGNAL_MARKS, DEALS),
    time_from="now-2y",
)
