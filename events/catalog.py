"""Every event there is, as one typed union."""

from typing import Annotated, get_args

from pydantic import Field

from events.base import Event
from events.clock import ClockTicked
from events.contracts import ContractEvent
from events.credit import CreditEvent
from events.deals import DealEvent
from events.desk import DeskEvent
from events.financials import FinancialEvent
from events.headlines import HeadlinePublished
from events.power import PowerEvent
from events.prices import Bar, Tick

OneOfAll = (
    DealEvent
    | ContractEvent
    | CreditEvent
    | PowerEvent
    | Tick
    | Bar
    | FinancialEvent
    | HeadlinePublished
    | DeskEvent
    | ClockTicked
)
AnyEvent = Annotated[OneOfAll, Field(discriminator="event_type")]

EVENT_TYPES: tuple[type[Event], ...] = get_args(OneOfAll)
BY_NAME: dict[str, type[Event]] = {kind.__name__: kind for kind in EVENT_TYPES}
