"""The tables of the circularity projection."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, NamedTuple

from projections.base import BigInt, SqlType, TotalUsd, Usd
from projections.facts.book import Basis


class DealRow(NamedTuple):
    """A deal as it is now; `known_at` is when this became known."""

    deal_id: str
    title: str
    announced_at: datetime
    known_at: datetime
    status: str
    certainty: str
    source_url: str | None


class DealLegRow(NamedTuple):
    """A leg as it is now; `estimated_usd` follows from the capacity by the assumption named.

    Payer and payee are as written, and by their canonical names.
    """

    deal_id: str
    leg: str
    kind: str
    payer: str
    payee: str
    payer_company: str
    payee_company: str
    amount_usd: Usd | None
    amount_low_usd: Usd | None
    up_to: bool
    amount: Annotated[Decimal, SqlType("numeric(24, 3)")] | None
    currency: str
    usd_per_unit: Annotated[Decimal, SqlType("numeric(18, 12)")] | None
    annual_usd: Usd | None
    capacity_mw: float | None
    estimated_usd: Usd | None
    assumption: str | None
    usd_per_gw: BigInt | None
    conditional: bool
    condition: str | None
    funded_usd: TotalUsd
    starts: date | None
    ends: date | None
    removed: bool
    known_at: datetime


class UnknownCompanyRow(NamedTuple):
    """A company's name that nobody knows, and the deal that named it first, until the desk `named` it.

    `closest` is the known name that is spelled most alike.
    """

    name: str
    deal_id: str
    known_at: datetime
    closest: str | None
    named: bool


class LikelyDoubleRow(NamedTuple):
    """Two deals that are likely one, and what each counts for; `settled` when they are so no longer."""

    deal_id: str
    other_id: str
    payer_company: str
    payee_company: str
    amount_usd: TotalUsd
    other_amount_usd: TotalUsd
    settled: bool
    known_at: datetime


class _Edge(NamedTuple):
    """Announced money from a company to another since an event; an edge that is no more has no amount."""

    journal_offset: BigInt
    journal_index: int
    basis: Basis
    source: str
    target: str
    amount_usd: TotalUsd
    circulating_usd: TotalUsd
    known_at: datetime


class MoneyFlowEdgeRow(_Edge):
    """An edge as it is now."""

    __slots__ = ()


class MoneyFlowEdgeHistoryRow(_Edge):
    """An edge as it was from an event on: history."""

    __slots__ = ()


class _Node(NamedTuple):
    """A company in the graph since an event; one that left it has no money."""

    journal_offset: BigInt
    journal_index: int
    basis: Basis
    id: str
    in_usd: TotalUsd
    out_usd: TotalUsd
    circulating_usd: TotalUsd
    known_at: datetime


class MoneyFlowNodeRow(_Node):
    """A company as it is now."""

    __slots__ = ()


class MoneyFlowNodeHistoryRow(_Node):
    """A company as it was from an event on: history."""

    __slots__ = ()


class CircularityRow(NamedTuple):
    """How much of all announced money can be going round: history.

    `bff_known_at` is when the estimate was last that of the whole graph; the bound always is.
    """

    known_at: datetime
    journal_offset: BigInt
    journal_index: int
    basis: Basis
    announced_usd: TotalUsd
    estimated_usd: TotalUsd
    assumption: str | None
    usd_per_gw: BigInt | None
    ci_max_usd: TotalUsd
    ci_bff_usd: TotalUsd
    ci_max: float
    ci_bff: float
    bff_known_at: datetime | None


class LoopRow(NamedTuple):
    """The loop of a rank; a rank that is no longer taken has no bottleneck."""

    basis: Basis
    rank: int
    path: str
    length: int
    bottleneck_usd: TotalUsd
    known_at: datetime


class VendorRoundTripRow(NamedTuple):
    """What of a vendor's order book its own money could have paid for: history."""

    known_at: datetime
    journal_offset: BigInt
    journal_index: int
    basis: Basis
    vendor: str
    financing_usd: TotalUsd
    purchases_usd: TotalUsd
    round_trip_usd: TotalUsd
    share: float


def in_usd(cents: int) -> Decimal:
    """Convert cents to the dollars that the tables hold."""
    return Decimal(cents).scaleb(-2)
