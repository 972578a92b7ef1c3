"""The deals, with their legs and where they are written."""

from collections import defaultdict

from ouroboros.pages.markup import Column, Html, element, section, table
from ouroboros.report.rows import DealRow, Facts, LegRow
from ouroboros.report.words import dollars, number, on_day, written_at

_DEALS = (
    Column("Deal"),
    Column("Announced"),
    Column("Status"),
    Column("Certainty"),
    Column("Legs", long=True),
    Column("Source"),
)


def deals_section(facts: Facts) -> Html:
    """Show the deals, the newest first."""
    legs: dict[str, list[LegRow]] = defaultdict(list)
    for one in facts.standing.legs:
        legs[one.deal_id].append(one)
    rows = [_deal(one, legs[one.deal_id]) for one in facts.standing.deals]
    return section("deals", "Deals", table("Deals, the newest first", _DEALS, rows, "deals"))


def _deal(deal: DealRow, legs: list[LegRow]) -> list[str]:
    return [
        deal.title,
        on_day(deal.announced_at),
        deal.status.replace("_", " "),
        deal.certainty,
        element("ul", *(element("li", _told(leg)) for leg in legs)) if legs else "",
        written_at(deal.source_url),
    ]


def _told(leg: LegRow) -> str:
    told = f"{leg.payer} → {leg.payee}: {leg.kind}, {_amount(leg)}"
    if leg.conditional:
        told += f", conditional{f' ({leg.condition})' if leg.condition else ''}"
    if leg.funded_usd:
        told += f", {dollars(leg.funded_usd)} paid"
    return told


def _amount(leg: LegRow) -> str:
    if leg.amount_usd is not None:
        return f"{'up to ' if leg.up_to else ''}{dollars(leg.amount_usd)}"
    capacity = f"{number(leg.capacity_mw)} MW" if leg.capacity_mw is not None else ""
    if leg.estimated_usd is not None:
        return f"{capacity}, estimated at {dollars(leg.estimated_usd)}".removeprefix(", ")
    return capacity or "no amount stated"
