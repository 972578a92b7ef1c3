"""Write what changed of a deal and its legs."""

from collections.abc import Iterator
from datetime import datetime

from projections.base import Row
from projections.circularity.assumptions import ASSUMPTION, estimated_cents
from projections.circularity.deal import NOT_FUNDED, Deal, StandingLeg
from projections.circularity.money import in_usd
from projections.circularity.rows import DealLegRow, DealRow


def deal_rows(before: Deal | None, after: Deal, now: datetime) -> Iterator[Row]:
    """Give the rows of a deal that differ from those of before; legs taken out say so."""
    # Both are stamped alike here, so that rows differ only where the deal does.
    row = _deal_row(after, now)
    if before is None or row != _deal_row(before, now):
        yield row
    known = _leg_rows(before, now) if before else {}
    standing = _leg_rows(after, now)
    yield from (row for name, row in standing.items() if row != known.get(name))
    yield from (row._replace(removed=True) for name, row in known.items() if name not in standing)


def _deal_row(deal: Deal, now: datetime) -> DealRow:
    announced = deal.announced
    return DealRow(
        deal_id=announced.deal_id,
        title=announced.title,
        announced_at=announced.occurred_at,
        known_at=now,
        status=deal.status,
        certainty=announced.certainty.value,
        source_url=announced.source_url,
    )


def _leg_rows(deal: Deal, now: datetime) -> dict[str, DealLegRow]:
    return {one.leg.leg: _leg_row(deal, one, now) for one in deal.legs}


def _leg_row(deal: Deal, standing: StandingLeg, now: datetime) -> DealLegRow:
    leg = standing.leg
    estimated = estimated_cents(leg)
    return DealLegRow(
        deal_id=deal.announced.deal_id,
        leg=leg.leg,
        kind=leg.kind.value,
        payer=leg.payer,
        payee=leg.payee,
        amount_usd=leg.amount_usd,
        capacity_mw=leg.capacity_mw,
        estimated_usd=in_usd(estimated) if estimated else None,
        assumption=ASSUMPTION if estimated else None,
        conditional=bool(leg.condition),
        condition=leg.condition,
        funded_usd=in_usd(deal.funded.get(leg.leg, NOT_FUNDED).cents),
        starts=leg.starts,
        ends=leg.ends,
        removed=False,
        known_at=now,
    )
