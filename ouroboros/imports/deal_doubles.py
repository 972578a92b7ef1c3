"""Deals of a list that are likely known by another id already: their dollars would count twice."""

import json
from collections.abc import Iterator, Sequence
from typing import get_args

from events.base import Event
from events.families.contracts import ContractRenegotiated
from events.families.deals import DealEvent
from events.families.facts import FactParted, FactsJoined, ReportRetracted
from events.families.names import NamingEvent
from projections.facts import book as deals
from projections.facts.book import Book
from projections.facts.doubles import Double, likely_doubles
from projections.facts.names import Names, named

_OF_DEALS = (*get_args(DealEvent), ContractRenegotiated)


def doubles(events: Sequence[Event], new: frozenset[str]) -> Iterator[str]:
    """Say which of some new deals are likely one with another deal, and what makes them one."""
    names = Names()
    for event in events:
        if isinstance(event, get_args(NamingEvent)):
            names = named(names, event)
    book = Book()
    for event in sorted(events, key=lambda event: event.known_at):
        book = _entered(book, names, event)
    found = dict[tuple[str, str], Double]()
    for deal_id in sorted(new):
        found |= {(double.deal_id, double.other_id): double for double in likely_doubles(book, deal_id)}
    for double in found.values():
        facts = f"{double.other_id}: {double.deal_id}"
        if double.deal_id in new:
            facts = f"{double.deal_id}: {double.other_id}"
        yield (
            f"{double.describe()}. If they are one, publish {json.dumps(double.joined_by)} with times, source"
            f" and `by`, or say facts: {{{facts}}} in the mapping before the list is imported."
        )


def _entered(book: Book, names: Names, event: Event) -> Book:
    match event:
        case FactsJoined():
            return deals.join(book, names, event.fact_id, event.others)[0]
        case FactParted():
            return deals.part(book, names, event.fact_id, event.reports)[0]
        case ReportRetracted():
            return deals.retract(book, names, event.report_id)[0]
        case _ if isinstance(event, _OF_DEALS):
            return deals.enter(book, names, event)[0]
        case _:
            return book
