"""Power: what was promised to sites, what came, how late, and the dollars that wait for it."""

from dashboards.building.annotations import DEALS, signals_of
from dashboards.building.board import Board, Row
from dashboards.sites import delay, overview, standing
from dashboards.sites.choice import OPERATOR, SITE, UID

POWER = Board(
    uid=UID,
    title="Power",
    description="What was promised to sites, what came, how late, and the dollars that wait for it.",
    tags=("power",),
    variables=(OPERATOR, SITE),
    annotations=(signals_of(("power_delay", "stranded_financing", "unpermitted_generation")), DEALS),
    time_from="now-2y",
    rows=(
        Row(
            4,
            (
                (overview.LONGEST_DELAY, 5),
                (overview.LATE_SITES, 4),
                (overview.STRANDED, 5),
                (overview.UNPERMITTED, 5),
                (overview.DELIVERED, 5),
            ),
        ),
        Row(10, ((standing.SITES_TABLE, 24),)),
        Row(8, ((standing.CAPACITY, 12), (standing.GENERATORS, 12))),
        Row(
            8,
            ((delay.DELAY_BY_OPERATOR, 8), (delay.DELAY_OVER_TIME, 16)),
            title="Delay, and the dollars that wait",
        ),
        Row(8, ((delay.STRANDED_OVER_TIME, 24),)),
        Row(9, ((standing.EVENTS, 24),)),
    ),
)
