"""Write what changed of a deal and its legs, and the companies that nobody knows yet."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction

from events.families.deals import Leg
from projections.base import Row
from projections.circularity.rows import DealLegRow, DealRow, LikelyDoubleRow, in_usd
from projections.facts.assumptions import USD_PER_GW, Gigawatt, assumption, estimated_cents
from projections.facts.book import Book
from projections.facts.deal import NOT_FUNDED, Deal, LegTerms, to_cents
from projections.facts.doubles import Double, likely_doubles
from projections.facts.names import Names

DAYS_A_YEAR = Fraction(1461, 4)


def deal_rows(before: Book, after: Book, deal_id: str, now: datetime) -> Iterator[Row]:
    """Return the rows of a deal that differ from those of before; legs taken out say so."""
    known, deal = before.deals.get(deal_id), after.deals[deal_id]
    # Both are stamped alike here, so that rows differ only where the deal does.
    row = _deal_row(deal, now)
    if known is None or row != _deal_row(known, now):
        yield row
    old = _leg_rows(known, before.gigawatt, now) if known else {}
    new = _leg_rows(deal, after.gigawatt, now)
    yield from (row for name, row in new.items() if row != old.get(name))
    yield from (row._replace(removed=True) for name, row in old.items() if name not in new)


def double_rows(before: Book, after: Book, deal_ids: Sequence[str], now: datetime) -> Iterator[Row]:
    """Return the likely doubles of deals that are new or other than before, and those that are settled."""
    known = _doubles(before, deal_ids)
    new = _doubles(after, deal_ids)
    yield from (_double_row(double, now) for key, double in new.items() if known.get(key) != double)
    yield from (_double_row(double, now, settled=True) for key, double in known.items() if key not in new)


def unknown_names(deal: Deal, names: Names) -> tuple[str, ...]:
    """Return the companies of a deal that neither the release nor the desk knows, each once."""
    written = dict.fromkeys(name for terms in deal.legs for name in (terms.leg.payer, terms.leg.payee))
    return tuple(name for name in written if not names.is_known(name))


def _doubles(book: Book, deal_ids: Sequence[str]) -> dict[tuple[str, str], Double]:
    doubles = (double for deal_id in deal_ids for double in likely_doubles(book, deal_id))
    return {(double.deal_id, double.other_id): double for double in doubles}


def _double_row(double: Double, now: datetime, *, settled: bool = False) -> LikelyDoubleRow:
    return LikelyDoubleRow(
        double.deal_id,
        double.other_id,
        *double.pair,
        amount_usd=in_usd(double.cents),
        other_amount_usd=in_usd(double.other_cents),
        settled=settled,
        known_at=now,
    )


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


def _leg_rows(deal: Deal, gigawatt: Gigawatt, now: datetime) -> dict[str, DealLegRow]:
    return {terms.leg.leg: _leg_row(deal, terms, gigawatt, now) for terms in deal.legs}


def _leg_row(deal: Deal, terms: LegTerms, gigawatt: Gigawatt, now: datetime) -> DealLegRow:
    leg = terms.leg
    estimated = estimated_cents(leg, gigawatt)
    payer, payee = terms.pair
    return DealLegRow(
        deal_id=deal.announced.deal_id,
        leg=leg.leg,
        kind=leg.kind.value,
        payer=leg.payer,
        payee=leg.payee,
        payer_company=payer,
        payee_company=payee,
        amount_usd=leg.amount_usd,
        amount_low_usd=leg.amount_low_usd,
        up_to=leg.up_to,
        amount=leg.amount,
        currency=leg.currency,
        usd_per_unit=leg.usd_per_unit,
        annual_usd=_annual_usd(leg, to_cents(leg.amount_usd) + estimated),
        capacity_mw=leg.capacity_mw,
        estimated_usd=in_usd(estimated) if estimated else None,
        assumption=assumption(gigawatt) if estimated else None,
        usd_per_gw=USD_PER_GW[gigawatt] if estimated else None,
        conditional=bool(leg.condition),
        condition=leg.condition,
        funded_usd=in_usd(deal.funded.get(leg.leg, NOT_FUNDED).cents),
        starts=leg.starts,
        ends=leg.ends,
        removed=False,
        known_at=now,
    )


def _annual_usd(leg: Leg, cents: int) -> Decimal | None:
    """Spread an amount over its term; what runs for less than a year is no more a year than in all."""
    if not cents or leg.starts is None or leg.ends is None:
        return None
    after = leg.ends + timedelta(days=1)
    months = 12 * (after.year - leg.starts.year) + after.month - leg.starts.month
    years = Fraction(months, 12) + (after.day - leg.starts.day) / DAYS_A_YEAR
    return in_usd(int(cents / max(Fraction(1), years)))
