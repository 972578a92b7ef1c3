"""The tables of the circularity projection."""

from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from projections.circularity.book import Basis


class DealRow(NamedTuple):
    """A deal as it stands; `known_at` is when this became known."""

    deal_id: str
    title: str
    announced_at: datetime
    known_at: datetime
    status: str
    certainty: str
    source_url: str | None


class DealLegRow(NamedTuple):
    """A leg as it stands; `estimated_usd` follows from the capacity by the assumption named.

    Payer and payee are as written, and by their canonical names.
    """

    deal_id: str
    leg: str
    kind: str
    payer: str
    payee: str
    payer_company: str
    payee_company: str
    amount_usd: Decimal | None
    amount_low_usd: Decimal | None
    up_to: bool
    amount: Decimal | None
    currency: str
    usd_per_unit: Decimal | None
    annual_usd: Decimal | None
    capacity_mw: float | None
    estimated_usd: Decimal | None
    assumption: str | None
    usd_per_gw: int | None
    conditional: bool
    condition: str | None
    funded_usd: Decimal
    starts: date | None
    ends: date | None
    removed: bool
    known_at: datetime


class UnknownCompanyRow(NamedTuple):
    """A company's name that is not in the table of companies, and the deal that named it first."""

    name: str
    deal_id: str
    known_at: datetime
    closest: str | None


class MoneyFlowEdgeRow(NamedTuple):
    """Announced money from a company to another; an edge that is no more has no amount."""

    basis: Basis
    source: str
    target: str
    mainstat: str
    secondarystat: str
    thickness: float
    color: str
    amount_usd: Decimal
    circulating_usd: Decimal
    known_at: datetime


class MoneyFlowEdgeHistoryRow(NamedTuple):
    """An edge as it stood from an event on: history; one that is no more has no amount."""

    journal_offset: int
    journal_index: int
    basis: Basis
    source: str
    target: str
    mainstat: str
    secondarystat: str
    thickness: float
    color: str
    amount_usd: Decimal
    circulating_usd: Decimal
    known_at: datetime


class MoneyFlowNodeRow(NamedTuple):
    """A company in the graph; the arcs are parts of all money in and out and sum to 1."""

    basis: Basis
    id: str
    title: str
    subtitle: str
    mainstat: str
    secondarystat: str
    arc__inflow: float
    arc__outflow: float
    arc__circulating: float
    in_usd: Decimal
    out_usd: Decimal
    net_usd: Decimal
    circulating_usd: Decimal
    known_at: datetime


class MoneyFlowNodeHistoryRow(NamedTuple):
    """A company as it stood in the graph from an event on: history; one that left it has no money."""

    journal_offset: int
    journal_index: int
    basis: Basis
    id: str
    title: str
    subtitle: str
    mainstat: str
    secondarystat: str
    arc__inflow: float
    arc__outflow: float
    arc__circulating: float
    in_usd: Decimal
    out_usd: Decimal
    net_usd: Decimal
    circulating_usd: Decimal
    known_at: datetime


class CircularityRow(NamedTuple):
    """How much of all announced money can be going round: history.

    `bff_known_at` is when the estimate was last that of the whole graph; the bound always is.
    """

    known_at: datetime
    journal_offset: int
    journal_index: int
    basis: Basis
    announced_usd: Decimal
    estimated_usd: Decimal
    assumption: str | None
    usd_per_gw: int | None
    ci_max_usd: Decimal
    ci_bff_usd: Decimal
    ci_max: float
    ci_bff: float
    bff_known_at: datetime | None


class LoopRow(NamedTuple):
    """The loop of a rank; a rank that is no longer taken has no bottleneck."""

    basis: Basis
    rank: int
    path: str
    length: int
    bottleneck_usd: Decimal
    known_at: datetime


class VendorRoundTripRow(NamedTuple):
    """What of a vendor's order book its own money could have paid for: history."""

    known_at: datetime
    journal_offset: int
    journal_index: int
    basis: Basis
    vendor: str
    financing_usd: Decimal
    purchases_usd: Decimal
    round_trip_usd: Decimal
    share: float
