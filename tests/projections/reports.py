"""Reports of several sources on one thing, of every kind of facts, for the tests of facts."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from events.base import Event
from projections.facts.log import Log
from projections.facts.reports import Fact
from projections.facts.world import World
from tests.given import announced, delivery, event, leg, loan, promise, repaid, waiver, world_of


@dataclass(frozen=True)
class KindOfFact:
    """How a kind of facts is reported on a day, and where the world keeps the facts about that thing."""

    name: str
    report: Callable[..., Event]
    log: Callable[[World], Log[Any]]
    thing: str

    def of(self, *journal: Event) -> tuple[Fact[Any], ...]:
        """Return the facts that a journal makes."""
        return self.log(world_of(*journal)).of(self.thing)


def renegotiation(known_on: str, **fields: Any) -> Event:
    """Report that CoreWeave and Microsoft renegotiated a contract."""
    terms = {"contract_id": "c", "supplier": "CoreWeave", "customer": "Microsoft", "before": {}, "after": {}}
    return event("ContractRenegotiated", known_on, **{**terms, **fields})


def resale(known_on: str, **fields: Any) -> Event:
    """Report that Meta resells capacity."""
    return event("CapacityResold", known_on, **{"contract_id": "c", "seller": "Meta", **fields})


def commitment(known_on: str, **fields: Any) -> Event:
    """Report that OpenAI cut a commitment from 1,400 to 600 billion dollars."""
    sums = {"before_usd": 1_400e9, "after_usd": 600e9}
    return event("CommitmentRevised", known_on, **{"contract_id": "c", "company": "OpenAI", **sums, **fields})


def guidance(known_on: str, **fields: Any) -> Event:
    """Report that Meta guides capex of 100 billion dollars for 2026."""
    said = {"company": "Meta", "low_usd": 100e9, "high_usd": 100e9}
    period = {"period_starts": "2026-01-01", "period_ends": "2026-12-31"}
    return event("CapexGuided", known_on, **{**said, **period, **fields})


def payment(known_on: str, **fields: Any) -> Event:
    """Report that five billion dollars were paid on a leg of a deal."""
    paid = {"deal_id": "d", "leg": "l", "amount_usd": 5e9}
    return event("LegFunded", known_on, **{**paid, **fields})


def withdrawal(known_on: str, **fields: Any) -> Event:
    """Report that the power of Abilene was withdrawn."""
    return event("PowerWithdrawn", known_on, **{"site_id": "Abilene", **fields})


def deal(known_on: str, billions: float = 10, deal_id: str = "d", **fields: Any) -> Event:
    """Report that Nvidia finances OpenAI."""
    money = leg("l", "equity", "Nvidia", "OpenAI", amount_usd=billions * 1e9)
    return announced(deal_id, known_on, money, **fields)


KINDS = (
    KindOfFact("relief", waiver, lambda world: world.relief, "all"),
    KindOfFact("renegotiation", renegotiation, lambda world: world.renegotiations, "all"),
    KindOfFact("resale", resale, lambda world: world.resales, "all"),
    KindOfFact("commitment", commitment, lambda world: world.commitments, "OpenAI"),
    KindOfFact("guidance", guidance, lambda world: world.guidance, "Meta"),
    KindOfFact("terms", loan, lambda world: world.loans.terms, "f"),
    KindOfFact("repayment", repaid, lambda world: world.loans.repayments, "f"),
    KindOfFact("promise", lambda day, **fields: promise(day, "2026-09-01", **fields),
               lambda world: world.sites.promises, "Abilene"),
    KindOfFact("delivery", delivery,
               lambda world: world.sites.deliveries, "Abilene"),
    KindOfFact("end", withdrawal, lambda world: world.sites.ends, "Abilene"),
    KindOfFact("payment", payment, lambda world: world.book.payments, "d/l"),
)  # fmt: skip
