"""What a company has promised to pay, spread over the years in which it is to be paid."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from events.families.contracts import CommitmentRevised
from events.families.deals import FINANCING
from projections.facts.annual import MONTHS_PER_YEAR, a_year, months
from projections.facts.deal import Deal, count, evidence, to_cents
from projections.facts.reports import Fact

# Cloud contracts were announced for three to eight years; one without a known last day runs so long.
ASSUMED_YEARS = 5
_ASSUMED = timedelta(days=round(ASSUMED_YEARS * 365.25) - 1)


@dataclass(frozen=True, slots=True)
class Commitment:
    """A promise in cents, in all and a year, its last day (assumed where unknown), and its events."""

    cents: int
    cents_a_year: int
    ends: date
    is_assumed: bool
    events: tuple[UUID, ...]


def of_deal(deal: Deal, company: str) -> Iterator[Commitment]:
    """Find what a company, by its canonical name, is to pay by the firm purchase and lease legs of a deal."""
    for terms in deal.legs:
        leg = terms.leg
        payer, payee = terms.pair
        firm = count(deal, terms).firm
        # Money between two names of one company goes nowhere.
        if payer == company != payee and leg.kind not in FINANCING and firm:
            starts = leg.starts or deal.announced.occurred_at.date()
            yield _spread(firm, starts, leg.ends, evidence(deal, terms))


def of_statement(fact: Fact[CommitmentRevised]) -> Commitment:
    """Spread what a company states that it will pay from then on."""
    statement = fact.value
    return _spread(to_cents(statement.after_usd), fact.known_at.date(), statement.ends, fact.evidence)


def _spread(cents: int, starts: date, ends: date | None, events: tuple[UUID, ...]) -> Commitment:
    last = ends or starts + _ASSUMED
    # What is due within less than a year is no more a year than it is in all.
    spread_over = max(MONTHS_PER_YEAR, months(starts, last))
    return Commitment(cents, a_year(cents, spread_over), last, ends is None, events)
