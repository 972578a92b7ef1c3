"""Contracts after their signature: renegotiated, resold, cut."""

from typing import Literal

from events.base import CompanyName, Day, Dollars, Megawatts, Name, Report, Text, Value
from events.words import after_colon, day, power, short_dollars


class Terms(Value):
    """What a contract says at one time; what is not known is left out."""

    amount_usd: Dollars | None = None
    """What the contract is worth."""
    capacity_mw: Megawatts | None = None
    """The capacity that it is about."""
    ends: Day | None = None
    """Its last day."""
    text: Text | None = None
    """Whatever numbers do not say."""

    def describe(self) -> str:
        """Return what is known of the terms, in one phrase."""
        parts = (
            short_dollars(self.amount_usd) if self.amount_usd else None,
            power(self.capacity_mw) if self.capacity_mw else None,
            f"until {day(self.ends)}" if self.ends else None,
            self.text and self.text.rstrip("."),
        )
        return ", ".join(filter(None, parts))


class ContractRenegotiated(Report, key="contract_id", topic="contracts"):
    """The parties changed a contract; dollars of `after` reach the money-flow graph.

    With `deal_id` and `leg` they change that leg; else the only leg between the two of `before` or `after`,
    or the contract is a deal of its own.
    """

    event_type: Literal["ContractRenegotiated"] = "ContractRenegotiated"
    contract_id: Name
    """The contract; all events of it carry the same id."""
    supplier: CompanyName
    """The company that delivers."""
    customer: CompanyName
    """The company that pays."""
    before: Terms
    """The terms until now; see `Terms`."""
    after: Terms
    """The terms from now on; see `Terms`."""
    why: Text | None = None
    """The reason that was given."""
    deal_id: Name | None = None
    """The deal of which the contract is a part."""
    leg: Name | None = None
    """With `deal_id`: the leg that takes over amount and capacity of `after`."""

    def describe(self) -> str:
        change = " became ".join(filter(None, (self.before.describe(), self.after.describe())))
        parties = f"{self.customer} and {self.supplier}"
        return f"{parties} renegotiated {self.contract_id}{after_colon(change)}{after_colon(self.why)}"


class CapacityResold(Report, key="contract_id", topic="contracts"):
    """A buyer of capacity turned seller of it."""

    event_type: Literal["CapacityResold"] = "CapacityResold"
    contract_id: Name
    """The contract; all events of it carry the same id."""
    seller: CompanyName
    """The buyer that now sells."""
    buyer: CompanyName | None = None
    """Who takes the capacity."""
    capacity_mw: Megawatts | None = None
    """The capacity that is sold on."""
    amount_usd: Dollars | None = None
    """The price."""
    stage: Literal["planned", "agreed"] | None = None
    """How far it got: a plan that somebody announced, or sold. Left out: sold, as far as one knows."""

    def describe(self) -> str:
        capacity = f"{power(self.capacity_mw)} of capacity" if self.capacity_mw else "capacity"
        buyer = f" to {self.buyer}" if self.buyer else ""
        money = f" for {short_dollars(self.amount_usd)}" if self.amount_usd else ""
        resells = "plans to resell" if self.stage == "planned" else "resells"
        return f"{self.seller} {resells} {capacity}{buyer}{money}"


class CommitmentRevised(Report, key="contract_id", topic="contracts"):
    """A company changed a commitment it had stated."""

    event_type: Literal["CommitmentRevised"] = "CommitmentRevised"
    contract_id: Name
    """The contract; all events of it carry the same id."""
    company: CompanyName
    """The company that made the commitment."""
    before_usd: Dollars
    """The commitment until now."""
    after_usd: Dollars
    """The commitment from now on."""
    ends: Day | None = None
    """The day until which the commitment runs."""
    why: Text | None = None
    """The reason that was given."""

    def describe(self) -> str:
        before_usd, after_usd = self.before_usd, self.after_usd
        did = "cut" if after_usd < before_usd else "raised" if after_usd > before_usd else "kept"
        ends = f" until {day(self.ends)}" if self.ends else ""
        money = f"from {short_dollars(before_usd)} to {short_dollars(after_usd)}"
        return f"{self.company} {did} a commitment {money}{ends}{after_colon(self.why)}"
