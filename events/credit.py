"""Private credit: loans, what secures them, and the favours their lenders grant."""

from enum import StrEnum
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from events.base import Dollars, Event, Name, Quantity, Symbol, Text, Value

Lenders = Annotated[tuple[Name, ...], Field(max_length=50)]


class GpuCollateral(Value):
    """GPUs that secure a loan."""

    kind: Literal["gpus"] = "gpus"
    model: Name
    quantity: Quantity | None = None


class ShareCollateral(Value):
    """Shares that secure a loan."""

    kind: Literal["shares"] = "shares"
    symbol: Symbol
    quantity: Quantity | None = None


Collateral = Annotated[GpuCollateral | ShareCollateral, Field(discriminator="kind")]


class LoanOriginated(Event):
    """A loan was made; `equity_usd` is what stands beside the debt where the borrower is a vehicle."""

    KEY: ClassVar[str] = "facility_id"
    TOPIC: ClassVar[str] = "credit"

    event_type: Literal["LoanOriginated"] = "LoanOriginated"
    schema_version: Literal[1] = 1
    facility_id: Name
    borrower: Name
    lenders: Lenders = ()
    principal_usd: Dollars
    undrawn_usd: Dollars | None = None
    equity_usd: Dollars | None = None
    off_balance_sheet: bool = False
    collateral: Collateral | None = None
    site_id: Name | None = None


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
    borrower: Name
    lenders: Lenders = ()
    kind: WaiverKind
    amount_usd: Dollars | None = None
    detail: Text | None = None


class LoanRepaid(Event):
    """Principal was paid back."""

    KEY: ClassVar[str] = "facility_id"
    TOPIC: ClassVar[str] = "credit"

    event_type: Literal["LoanRepaid"] = "LoanRepaid"
    schema_version: Literal[1] = 1
    facility_id: Name
    amount_usd: Dollars


CreditEvent = LoanOriginated | CreditWaiverReported | LoanRepaid
