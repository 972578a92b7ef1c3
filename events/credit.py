"""Private credit: loans, what secures them, and the favours their lenders grant."""

from enum import StrEnum
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from events.base import Dollars, Event, Name, Quantity, Symbol, Text, Value

Lenders = Annotated[tuple[Name, ...], Field(max_length=50)]


class GpuCollateral(Value):
    """GPUs that secure a loan."""

    kind: Literal["gpus"] = "gpus"
    """Says that these are GPUs."""
    model: Name
    """The GPU model, spelled as in `GpuPriced`."""
    quantity: Quantity | None = None
    """How many GPUs."""


class ShareCollateral(Value):
    """Shares that secure a loan."""

    kind: Literal["shares"] = "shares"
    """Says that these are shares."""
    symbol: Symbol
    """The share, spelled as in `EquityPriced`."""
    quantity: Quantity | None = None
    """How many shares."""


Collateral = Annotated[GpuCollateral | ShareCollateral, Field(discriminator="kind")]


class LoanOriginated(Event):
    """A loan was made; `equity_usd` is what stands beside the debt where the borrower is a vehicle."""

    KEY: ClassVar[str] = "facility_id"
    TOPIC: ClassVar[str] = "credit"

    event_type: Literal["LoanOriginated"] = "LoanOriginated"
    schema_version: Literal[1] = 1
    facility_id: Name
    """The loan; all events of it carry the same id."""
    borrower: Name
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
    site_id: Name | None = None
    """The site that the loan pays for."""


class WaiverKind(StrEnum):
    """What a lender granted or a borrower failed to do, the mildest first."""

    AMENDMENT = "amendment"
    WAIVER = "waiver"
    PIK_TOGGLE = "pik_toggle"
    FORBEARANCE = "forbearance"
    DEFAULT = "default"


class CreditWaiverReported(Event):
    """A lender waived, amended or forbore, interest was paid in kind, or a borrower defaulted."""

    KEY: ClassVar[str] = "facility_id"
    TOPIC: ClassVar[str] = "credit"

    event_type: Literal["CreditWaiverReported"] = "CreditWaiverReported"
    schema_version: Literal[1] = 1
    facility_id: Name
    """The loan; all events of it carry the same id."""
    borrower: Name
    """Who owes."""
    lenders: Lenders = ()
    """Who lends; at most 50."""
    kind: WaiverKind
    """What was granted or missed, the mildest first."""
    amount_usd: Dollars | None = None
    """The money that it is about."""
    detail: Text | None = None
    """What happened, in words."""


class LoanRepaid(Event):
    """Principal was paid back."""

    KEY: ClassVar[str] = "facility_id"
    TOPIC: ClassVar[str] = "credit"

    event_type: Literal["LoanRepaid"] = "LoanRepaid"
    schema_version: Literal[1] = 1
    facility_id: Name
    """The loan; all events of it carry the same id."""
    amount_usd: Dollars
    """The principal that was paid back; repayments add up."""


CreditEvent = LoanOriginated | CreditWaiverReported | LoanRepaid
