"""Facts of a made-up world: always the same for the same seed, in the shares that a busy desk sees.

A deal a day is a lot; what one costs in a large graph is measured on its own.
"""

import random
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from events.base import Certainty, Event
from events.families.credit import (
    Collateral,
    CreditWaiverReported,
    GpuCollateral,
    LoanOriginated,
    LoanRepaid,
    ShareCollateral,
    WaiverKind,
)
from events.families.deals import DealAnnounced, Leg, LegKind
from events.families.financials import RevenueReported, UnitCostReported, UtilizationReported
from events.families.headlines import HeadlinePublished
from events.families.power import GenerationObserved, PowerScheduled

SEED = 20_260_301
FIRST_DAY = datetime(2025, 1, 2, 14, 30, tzinfo=UTC)

SYMBOLS = tuple(f"SYM{number}" for number in range(180))
GPU_MODELS = tuple(f"GPU-{number}" for number in range(10))
COMPANIES = tuple(f"Company {number}" for number in range(400))
# Deals are among the largest only.
LARGEST = COMPANIES[:40]
FACILITIES, SITES, PUBLISHERS = 2_000, 300, 50
# Of the facilities these many are secured by shares, and these many by GPUs.
ON_SHARES, ON_GPUS = 20, 400

Common = dict[str, Any]
Maker = Callable[[random.Random, Common, int], Event]


def common(chance: random.Random, at: datetime, source: str = "benchmark") -> Common:
    """Make up what every event has."""
    return {
        "event_id": UUID(int=chance.getrandbits(128), version=4),
        "occurred_at": at,
        "known_at": at,
        "source": source,
        "certainty": Certainty.REPORTED,
    }


def facts(chance: random.Random, moments: Iterator[datetime]) -> Iterator[Event]:
    """Make up a fact for each moment."""
    weights = [weight for weight, _ in MAKERS]
    makers = [maker for _, maker in MAKERS]
    for at in moments:
        (maker,) = chance.choices(makers, weights)
        yield maker(chance, common(chance, at), chance.randrange(10_000))


def facts_of_entities(
    chance: random.Random, entities: int, each: int, moments: Iterator[datetime]
) -> list[list[Event]]:
    """Make up facts entity by entity, as a feed batches them; no deals."""
    weights = [weight for weight, maker in MAKERS if maker is not deal]
    makers = [maker for _, maker in MAKERS if maker is not deal]
    chosen = [(maker, chance.randrange(10_000)) for maker in chance.choices(makers, weights, k=entities)]
    return [
        [maker(chance, common(chance, next(moments)), entity) for _ in range(each)]
        for maker, entity in chosen
    ]


def every(seconds: float, start: datetime = FIRST_DAY) -> Iterator[datetime]:
    """Give moments, one after the other, for ever."""
    step = timedelta(seconds=seconds)
    while True:
        yield start
        start += step


def headline(chance: random.Random, shared: Common, entity: int) -> Event:
    company = chance.choice(COMPANIES)
    return HeadlinePublished(
        **shared,
        publisher=f"Publisher {entity % PUBLISHERS}",
        title=f"{company} in talks over another {chance.randrange(1, 90)} billion for data centres",
        body="People who know of the matter said that nothing is signed, and that terms may change.",
    )


def revenue(chance: random.Random, shared: Common, entity: int) -> Event:
    return RevenueReported(
        **shared,
        company=COMPANIES[entity % len(COMPANIES)],
        amount_usd=_dollars(chance, 10**10),
        period_starts=date(2024, 10, 1),
        period_ends=date(2024, 12, 31),
    )


def utilization(chance: random.Random, shared: Common, entity: int) -> Event:
    company = COMPANIES[entity % len(COMPANIES)]
    return UtilizationReported(**shared, company=company, utilization=round(chance.random(), 3))


def unit_cost(chance: random.Random, shared: Common, entity: int) -> Event:
    return UnitCostReported(
        **shared,
        company=COMPANIES[entity % len(COMPANIES)],
        cost_usd=_dollars(chance, 10**8),
        revenue_usd=_dollars(chance, 10**8),
    )


def repayment(chance: random.Random, shared: Common, entity: int) -> Event:
    return LoanRepaid(**shared, facility_id=_facility(entity), amount_usd=_dollars(chance, 10**4))


def loan(chance: random.Random, shared: Common, entity: int) -> Event:
    return LoanOriginated(
        **shared,
        facility_id=_facility(entity),
        borrower=_borrower(entity),
        lenders=_lenders(entity),
        principal_usd=_dollars(chance, 10**9) + 10**8,
        collateral=_collateral(entity % FACILITIES),
    )


def waiver(chance: random.Random, shared: Common, entity: int) -> Event:
    return CreditWaiverReported(
        **shared,
        facility_id=_facility(entity),
        borrower=_borrower(entity),
        kind=chance.choice(list(WaiverKind)),
        detail="The leverage covenant is tested again next year.",
    )


def generation(chance: random.Random, shared: Common, entity: int) -> Event:
    return GenerationObserved(
        **shared,
        site_id=_site(entity),
        operator=_operator(entity),
        permitted_units=15,
        observed_units=chance.randrange(40),
        unit_mw=2.5,
    )


def schedule(chance: random.Random, shared: Common, entity: int) -> Event:
    at: datetime = shared["known_at"]
    return PowerScheduled(
        **shared,
        site_id=_site(entity),
        operator=_operator(entity),
        mw=float(chance.randrange(50, 1_000)),
        expected_on=at.date() + timedelta(days=chance.randrange(30, 700)),
    )


def deal(chance: random.Random, shared: Common, entity: int) -> Event:
    one, other = chance.sample(LARGEST, 2)
    legs = (
        Leg(leg="stake", kind=LegKind.EQUITY, payer=one, payee=other, amount_usd=_dollars(chance, 10**10)),
        Leg(leg="order", kind=LegKind.PURCHASE, payer=other, payee=one, amount_usd=_dollars(chance, 10**10)),
    )
    return DealAnnounced(**shared, deal_id=f"deal-{entity}", title=f"{one} and {other}", legs=legs)


# Parts of 10,000.
MAKERS: tuple[tuple[int, Maker], ...] = (
    (4_098, headline),
    (1_500, revenue),
    (1_000, utilization),
    (500, unit_cost),
    (1_200, repayment),
    (300, loan),
    (100, waiver),
    (800, generation),
    (500, schedule),
    (2, deal),
)


def _dollars(chance: random.Random, most: int) -> Decimal:
    return Decimal(chance.randrange(1, most))


def _facility(entity: int) -> str:
    return f"facility-{entity % FACILITIES}"


def _borrower(entity: int) -> str:
    return COMPANIES[entity % len(COMPANIES)]


def _lenders(entity: int) -> tuple[str, ...]:
    return (f"Lender {entity % 25}", f"Lender {entity % 7}")


def _collateral(facility: int) -> Collateral | None:
    if facility < ON_SHARES:
        return ShareCollateral(symbol=SYMBOLS[facility // 2], quantity=1e6)
    if facility < ON_SHARES + ON_GPUS:
        return GpuCollateral(model=GPU_MODELS[facility % len(GPU_MODELS)], quantity=5_000)
    return None


def _site(entity: int) -> str:
    return f"site-{entity % SITES}"


def _operator(entity: int) -> str:
    return f"Operator {entity % SITES % 60}"
