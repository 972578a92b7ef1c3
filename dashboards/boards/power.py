"""Power: what was promised to sites, what came, how late, and the dollars that wait for it."""

from dashboards.boards.sites import current, delay, sites
from dashboards.boards.sites.choice import OPERATOR, SITE
from dashboards.grafana.annotations import DEALS
from dashboards.grafana.board import Board, row

BOARD = Board(
    uid="ouroboros-power",
    title="Power",
    description="What was promised to sites, what came, how late, and the dollars that wait for it.",
    order=40,
    tags=("power",),
    variables=(OPERATOR, SITE),
    annotations=(DEALS,),
    rows=(
        row(
            4,
            (current.LONGEST_DELAY, 5),
            (current.LATE_SITES, 4),
            (current.STRANDED, 5),
            (current.UNPERMITTED, 5),
            (current.DELIVERED, 5),
        ),
        row(10, (sites.SITES_TABLE, 24)),
        row(8, (sites.CAPACITY, 12), (sites.GENERATORS, 12)),
        row(
            8,
            (delay.DELAY_BY_OPERATOR, 8),
            (delay.DELAY_OVER_TIME, 16),
            title="Delay, and the dollars that wait",
        ),
        row(8, (delay.STRANDED_OVER_TIME, 24)),
        row(9, (sites.EVENTS, 24)),
    ),
)
