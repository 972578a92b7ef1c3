"""Deals: who promised money to whom, in legs."""

from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from events.base import Day, Dollars, Event, Megawatts, Name, Text, Value


class LegKind(StrEnum):
    """What the money of a leg is for; the first four finance the payee, the last two buy from it."""

    EQUITY = "equity"
    DEBT = "debt"
    CREDITS = "credits"
    GUARANTEE = "guarantee"
    PURCHASE = "purchase"
    LEASE = "lease"


Currency = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
# As `Dollars`, in any currency: a thousand of some are less than a dollar, and some have three decimals.
Amount = Annotated[Decimal, Field(gt=0, le=10**18, max_digits=21, decimal_places=3, allow_inf_nan=False)]
Rate = Annotated[Decimal, Field(gt=0, le=100, max_digits=15, decimal_places=12, allow_inf_nan=False)]

# What a number may come as.
NUMBER = (int, float, str, Decimal)
CENT = Decimal("0.01")
# Stated amounts are rounded, and so are rates: within this part two figures tell the same.
ROUNDED = Decimal("0.01")

FINANCING = frozenset({LegKind.EQUITY, LegKind.DEBT, LegKind.CREDITS, LegKind.GUARANTEE})


class Leg(Value):
    """One promise inside a deal: money (USD) or capacity (MW) from payer to payee.

    A leg with a condition is not firm. Without an amount the leg is kept, and counts
    for no dollars on the firm basis. Of a ceiling or a range the basis `all` counts the upper end.
    """

    leg: Name
    """The name of the leg inside its deal. Left out: kind and place, such as `equity-1`."""
    kind: LegKind
    """What the money is for; the first four finance the payee, the last two buy from it."""
    payer: Name
    """The company that pays."""
    payee: Name
    """The company that is paid; not the payer."""
    amount_usd: Dollars | None = None
    """The amount, over the whole life of the leg. Left out: `amount` times `usd_per_unit`, where given."""
    amount_low_usd: Dollars | None = None
    """The low end of a range up to `amount_usd`: the low end is firm, the upper end counts on `all`."""
    up_to: bool = False
    """Whether the amount is a ceiling: only `amount_low_usd` and what is paid of it are firm."""
    amount: Amount | None = None
    """The amount in `currency`, where that is not the US dollar."""
    currency: Currency = "USD"
    """The currency of `amount`, by ISO 4217."""
    usd_per_unit: Rate | None = None
    """What one unit of `currency` was worth in USD. Needed with `amount` unless `amount_usd` is given."""
    capacity_mw: Megawatts | None = None
    """Capacity. Without an amount its dollars are estimated, on the basis `all` only."""
    starts: Day | None = None
    """The first day."""
    ends: Day | None = None
    """The last day; not before `starts`."""
    condition: Text | None = None
    """What must happen first, in words. A leg with a condition is not firm."""

    @model_validator(mode="before")
    @classmethod
    def _told_in_dollars(cls, data: Any) -> Any:
        if not isinstance(data, dict) or data.get("amount_usd") is not None:
            return data
        amount_usd = _in_dollars(data)
        return data if amount_usd is None else {**data, "amount_usd": amount_usd}

    @model_validator(mode="after")
    def _sound(self) -> Self:
        if self.payer == self.payee:
            raise ValueError(f"{self.payer} cannot pay itself; payer and payee must differ")
        if self.starts and self.ends and self.ends < self.starts:
            raise ValueError("ends before it starts")
        return self

    @model_validator(mode="after")
    def _amounts_agree(self) -> Self:
        low, high = self.amount_low_usd, self.amount_usd
        if low is not None and (high is None or low > high):
            raise ValueError("a range needs its upper end in amount_usd, not below amount_low_usd")
        if self.amount is None:
            if self.currency != "USD" or self.usd_per_unit is not None:
                raise ValueError("currency and usd_per_unit belong to amount; dollars go into amount_usd")
            return self
        if self.currency == "USD" and self.usd_per_unit not in {None, 1}:
            raise ValueError("a US dollar is worth one dollar; leave usd_per_unit out")
        if high is None:
            raise ValueError(f"an amount in {self.currency} needs usd_per_unit, or amount_usd beside it")
        rate = Decimal(1) if self.currency == "USD" else self.usd_per_unit
        if rate is not None and abs(self.amount * rate - high) > max(CENT, high * ROUNDED):
            worth = (self.amount * rate).quantize(CENT)
            raise ValueError(f"amount_usd is {high}, but amount times usd_per_unit is {worth}")
        return self


def _in_dollars(leg: dict[str, Any]) -> Decimal | None:
    """Derive the dollars of an amount; None where something is missing, or is no number at all."""
    amount, rate = leg.get("amount"), leg.get("usd_per_unit")
    if rate is None and leg.get("currency", "USD") == "USD":
        rate = 1
    if not isinstance(amount, NUMBER) or not isinstance(rate, NUMBER):
        return None
    try:
        return (Decimal(str(amount)) * Decimal(str(rate))).quantize(CENT)
    except (ArithmeticError, ValueError):
        return None


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
    """The deal; all events of it carry the same id."""
    title: Name
    """What people call it."""
    stage: Stage = "definitive"
    """A `letter_of_intent` is shown and counts for no money."""
    legs: Annotated[tuple[Leg, ...], Field(min_length=1, max_length=50)]
    """The promises inside the deal, 1 to 50 of them, no two of one name; see `Leg`."""


class DealRevised(_WithLegs):
    """Terms changed: legs of the same name are replaced, new names added, `removed_legs` taken out."""

    KEY: ClassVar[str] = "deal_id"
    TOPIC: ClassVar[str] = "deals"

    event_type: Literal["DealRevised"] = "DealRevised"
    schema_version: Literal[1] = 1
    deal_id: Name
    """The deal; all events of it carry the same id."""
    legs: Annotated[tuple[Leg, ...], Field(max_length=50)] = ()
    """Legs with a known name replace the old ones, others are added; at most 50."""
    removed_legs: Annotated[tuple[Name, ...], Field(max_length=50)] = ()
    """Names of legs that are taken out; at most 50."""
    stage: Stage | None = None
    """The new stage. Left out: the stage stays."""
    why: Text | None = None
    """The reason that was given."""


class LegFunded(Event):
    """Money of a leg was paid; the funded part of a conditional leg is firm from then on."""

    KEY: ClassVar[str] = "deal_id"
    TOPIC: ClassVar[str] = "deals"

    event_type: Literal["LegFunded"] = "LegFunded"
    schema_version: Literal[1] = 1
    deal_id: Name
    """The deal; all events of it carry the same id."""
    leg: Name
    """The name of the leg inside its deal."""
    amount_usd: Dollars
    """What was paid this time; payments add up, and are firm."""


class DealTerminated(Event):
    """A deal ended; its legs count no longer."""

    KEY: ClassVar[str] = "deal_id"
    TOPIC: ClassVar[str] = "deals"

    event_type: Literal["DealTerminated"] = "DealTerminated"
    schema_version: Literal[1] = 1
    deal_id: Name
    """The deal; all events of it carry the same id."""
    why: Text | None = None
    """The reason that was given."""


DealEvent = DealAnnounced | DealRevised | LegFunded | DealTerminated
