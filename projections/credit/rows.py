"""The tables of the credit projection."""

from datetime import datetime
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID


class CreditEventRow(NamedTuple):
    """Something happened to a facility: history."""

    known_at: datetime
    journal_offset: int
    journal_index: int
    event_id: UUID
    facility_id: str
    borrower: str | None
    lenders: list[str]
    kind: str
    severity: float
    amount_usd: Decimal | None
    detail: str | None
    source_url: str | None


class FacilityRow(NamedTuple):
    """A facility as it stands; the balance is unknown until its origination is."""

    facility_id: str
    borrower: str | None
    lenders: list[str]
    principal_usd: Decimal | None
    repaid_usd: Decimal
    undrawn_usd: Decimal | None
    equity_usd: Decimal | None
    off_balance_sheet: bool
    collateral_kind: str | None
    collateral: str | None
    collateral_quantity: float | None
    waivers: int
    known_at: datetime
