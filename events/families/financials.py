"""Financials: what companies earn, spend, use and are said to be worth."""

from datetime import timedelta
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from events.base import CompanyName, Day, Dollars, Event, Name, Report
from events.words import day, percent, short_dollars

# Revenue of a year under way, or of the twelve months to come at today's rate, is stated before it is earned.
LONGEST_OUTLOOK = timedelta(days=366)

Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]


class _OfCompany(Event, key="company", topic="financials"):
    company: CompanyName
    """The company that the event is about."""


class _OfPeriod(_OfCompany):
    period_starts: Day
    """The first day of the period."""
    period_ends: Day
    """The last day of the period; not before `period_starts`."""

    @model_validator(mode="after")
    def _period_ends_after_it_starts(self) -> Self:
        if self.period_ends < self.period_starts:
            raise ValueError("period_ends lies before period_starts (were the two swapped?)")
        return self

    @property
    def _period(self) -> str:
        return f"{day(self.period_starts)} to {day(self.period_ends)}"


class RevenueReported(_OfPeriod):
    """A company reported revenue of a segment for a period."""

    event_type: Literal["RevenueReported"] = "RevenueReported"
    segment: Name = "AI"
    """The part of the business that earned it."""
    amount_usd: Dollars
    """The revenue of the period, which ends at most a year after `known_at`."""

    @model_validator(mode="after")
    def _is_of_our_days(self) -> Self:
        if self.period_ends > self.known_at.date() + LONGEST_OUTLOOK:
            raise ValueError("period_ends lies more than a year after known_at (is the year right?)")
        return self

    def describe(self) -> str:
        earned = f"{short_dollars(self.amount_usd)} of {self.segment} revenue"
        return f"{self.company} reported {earned} for {self._period}"


class CapexGuided(_OfPeriod, Report):
    """A company said what it will invest in a period, as a range."""

    event_type: Literal["CapexGuided"] = "CapexGuided"
    low_usd: Dollars
    """The lower end of the range; the same as the upper one for a single figure."""
    high_usd: Dollars
    """The upper end of the range; not below `low_usd`."""

    @model_validator(mode="after")
    def _low_below_high(self) -> Self:
        if self.low_usd > self.high_usd:
            raise ValueError("low_usd lies above high_usd")
        return self

    def describe(self) -> str:
        low, high = short_dollars(self.low_usd), short_dollars(self.high_usd)
        money = low if self.low_usd == self.high_usd else f"{low} to {high}"
        return f"{self.company} means to invest {money} from {self._period}"


class UtilizationReported(_OfCompany):
    """A share of capacity was said to be in use (0 to 1)."""

    event_type: Literal["UtilizationReported"] = "UtilizationReported"
    utilization: Share
    """The share in use, from 0 to 1."""

    def describe(self) -> str:
        return f"{self.company}: {percent(self.utilization)} of the capacity is in use"


class UnitCostReported(_OfCompany):
    """Serving cost was set against the revenue that it earned."""

    event_type: Literal["UnitCostReported"] = "UnitCostReported"
    cost_usd: Dollars
    """What it cost to serve."""
    revenue_usd: Dollars
    """What that earned."""

    def describe(self) -> str:
        cost, earned = short_dollars(self.cost_usd), short_dollars(self.revenue_usd)
        return f"{self.company} spent {cost} on serving what earned {earned}"


_BASES = {
    "pre_money": "before new money",
    "post_money": "with its new money",
    "secondary_sale": "in a sale of old shares",
    "market": "by the market",
}


class ValuationMarked(_OfCompany):
    """A company was valued."""

    event_type: Literal["ValuationMarked"] = "ValuationMarked"
    valuation_usd: Dollars
    """What the company is said to be worth."""
    basis: Literal["pre_money", "post_money", "secondary_sale", "market"]
    """How it was valued."""

    def describe(self) -> str:
        return f"{self.company} was valued at {short_dollars(self.valuation_usd)} {_BASES[self.basis]}"
