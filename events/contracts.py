"""Contracts after their signature: renegotiated, resold, cut."""

from typing import ClassVar, Literal

from events.base import Day, Dollars, Event, Megawatts, Name, Text, Value


class Terms(Value):
    """What a contract says at one time; what is not known is left out."""

    amount_usd: Dollars | None = None
    capacity_mw: Megawatts | None = None
    ends: Day | None = None
    text: Text | None = None


class ContractRenegotiated(Event):
    """The parties changed a contract; with `deal_id` and `leg` the change reaches the money-flow graph."""

    KEY: ClassVar[str] = "contract_id"
    TOPIC: ClassVar[str] = "contracts"

    event_type: Literal["ContractRenegotiated"] = "ContractRenegotiated"
    schema_version: Literal[1] = 1
    contract_id: Name
    supplier: Name
    customer: Name
    before: Terms
    after: Terms
    why: Text | None = None
    deal_id: Name | None = None
    leg: Name | None = None


class CapacityResold(Event):
    """A buyer of capacity turned seller of it."""

    KEY: ClassVar[str] = "contract_id"
    TOPIC: ClassVar[str] = "contracts"

    event_type: Literal["CapacityResold"] = "CapacityResold"
    schema_version: Literal[1] = 1
    contract_id: Name
    seller: Name
    buyer: Name | None = None
    capacity_mw: Megawatts | None = None
    amount_usd: Dollars | None = None


class CommitmentRevised(Event):
    """A company changed a commitment it had stated."""

    KEY: ClassVar[str] = "contract_id"
    TOPIC: ClassVar[str] = "contracts"

    event_type: Literal["CommitmentRevised"] = "CommitmentRevised"
    schema_version: Literal[1] = 1
    contract_id: Name
    company: Name
    before_usd: Dollars
    after_usd: Dollars
    ends: Day | None = None
    why: Text | None = None


ContractEvent = ContractRenegotiated | CapacityResold | CommitmentRevised
