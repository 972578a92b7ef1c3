"""What a report is made of: rows of the views `read.*`, column by column as they are told there."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple, TypeVar
from uuid import UUID

R = TypeVar("R", bound=tuple[Any, ...])


class DefinitionRow(NamedTuple):
    """An indicator, of read.indicator_definition."""

    id: str
    title: str
    unit: str
    direction: str
    watch: float
    warning: float
    critical: float
    named_by: str
    formula: str
    why: str
    stale_after: timedelta | None
    named_in: str


class SignRow(NamedTuple):
    """What a subject of an indicator is at, of read.indicator_current."""

    indicator: str
    subject: str
    value: float
    level: str
    since: datetime
    known_at: datetime
    stale_since: datetime | None
    text: str


class SignalRow(NamedTuple):
    """A step of an episode, of read.signal."""

    signal_id: UUID
    step_number: int
    known_at: datetime
    indicator: str
    subject: str
    step: str
    level: str
    value: float
    threshold: float
    message: str
    muted: bool


class EvidenceRow(NamedTuple):
    """An event that a step rests on, of read.signal_evidence."""

    signal_id: UUID
    step_number: int
    number: int
    event_id: UUID
    headline: str | None
    source: str | None
    source_url: str | None
    certainty: str | None
    occurred_at: datetime | None


class DealRow(NamedTuple):
    """A deal, of read.deal."""

    deal_id: str
    title: str
    announced_at: datetime
    status: str
    certainty: str
    source_url: str | None


class LegRow(NamedTuple):
    """A leg of a deal, of read.deal_leg."""

    deal_id: str
    leg: str
    kind: str
    payer: str
    payee: str
    amount_usd: Decimal | None
    estimated_usd: Decimal | None
    funded_usd: Decimal
    capacity_mw: float | None
    up_to: bool
    conditional: bool
    condition: str | None


class EdgeRow(NamedTuple):
    """Money from one company to another, of read.money_flow_edge."""

    basis: str
    source: str
    target: str
    mainstat: str
    secondarystat: str
    thickness: float
    color: str
    amount_usd: Decimal
    circulating_usd: Decimal


class NodeRow(NamedTuple):
    """A company of the graph, of read.money_flow_node."""

    basis: str
    id: str
    subtitle: str
    mainstat: str
    secondarystat: str
    in_usd: Decimal
    out_usd: Decimal
    circulating_usd: Decimal


class LoopRow(NamedTuple):
    """A loop of money, of read.loop."""

    basis: str
    rank: int
    path: str
    length: int
    bottleneck_usd: Decimal


class CircularityRow(NamedTuple):
    """How much of the money can be going round, of read.circularity."""

    known_at: datetime
    basis: str
    announced_usd: Decimal
    ci_max_usd: Decimal
    ci_bff_usd: Decimal
    ci_max: float
    ci_bff: float


class RoundTripRow(NamedTuple):
    """The newest of a vendor, of read.vendor_round_trip."""

    basis: str
    vendor: str
    financing_usd: Decimal
    purchases_usd: Decimal
    round_trip_usd: Decimal
    share: float


class FacilityRow(NamedTuple):
    """A loan, of read.facility."""

    facility_id: str
    borrower: str | None
    lenders: Sequence[str]
    principal_usd: Decimal | None
    balance_usd: Decimal | None
    undrawn_usd: Decimal | None
    off_balance_sheet: bool
    collateral_kind: str | None
    collateral: str | None
    collateral_quantity: float | None
    waivers: int


class CreditEventRow(NamedTuple):
    """What happened to a loan, of read.credit_event."""

    known_at: datetime
    facility_id: str
    borrower: str | None
    kind: str
    severity: float
    amount_usd: Decimal | None
    detail: str | None
    source_url: str | None


class SiteRow(NamedTuple):
    """A site that waits for power, of read.power_site."""

    site_id: str
    operator: str | None
    mw: float | None
    first_expected_on: date | None
    expected_on: date | None
    delivered_mw: float
    slip_days: int | None
    overdue_days: int
    permitted_units: int | None
    observed_units: int | None


class PriceRow(NamedTuple):
    """The last price of a day, of read.equity_bar or read.gpu_bar; a share has no basis."""

    name: str
    basis: str
    day: date
    close: float


class FallRow(NamedTuple):
    """The last measurement of a day, of read.indicator."""

    indicator: str
    subject: str
    day: date
    value: float


class SourceRow(NamedTuple):
    """A source and what came of it, of read.journal_event."""

    source: str
    source_url: str | None
    events: int
    first_known_at: datetime
    last_known_at: datetime


class LetterRow(NamedTuple):
    """An event that could not be read and still waits, of read.dead_letter."""

    topic: str
    partition: int
    offset: int
    position: int
    key: str | None
    reason: str | None
    received_at: datetime
    attempts: int


class ComponentRow(NamedTuple):
    """A part of the pipeline, of read.pipeline_health."""

    component: str
    last_event_at: datetime | None
    lag: int
    beat_at: datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """What stands at one time: the rows of views that have one row a key."""

    signs: list[SignRow]
    deals: list[DealRow]
    legs: list[LegRow]
    edges: list[EdgeRow]
    nodes: list[NodeRow]
    loops: list[LoopRow]
    facilities: list[FacilityRow]
    sites: list[SiteRow]


@dataclass(frozen=True, slots=True)
class Facts:
    """All that a report tells; `as_of` is the newest time in the data, `at` the one asked for, if any."""

    at: datetime | None
    as_of: datetime | None
    events: int
    watchlists: list[str]
    definitions: list[DefinitionRow]
    standing: Standing
    signals: list[SignalRow]
    evidence: list[EvidenceRow]
    circularity: list[CircularityRow]
    round_trips: list[RoundTripRow]
    credit_events: list[CreditEventRow]
    share_prices: list[PriceRow]
    gpu_prices: list[PriceRow]
    falls: list[FallRow]
    sources: list[SourceRow]
    letters: list[LetterRow]
    components: list[ComponentRow]


def in_order(rows: list[R]) -> list[R]:
    """Sort rows by their columns as texts; databases sort texts each in their own way."""
    return sorted(rows, key=lambda row: tuple(map(str, row)))
