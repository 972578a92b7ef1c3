"""Financials: what companies earn, spend, use and are said to be worth."""

from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator

from events.base import Day, Dollars, Event, Name

Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]


class _OfCompany(Event):
    KEY: ClassVar[str] = "company"
    TOPIC: ClassVar[str] = "financials"

    company: Name


class RevenueReported(_OfCompany):
    """A company reported revenue of a segment for a period."""

    event_type: Literal["RevenueReported"] = "RevenueReported"
    schema_version: Literal[1] = 1
    segment: Name = "AI"
    amount_usd: Dollars
    period_starts: Day
    period_ends: Day


class CapexGuided(_OfCompany):
    """A company said what it will invest in a period, as a range."""

    event_type: Literal["CapexGuided"] = "CapexGuided"
    schema_version: Literal[1] = 1
    low_usd: Dollars
    high_usd: Dollars
    period_starts: Day
    period_ends: Day

    @model_validator(mode="after")
    def _low_below_high(self) -> Self:
        if self.low_usd > self.high_usd:
            raise ValueError("low_usd lies above high_usd")
        return self


class UtilizationReported(_OfCompany):
    """A share of capacity was said to be in use (0 to 1)."""

    event_type: Literal["UtilizationReported"] = "UtilizationReported"
    schema_version: Literal[1] = 1
    utilization: Share


class UnitCostReported(_OfCompany):
    """Serving cost was set against the revenue that it earned."""

    event_type: Literal["UnitCostReported"] = "UnitCostReported"
    schema_version: Literal[1] = 1
    cost_usd: Dollars
    revenue_usd: Dollars


class ValuationMarked(_OfCompany):
    """A company was valued."""

    event_type: Literal["ValuationMarked"] = "ValuationMarked"
    schema_version: Literal[1] = 1
    valuation_usd: Dollars
    basis: Literal["pre_money", "post_money", "secondary_sale", "market"]


FinancialEvent = RevenueReported | CapexGuided | UtilizationReported | UnitCostReported | ValuationMarked
