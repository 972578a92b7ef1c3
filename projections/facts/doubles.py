"""Likely doubles: two deals of different sources that may be one, whose dollars then count twice."""

from collections.abc import Iterator
from itertools import product
from typing import NamedTuple

from events.families.deals import FINANCING
from events.words import short_cents
from projections.facts.book import NOTHING, Book, Pair, pairs_of
from projections.facts.deal import Deal, LegTerms, count

# Sources round, and state a deal of 13.8 billion as 13: a tenth apart they may mean the same dollars.
ALIKE = 0.1


class Double(NamedTuple):
    """Two deals, in the order of their ids, and what a leg of each counts for between one pair, in cents."""

    deal_id: str
    other_id: str
    pair: Pair
    cents: int
    other_cents: int

    @property
    def twice_cents(self) -> int:
        """Return what counts twice if the two are one."""
        return min(self.cents, self.other_cents)

    @property
    def joined_by(self) -> dict[str, object]:
        """Return the event that makes them one, but for its times, its source and who decides it."""
        return {"event_type": "FactsJoined", "fact_id": self.deal_id, "others": [self.other_id]}

    def describe(self) -> str:
        """Return it as a sentence."""
        (payer, payee), cents, other_cents = self.pair, short_cents(self.cents), short_cents(self.other_cents)
        return (
            f"{self.deal_id} ({cents}) and {self.other_id} ({other_cents}) are likely one deal of {payer} and"
            f" {payee}: {short_cents(self.twice_cents)} count twice"
        )


def likely_doubles(book: Book, deal_id: str) -> tuple[Double, ...]:
    """Return what may be the same as a deal: of other sources, between one pair, about as many dollars.

    One source that names two deals means two, and so does the desk where it parted them.
    """
    deal = book.deals.get(deal_id)
    found = dict[tuple[str, str], Double]()
    for pair in pairs_of(deal):
        for other_id in book.between.get(pair, NOTHING).deals:
            if deal is None or other_id == deal_id or not _may_be_one(book, deal_id, other_id):
                continue
            for double in _alike(book, (deal_id, other_id), pair):
                found.setdefault((double.deal_id, double.other_id), double)
    return tuple(found.values())


def _may_be_one(book: Book, deal_id: str, other_id: str) -> bool:
    sources = book.deals[deal_id].announced.source, book.deals[other_id].announced.source
    return sources[0] != sources[1] and not (deal_id in book.parted or other_id in book.parted)


def _alike(book: Book, deal_ids: tuple[str, str], pair: Pair) -> Iterator[Double]:
    first, second = sorted(deal_ids)
    deal, other = book.deals[first], book.deals[second]
    for terms, others in product(_legs(deal, pair), _legs(other, pair)):
        if (terms.leg.kind in FINANCING) != (others.leg.kind in FINANCING):
            continue
        cents = count(deal, terms, book.gigawatt).whole
        other_cents = count(other, others, book.gigawatt).whole
        if min(cents, other_cents) > 0 and abs(cents - other_cents) <= ALIKE * max(cents, other_cents):
            yield Double(first, second, pair, cents, other_cents)


def _legs(deal: Deal, pair: Pair) -> list[LegTerms]:
    return [terms for terms in deal.legs if terms.pair == pair]
