"""Private credit: loans, what secures them, and the relief that their lenders grant."""

from enum import StrEnum
from typing import Annotated, Any, ClassVar, Literal, Self, assert_never

from pydantic import Field, model_validator

from events.base import (
    CompanyName,
    Day,
    Dollars,
    FacilityName,
    GpuModelName,
    Quantity,
    Report,
    SiteName,
    Symbol,
    Text,
    Value,
)
from events.words import after_colon, day, listed, short_dollars

Lenders = Annotated[tuple[CompanyName, ...], Field(max_length=50)]


class GpuCollateral(Value):
    """GPUs that secure a loan."""

    kind: Literal["gpus"] = "gpus"
    """Says that these are GPUs."""
    model: GpuModelName
    """The GPU model, spelled as in `GpuPriced`."""
    quantity: Quantity | None = None
    """How many GPUs."""

    def describe(self) -> str:
        """Return how many GPUs of which model."""
        return f"{self.quantity:,.0f} {self.model}" if self.quantity else self.model


class ShareCollateral(Value):
    """Shares that secure a loan."""

    kind: Literal["shares"] = "shares"
    """Says that these are shares."""
    symbol: Symbol
    """The share, spelled as in `EquityPriced`."""
    quantity: Quantity | None = None
    """How many shares."""

    def describe(self) -> str:
        """Return how many shares of whom."""
        return f"{self.quantity:,.0f} {self.symbol} shares" if self.quantity else f"{self.symbol} shares"


Collateral = Annotated[GpuCollateral | ShareCollateral, Field(discriminator="kind")]


class LoanOriginated(Report, key="facility_id", topic="credit"):
    """A loan was made; `equity_usd` is what stands beside the debt where the borrower is a vehicle."""

    event_type: Literal["LoanOriginated"] = "LoanOriginated"
    facility_id: FacilityName
    """The loan; all events of it carry the same id."""
    borrower: CompanyName
    """Who owes."""
    lenders: Lenders = ()
    """Who lends; at most 50."""
    principal_usd: Dollars
    """The size of the loan."""
    undrawn_usd: Dollars | None = None
    """The part of it that is not drawn."""
    equity_usd: Dollars | None = None
    """Equity beside the debt, where the borrower is a vehicle."""
    off_balance_sheet: bool = False
    """Whether the debt is on no sponsor's balance sheet."""
    collateral: Collateral | None = None
    """What secures the loan: `GpuCollateral` or `ShareCollateral`."""
    site_id: SiteName | None = None
    """The site that the loan pays for."""

    def describe(self) -> str:
        lenders = f" from {listed(self.lenders)}" if self.lenders else ""
        collateral = f" against {self.collateral.describe()}" if self.collateral else ""
        books = ", on no sponsor's balance sheet" if self.off_balance_sheet else ""
        money = f"{short_dollars(self.principal_usd)}{lenders}{collateral}{books}"
        return f"{self.borrower} borrowed {money} ({self.facility_id})"


class WaiverKind(StrEnum):
    """What a lender granted or a borrower failed to do, the mildest first."""

    AMENDMENT = "amendment"
    WAIVER = "waiver"
    PIK_TOGGLE = "pik_toggle"
    FORBEARANCE = "forbearance"
    DEFAULT = "default"


class ReliefStatus(StrEnum):
    """What became of relief or a default: the borrower does without it again, or it was taken back."""

    CURED = "cured"
    WITHDRAWN = "withdrawn"


_RELIEF = {
    WaiverKind.AMENDMENT: "got an amendment from",
    WaiverKind.WAIVER: "got a waiver from",
    WaiverKind.PIK_TOGGLE: "pays interest in kind to",
    WaiverKind.FORBEARANCE: "got forbearance from",
    WaiverKind.DEFAULT: "is in default towards",
}
_NOUNS = {
    WaiverKind.AMENDMENT: "an amendment",
    WaiverKind.WAIVER: "a waiver",
    WaiverKind.PIK_TOGGLE: "interest in kind",
    WaiverKind.FORBEARANCE: "forbearance",
    WaiverKind.DEFAULT: "a default",
}


class CreditWaiverReported(Report, key="facility_id", topic="credit"):
    """A lender waived, amended or forbore, interest was paid in kind, a borrower defaulted; or it is over."""

    DERIVED: ClassVar[tuple[str, ...]] = ("event_id", "facility_id")

    event_type: Literal["CreditWaiverReported"] = "CreditWaiverReported"
    facility_id: FacilityName
    """The loan. Left out, where the source names none: the borrower's name stands in."""
    borrower: CompanyName
    """Who owes."""
    lenders: Lenders = ()
    """Who lends; at most 50."""
    kind: WaiverKind
    """What was granted or missed, the mildest first."""
    amount_usd: Dollars | None = None
    """The money that it is about."""
    detail: Text | None = None
    """What happened, in words."""
    relief_ends: Day | None = None
    """The day on which the relief ends: the first without it, of a month alone its first day. Left out where
    no source says it, and of a default, which stands until it is cured."""
    status: ReliefStatus | None = None
    """Says that relief or a default of this kind on this loan is over: `cured` or `withdrawn`. Left out where
    it was granted or missed. `fact_id` then names the fact that is over, where the loan does not say it."""

    @model_validator(mode="after")
    def _ends_once(self) -> Self:
        if self.relief_ends is None:
            return self
        if self.status is not None:
            raise ValueError(f"what is {self.status} is over, so leave relief_ends out")
        if self.kind is WaiverKind.DEFAULT:
            raise ValueError(
                "a default stands until it is cured, so leave relief_ends out, and report the cure with"
                " status: cured"
            )
        return self

    @model_validator(mode="before")
    @classmethod
    def _borrower_stands_in_for_the_loan(cls, data: Any) -> Any:
        if not isinstance(data, dict) or data.get("facility_id") is not None or "borrower" not in data:
            return data
        return {**data, "facility_id": data["borrower"]}

    def describe(self) -> str:
        lenders = listed(self.lenders) if self.lenders else "its lenders"
        loan = f" on {self.facility_id}" if self.facility_id != self.borrower else ""
        money = f" ({short_dollars(self.amount_usd)})" if self.amount_usd else ""
        about = f"{loan}{money}{after_colon(self.detail)}"
        match self.status:
            case None:
                until = f" until {day(self.relief_ends)}" if self.relief_ends else ""
                return f"{self.borrower} {_RELIEF[self.kind]} {lenders}{until}{about}"
            case ReliefStatus.CURED:
                return f"{self.borrower} cured {_NOUNS[self.kind]} towards {lenders}{about}"
            case ReliefStatus.WITHDRAWN:
                return f"{_NOUNS[self.kind]} of {self.borrower} from {lenders} was withdrawn{about}"
            case _:
                assert_never(self.status)


class LoanRepaid(Report, key="facility_id", topic="credit"):
    """Principal was paid back."""

    event_type: Literal["LoanRepaid"] = "LoanRepaid"
    facility_id: FacilityName
    """The loan; all events of it carry the same id."""
    amount_usd: Dollars
    """The principal that was paid back; repayments add up."""

    def describe(self) -> str:
        return f"{short_dollars(self.amount_usd)} of the loan {self.facility_id} was paid back"


CreditEvent = LoanOriginated | CreditWaiverReported | LoanRepaid
