"""Every dashboard there is, in the order in which people meet them."""

from dashboards.backtest import BACKTEST
from dashboards.bubble_watch import BUBBLE_WATCH
from dashboards.building.board import Board
from dashboards.credit import CREDIT
from dashboards.equities import EQUITIES
from dashboards.gpu_prices import GPU_PRICES
from dashboards.money_map import MONEY_MAP
from dashboards.pipeline_health import PIPELINE_HEALTH
from dashboards.power import POWER

BOARDS: tuple[Board, ...] = (
    BUBBLE_WATCH,
    MONEY_MAP,
    CREDIT,
    POWER,
    GPU_PRICES,
    EQUITIES,
    BACKTEST,
    PIPELINE_HEALTH,
)
