"""The indicators that are computed, one file each. To add one, copy a file and name it here.

Then raise the version of the projection, so that the new indicator sees all of history.
"""

from typing import Any

from projections.warning_signs.definition import Indicator
from projections.warning_signs.indicators.circularity import CIRCULARITY
from projections.warning_signs.indicators.conditional_share import CONDITIONAL_SHARE
from projections.warning_signs.indicators.credit_waivers import CREDIT_WAIVERS
from projections.warning_signs.indicators.gpu_resale_drawdown import GPU_RESALE_DRAWDOWN
from projections.warning_signs.indicators.pledged_equity_drawdown import PLEDGED_EQUITY_DRAWDOWN
from projections.warning_signs.indicators.power_delay import POWER_DELAY

INDICATORS: tuple[Indicator[Any], ...] = (
    CREDIT_WAIVERS,
    POWER_DELAY,
    GPU_RESALE_DRAWDOWN,
    PLEDGED_EQUITY_DRAWDOWN,
    CIRCULARITY,
    CONDITIONAL_SHARE,
)
