"""Every projection there is, in the order in which they fold."""

from typing import Any

from projections.base import Projection
from projections.circularity import CIRCULARITY
from projections.credit import CREDIT
from projections.fact import FACT
from projections.journal_event import JOURNAL_EVENT
from projections.power import POWER
from projections.prices import PRICES
from projections.warning_signs import WARNING_SIGNS

PROJECTIONS: tuple[Projection[Any], ...] = (
    JOURNAL_EVENT,
    CIRCULARITY,
    CREDIT,
    FACT,
    POWER,
    PRICES,
    WARNING_SIGNS,
)
