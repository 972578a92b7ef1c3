"""Contracts, generators and financials as any journal may hold them, much of it late, for Hypothesis."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st

from events.base import Event
from tests.given import event

START = date(2026, 1, 1)
DAYS = st.integers(0, 400).map(lambda days: str(START + timedelta(days=days)))
# Revenue is told of periods that end within a year of the first of those days.
EARNED_ON = st.integers(-100, 300).map(lambda days: str(START + timedelta(days=days)))
NAMES = st.sampled_from(["A", "B", "C"])
BILLIONS = st.integers(1, 60).map(lambda number: number * 1e9)
UNITS = st.integers(0, 40)


def some(make: Callable[..., Event], *arguments: st.SearchStrategy[Any]) -> st.SearchStrategy[Event]:
    return st.builds(make, *arguments)


COMPANY_EVENTS: tuple[st.SearchStrategy[Event], ...] = (
    some(
        lambda day, deal_id, customer, before, after: event(
            "ContractRenegotiated",
            day,
            contract_id=deal_id,
            supplier="A",
            customer=customer,
            before={"amount_usd": before},
            after={"amount_usd": after},
            deal_id=deal_id,
            leg="money",
        ),
        *(DAYS, NAMES, NAMES, BILLIONS, BILLIONS),
    ),
    some(lambda day, name: event("CapacityResold", day, contract_id=name, seller=name), DAYS, NAMES),
    some(
        lambda day, name, before, after, ends: event(
            "CommitmentRevised",
            day,
            contract_id=f"of {name}",
            company=name,
            before_usd=before,
            after_usd=after,
            ends=ends,
        ),
        *(DAYS, NAMES, BILLIONS, BILLIONS, DAYS),
    ),
    some(
        lambda day, name, amount, first, last: event(
            "RevenueReported",
            day,
            company=name,
            amount_usd=amount,
            period_starts=min(first, last),
            period_ends=max(first, last),
        ),
        *(DAYS, NAMES, BILLIONS, EARNED_ON, EARNED_ON),
    ),
    some(
        lambda day, deal_id, payer, amount, ends: event(
            "DealAnnounced",
            day,
            deal_id=f"cloud {deal_id}",
            title="Cloud",
            legs=[
                {"leg": "money", "kind": "purchase", "payer": payer, "payee": "D"}
                | {"amount_usd": amount, "ends": ends}
            ],
        ),
        *(DAYS, NAMES, NAMES, BILLIONS, DAYS),
    ),
    some(
        lambda day, name, amount, first, last: event(
            "CapexGuided",
            day,
            company=name,
            low_usd=amount,
            high_usd=amount,
            period_starts=min(first, last),
            period_ends=max(first, last),
        ),
        *(DAYS, NAMES, BILLIONS, DAYS, DAYS),
    ),
    some(
        lambda day, name, used: event("UtilizationReported", day, company=name, utilization=used),
        *(DAYS, NAMES, st.sampled_from([0.1, 0.7, 0.9, 1.0])),
    ),
    some(
        lambda day, name, cost, earned: event(
            "UnitCostReported", day, company=name, cost_usd=cost, revenue_usd=earned
        ),
        *(DAYS, NAMES, BILLIONS, BILLIONS),
    ),
    some(
        lambda day, site_id, observed, permitted: event(
            "GenerationObserved",
            day,
            site_id=site_id,
            operator="A",
            observed_units=observed,
            permitted_units=permitted,
        ),
        *(DAYS, NAMES, UNITS, st.none() | UNITS),
    ),
)
