"""Deals: who promised money to whom, in legs."""

from collections.abc import Sequence
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from events.base import CompanyName, Day, Dollars, Event, Megawatts, Name, Report, Text, Value
from events.words import after_colon, listed, power, short_dollars


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
# Stated amounts are rounded, and so are rates: within this part two figures say the same.
ROUNDED = Decimal("0.01")

FINANCING = frozenset({LegKind.EQUITY, LegKind.DEBT, LegKind.CREDITS, LegKind.GUARANTEE})

_KINDS = {
    LegKind.EQUITY: "in equity",
    LegKind.DEBT: "in debt",
    LegKind.CREDITS: "in credits",
    LegKind.GUARANTEE: "in guarantees",
    LegKind.PURCHASE: "in purchases",
    LegKind.LEASE: "in leases",
}
_FLOWS_SHOWN = 2


class Leg(Value):
    """One promise inside a deal: money (USD) or capacity (MW) from payer to payee.

    A leg with a condition is not firm. Without an amount the leg is kept, and counts
    for no dollars on the firm basis. Of a ceiling or a range the basis `all` counts the upper end.
    """

    DERIVED: ClassVar[tuple[str, ...]] = ("leg",)

    leg: Name
    """The name of the leg inside its deal. Left out: kind and number, such as `equity-1`."""
    kind: LegKind
    """What the money is for; the first four finance the payee, the last two buy from it."""
    payer: CompanyName
    """The company that pays."""
    payee: CompanyName
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
    def _convert_to_dollars(cls, data: Any) -> Any:
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
    """Return the dollars of an amount; None where something is missing, or is no number at all."""
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
    """Return the legs; those without a name get kind and number, so that later events can refer to them."""
    if not isinstance(legs, list | tuple):
        return legs
    return [
        {"leg": f"{leg.get('kind', 'leg')}-{number}", **leg}
        if isinstance(leg, dict) and "leg" not in leg
        else leg
        for number, leg in enumerate(legs, start=1)
    ]


def _flows(legs: Sequence[Leg]) -> str:
    """Return the sums of the legs that have payer, payee and kind in common."""
    flows: dict[tuple[str, str, LegKind], list[Leg]] = {}
    for leg in legs:
        flows.setdefault((leg.payer, leg.payee, leg.kind), []).append(leg)
    sums = [
        f"{payer} to {payee}: {_money(of_flow)} {_KINDS[kind]}{_condition(of_flow)}"
        for (payer, payee, kind), of_flow in flows.items()
    ]
    others = len(sums) - _FLOWS_SHOWN
    return "; ".join([*sums[:_FLOWS_SHOWN], *([f"and {others} more"] if others > 0 else [])])


def _money(legs: Sequence[Leg]) -> str:
    amounts = [leg.amount_usd for leg in legs if leg.amount_usd is not None]
    if not amounts:
        capacity_mw = sum(leg.capacity_mw or 0 for leg in legs)
        return power(capacity_mw) if capacity_mw else "an unstated amount"
    is_ceiling = any(leg.up_to or leg.amount_low_usd is not None for leg in legs)
    bound = "up to " if is_ceiling else "at least " if len(amounts) < len(legs) else ""
    return f"{bound}{short_dollars(sum(amounts, Decimal(0)))}"


def _condition(legs: Sequence[Leg]) -> str:
    conditional = [leg for leg in legs if leg.condition]
    if len(conditional) == len(legs):
        return " on a condition"
    conditional_usd = sum((leg.amount_usd or Decimal(0) for leg in conditional), Decimal(0))
    return f", {short_dollars(conditional_usd)} of it on a condition" if conditional_usd else ""


class _OfDeal(Event, key="deal_id", topic="deals"):
    deal_id: Name
    """The deal; all events of it carry the same id."""


class _WithLegs(_OfDeal):
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
_STAGES: dict[Stage, str] = {
    "letter_of_intent": "now a letter of intent",
    "definitive": "now definitive",
}


class DealAnnounced(_WithLegs, Report):
    """A deal was made public; a letter of intent commits nobody and counts on no basis."""

    VERSION: ClassVar[int] = 2

    event_type: Literal["DealAnnounced"] = "DealAnnounced"
    schema_version: Literal[2] = 2  # type: ignore[assignment]
    title: Name
    """What people call it."""
    stage: Stage = "definitive"
    """A `letter_of_intent` is shown and counts for no money."""
    legs: Annotated[tuple[Leg, ...], Field(min_length=1, max_length=50)]
    """The promises inside the deal, 1 to 50 of them, no two of one name; see `Leg`."""

    def describe(self) -> str:
        intent = "Letter of intent: " if self.stage == "letter_of_intent" else ""
        return f"{intent}{_flows(self.legs)} ({self.title})"


class DealRevised(_WithLegs, Report):
    """Terms changed: legs of the same name are replaced, new names added, `removed_legs` taken out."""

    event_type: Literal["DealRevised"] = "DealRevised"
    legs: Annotated[tuple[Leg, ...], Field(max_length=50)] = ()
    """Legs with a known name replace the old ones, others are added; at most 50."""
    removed_legs: Annotated[tuple[Name, ...], Field(max_length=50)] = ()
    """Names of legs that are taken out; at most 50."""
    stage: Stage | None = None
    """The new stage. Left out: the stage stays."""
    why: Text | None = None
    """The reason that was given."""

    def describe(self) -> str:
        stage = _STAGES[self.stage] if self.stage else ""
        removed = f"without {listed(self.removed_legs)}" if self.removed_legs else ""
        changes = "; ".join(filter(None, (stage, _flows(self.legs), removed)))
        return f"The deal {self.deal_id} was revised{after_colon(changes)}{after_colon(self.why)}"


class LegFunded(_OfDeal, Report):
    """Money of a leg was paid; the funded part of a conditional leg is firm from then on."""

    event_type: Literal["LegFunded"] = "LegFunded"
    leg: Name
    """The name of the leg inside its deal."""
    amount_usd: Dollars
    """What was paid this time; payments add up, and are firm."""

    def describe(self) -> str:
        return f"{short_dollars(self.amount_usd)} was paid on {self.leg} of the deal {self.deal_id}"


class DealTerminated(_OfDeal, Report):
    """A deal ended; its legs count no longer."""

    event_type: Literal["DealTerminated"] = "DealTerminated"
    why: Text | None = None
    """The reason that was given."""

    def describe(self) -> str:
        return f"The deal {self.deal_id} ended{after_colon(self.why)}"


DealEvent = DealAnnounced | DealRevised | LegFunded | DealTerminated
