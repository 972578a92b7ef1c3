"""Every projection there is, in the order in which they fold."""

from typing import Any

from projections.base import Projection
from projections.circularity.fold import CIRCULARITY
from projections.credit.fold import CREDIT
from projections.fact.fold import FACT
from projections.gpu_index.fold import GPU_INDEX
from projections.journal_event.fold import JOURNAL_EVENT
from projections.power.fold import POWER
from projections.prices.fold import PRICES
from projections.warning_signs import WARNING_SIGNS

PROJECTIONS: tuple[Projection[Any], ...] = (
    JOURNAL_EVENT,
    CIRCULARITY,
    CREDIT,
    FACT,
    GPU_INDEX,
    POWER,
    PRICES,
    WARNING_SIGNS,
)
