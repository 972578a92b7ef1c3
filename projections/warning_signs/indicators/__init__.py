"""The indicators that are computed, one file each. To add one, copy a file and name it here.

Then raise the version of the projection, so that the new indicator sees all of history.
"""

from projections.warning_signs.indicators.builders_vs_financiers import BUILDERS_VS_FINANCIERS
from projections.warning_signs.indicators.capacity_resale import CAPACITY_RESALE
from projections.warning_signs.indicators.capex_cut import CAPEX_CUT
from projections.warning_signs.indicators.circularity import CIRCULARITY
from projections.warning_signs.indicators.commitment_downscaled import COMMITMENT_DOWNSCALED
from projections.warning_signs.indicators.conditional_share import CONDITIONAL_SHARE
from projections.warning_signs.indicators.contract_renegotiations import CONTRACT_RENEGOTIATIONS
from projections.warning_signs.indicators.credit_waivers import CREDIT_WAIVERS
from projections.warning_signs.indicators.crowding import CROWDING
from projections.warning_signs.indicators.dark_capacity import DARK_CAPACITY
from projections.warning_signs.indicators.gpu_collateral_ltv import GPU_COLLATERAL_LTV
from projections.warning_signs.indicators.gpu_resale_drawdown import GPU_RESALE_DRAWDOWN
from projections.warning_signs.indicators.neocloud_shock import NEOCLOUD_SHOCK
from projections.warning_signs.indicators.offbalance_leverage import OFFBALANCE_LEVERAGE
from projections.warning_signs.indicators.pledged_equity_drawdown import PLEDGED_EQUITY_DRAWDOWN
from projections.warning_signs.indicators.power_delay import POWER_DELAY
from projections.warning_signs.indicators.revenue_coverage import REVENUE_COVERAGE
from projections.warning_signs.indicators.stranded_financing import STRANDED_FINANCING
from projections.warning_signs.indicators.unit_cost import UNIT_COST
from projections.warning_signs.indicators.unpermitted_generation import UNPERMITTED_GENERATION
from projections.warning_signs.indicators.vendor_financed_share import VENDOR_FINANCED_SHARE
from projections.warning_signs.money import AnyIndicator

INDICATORS: tuple[AnyIndicator, ...] = (
    CREDIT_WAIVERS,
    POWER_DELAY,
    GPU_RESALE_DRAWDOWN,
    PLEDGED_EQUITY_DRAWDOWN,
    CIRCULARITY,
    CONDITIONAL_SHARE,
    BUILDERS_VS_FINANCIERS,
    CROWDING,
    GPU_COLLATERAL_LTV,
    NEOCLOUD_SHOCK,
    OFFBALANCE_LEVERAGE,
    STRANDED_FINANCING,
    VENDOR_FINANCED_SHARE,
    CONTRACT_RENEGOTIATIONS,
    UNPERMITTED_GENERATION,
    REVENUE_COVERAGE,
    COMMITMENT_DOWNSCALED,
    CAPACITY_RESALE,
    DARK_CAPACITY,
    CAPEX_CUT,
    UNIT_COST,
)
