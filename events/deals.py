"""Deals: who promised money to whom, in legs."""

from enum import StrEnum
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import Field, model_validator

from events.base import Day, Dollars, Event, Megawatts, Name, Text, Value


class LegKind(StrEnum):
    """What the money of a leg is for; the first four finance the payee, the last two buy from it."""

    EQUITY = "equity"
    DEBT = "debt"
    CREDITS = "credits"
    GUARANTEE = "guarantee"
    PURCHASE = "purchase"
    LEASE = "lease"


FINANCING = frozenset({LegKind.EQUITY, LegKind.DEBT, LegKind.CREDITS, LegKind.GUARANTEE})


class Leg(Value):
    """One promise inside a deal: money (USD) or capacity (MW) from payer to payee.

    A leg with a condition is not firm. Without an amount the leg is kept, and counts
    for no dollars on the firm basis.
    """

    leg: Name
    kind: LegKind
    payer: Name
    payee: Name
    amount_usd: Dollars | None = None
    capacity_mw: Megawatts | None = None
    starts: Day | None = None
    ends: Day | None = None
    condition: Text | None = None

    @model_validator(mode="after")
    def _sound(self) -> Self:
        if self.payer == self.payee:
            raise ValueError(f"{self.payer} cannot pay itself; payer and payee must differ")
        if self.starts and self.ends and self.ends < self.starts:
            raise ValueError("ends before it starts")
        return self


def _name_legs(legs: Any) -> Any:
    """Give legs without a name one of their kind and place, so that later events can refer to them."""
    if not isinstance(legs, list | tuple):
        return legs
    return [
        {"leg": f"{leg.get('kind', 'leg')}-{place}", **leg}
        if isinstance(leg, dict) and "leg" not in leg
        else leg
        for place, leg in enumerate(legs, start=1)
    ]


class _WithLegs(Event):
    @model_validator(mode="before")
    @classmethod
    def _legs_have_names(cls, data: Any) -> Any:
        if not isinstance(data, dict) or "legs" not in data:
            return data
        return {**data, "legs": _name_legs(data["legs"])}

    @model_validator(mode="after")
    def _leg_names_differ(self) -> Self:
        names = [leg.leg for leg in getattr(self, "legs", ())]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"the leg name {twice[0]!r} is used twice")
        return self


Stage = Literal["letter_of_intent", "definitive"]


class DealAnnounced(_WithLegs):
    """A deal was made public; a letter of intent commits nobody and counts on no basis."""

    KEY: ClassVar[str] = "deal_id"
    TOPIC: ClassVar[str] = "deals"
    VERSION: ClassVar[int] = 2

    event_type: Literal["DealAnnounced"] = "DealAnnounced"
    schema_version: Literal[2] = 2
    deal_id: Name
    title: Name
    stage: Stage = "definitive"
    legs: Annotated[tuple[Leg, ...], Field(min_length=1, max_length=50)]


class DealRevised(_WithLegs):
    """Terms changed: legs of the same name are replaced, new names added, `removed_legs` taken out."""

    KEY: ClassVar[str] = "deal_id"
    TOPIC: ClassVar[str] = "deals"

    event_type: Literal["DealRevised"] = "DealRevised"
    schema_version: Literal[1] = 1
    deal_id: Name
    legs: Annotated[tuple[Leg, ...], Field(max_length=50)] = ()
    removed_legs: Annotated[tuple[Name, ...], Field(max_length=50)] = ()
    stage: Stage | None = None
    why: Text | None = None


class LegFunded(Event):
    """Money of a leg was paid; the funded part of a conditional leg is firm from then on."""

    KEY: ClassVar[str] = "deal_id"
    TOPIC: ClassVar[str] = "deals"

    event_type: Literal["LegFunded"] = "LegFunded"
    schema_version: Literal[1] = 1
    deal_id: Name
    leg: Name
    amount_usd: Dollars


class DealTerminated(Event):
    """A deal ended; its legs count no longer."""

    KEY: ClassVar[str] = "deal_id"
    TOPIC: ClassVar[str] = "deals"

    event_type: Literal["DealTerminated"] = "DealTerminated"
    schema_version: Literal[1] = 1
    deal_id: Name
    why: Text | None = None


DealEvent = DealAnnounced | DealRevised | LegFunded | DealTerminated
