"""Contracts after their signature: renegotiated, resold, cut."""

from typing import ClassVar, Literal

from events.base import Day, Dollars, Event, Megawatts, Name, Text, Value


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


class ContractRenegotiated(Event):
    """The parties changed a contract; with `deal_id` and `leg` the change reaches the money-flow graph."""

    KEY: ClassVar[str] = "contract_id"
    TOPIC: ClassVar[str] = "contracts"

    event_type: Literal["ContractRenegotiated"] = "ContractRenegotiated"
    schema_version: Literal[1] = 1
    contract_id: Name
    """The contract; all events of it carry the same id."""
    supplier: Name
    """The company that delivers."""
    customer: Name
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


class CapacityResold(Event):
    """A buyer of capacity turned seller of it."""

    KEY: ClassVar[str] = "contract_id"
    TOPIC: ClassVar[str] = "contracts"

    event_type: Literal["CapacityResold"] = "CapacityResold"
    schema_version: Literal[1] = 1
    contract_id: Name
    """The contract; all events of it carry the same id."""
    seller: Name
    """The buyer that now sells."""
    buyer: Name | None = None
    """Who takes the capacity."""
    capacity_mw: Megawatts | None = None
    """The capacity that is sold on."""
    amount_usd: Dollars | None = None
    """The price."""


class CommitmentRevised(Event):
    """A company changed a commitment it had stated."""

    KEY: ClassVar[str] = "contract_id"
    TOPIC: ClassVar[str] = "contracts"

    event_type: Literal["CommitmentRevised"] = "CommitmentRevised"
    schema_version: Literal[1] = 1
    contract_id: Name
    """The contract; all events of it carry the same id."""
    company: Name
    """The company that made the commitment."""
    before_usd: Dollars
    """The commitment until now."""
    after_usd: Dollars
    """The commitment from now on."""
    ends: Day | None = None
    """The day until which the commitment runs."""
    why: Text | None = None
    """The reason that was given."""


ContractEvent = ContractRenegotiated | CapacityResold | CommitmentRevised
