"""Every event says in one short line what happened, with its numbers, units and names."""

from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings

from events.base import LONGEST_HEADLINE, Event
from events.catalog import EVENT_TYPES
from events.ledger import ledger
from events.words import listed, power, short_dollars
from tests.events.documents import announced, document, leg, taken
from tests.strategies import events_of

BAR = {
    **{f"{name}_usd": 334.66 for name in ("open", "high", "low", "close")},
    **dict.fromkeys(("bucket", "first_at", "last_at"), "2026-01-01T12:00:00Z"),
    "interval_seconds": 86_400,
}
YEAR = {"period_starts": "2026-01-01", "period_ends": "2026-12-31"}
WAIVER = {"facility_id": "DDTL 2.0", "borrower": "CoreWeave"}
LOAN = {"facility_id": "f", "borrower": "CoreWeave", "principal_usd": 7.5e9}
REPORT = UUID(int=7)
CONTRACT = {"contract_id": "stargate", "supplier": "Oracle", "customer": "OpenAI"}

HEADLINES: tuple[tuple[str, dict[str, Any]], ...] = (
    ("CAT closed at $334.66", document("EquityBarClosed", symbol="CAT", **BAR)),
    ("H100 resold at $334.66", document("GpuBarClosed", model="H100", basis="resale", **BAR)),
    ("CAT traded at $1,486.00", document("EquityPriced", symbol="CAT", price_usd=1486)),
    (
        "H100 rented at $1.99 an hour",
        document("GpuPriced", model="H100", basis="rental_hour", price_usd=1.99),
    ),
    ("H100 listed at $30,000.00", document("GpuPriced", model="H100", basis="list", price_usd=30_000)),
    (
        "Letter of intent: Nvidia to OpenAI: up to $100B in equity (a deal)",
        announced(leg(amount_usd=1e11, up_to=True), stage="letter_of_intent"),
    ),
    (
        "Nvidia to OpenAI: $50B in equity, $35B of it on a condition (a deal)",
        announced(leg(amount_usd=15e9), leg(amount_usd=35e9, condition="an IPO")),
    ),
    (
        "Nvidia to OpenAI: $5B in debt on a condition; A to B: 3 GW in leases; and 1 more (a deal)",
        announced(
            leg(kind="debt", amount_usd=5e9, condition="an IPO"),
            *(
                leg(kind="lease", payer="A", payee="B", amount_usd=None, capacity_mw=mw)
                for mw in (1000, 2000)
            ),
            leg(kind="credits"),
        ),
    ),
    (
        "Nvidia to OpenAI: at least $5B in equity; Nvidia to OpenAI: an unstated amount in guarantees"
        " (a deal)",
        announced(leg(amount_usd=5e9), leg(amount_usd=None), leg(kind="guarantee", amount_usd=None)),
    ),
    (
        "The deal d was revised: now definitive; Nvidia to OpenAI: $5B in equity; without a and b:"
        " a smaller round",
        document(
            "DealRevised",
            deal_id="d",
            stage="definitive",
            legs=[leg(amount_usd=5e9)],
            removed_legs=["a", "b"],
            why="a smaller round",
        ),
    ),
    ("The deal d was revised", document("DealRevised", deal_id="d")),
    (
        "$15B was paid on equity of the deal d",
        document("LegFunded", deal_id="d", leg="equity", amount_usd=15e9),
    ),
    ("The deal d ended: no money", document("DealTerminated", deal_id="d", why="no money")),
    (
        "OpenAI and Oracle renegotiated stargate: $300B, until 31 December 2030 became 4.5 GW, less of it:"
        " no power",
        document(
            "ContractRenegotiated",
            **CONTRACT,
            before={"amount_usd": 3e11, "ends": "2030-12-31"},
            # A sentence of its own, in the middle of another.
            after={"capacity_mw": 4500, "text": "less of it."},
            why="no power",
        ),
    ),
    (
        "OpenAI and Oracle renegotiated stargate",
        document("ContractRenegotiated", **CONTRACT, before={}, after={}),
    ),
    (
        "Meta resells 100 MW of capacity to Google for $1.2B",
        document(
            "CapacityResold",
            contract_id="c",
            seller="Meta",
            buyer="Google",
            capacity_mw=100,
            amount_usd=1.2e9,
        ),
    ),
    ("Meta resells capacity", document("CapacityResold", contract_id="c", seller="Meta")),
    (
        "Meta plans to resell capacity",
        document("CapacityResold", contract_id="c", seller="Meta", stage="planned"),
    ),
    (
        "OpenAI cut a commitment from $1.4T to $600B until 31 December 2030",
        document(
            "CommitmentRevised",
            contract_id="c",
            company="OpenAI",
            before_usd=1.4e12,
            after_usd=6e11,
            ends="2030-12-31",
        ),
    ),
    (
        "OpenAI raised a commitment from $1B to $2B",
        document("CommitmentRevised", contract_id="c", company="OpenAI", before_usd=1e9, after_usd=2e9),
    ),
    (
        "CoreWeave borrowed $7.5B from Blackstone, Ares and 2 more against 100,000 H100,"
        " on no sponsor's balance sheet (f)",
        document(
            "LoanOriginated",
            **LOAN,
            lenders=["Blackstone", "Ares", "KKR", "PIMCO"],
            collateral={"kind": "gpus", "model": "H100", "quantity": 100_000},
            off_balance_sheet=True,
        ),
    ),
    (
        "CoreWeave borrowed $7.5B against ARM shares (f)",
        document("LoanOriginated", **LOAN, collateral={"kind": "shares", "symbol": "ARM"}),
    ),
    (
        "CoreWeave got an amendment from its lenders on DDTL 2.0 ($3B): more to draw",
        document("CreditWaiverReported", **WAIVER, kind="amendment", amount_usd=3e9, detail="more\n to draw"),
    ),
    (
        "CoreWeave is in default towards Blackstone and Ares on DDTL 2.0",
        document("CreditWaiverReported", **WAIVER, kind="default", lenders=["Blackstone", "Ares"]),
    ),
    ("$500M of the loan f was paid back", document("LoanRepaid", facility_id="f", amount_usd=5e8)),
    (
        "Stargate expects 1.2 GW at Abilene on 31 December 2026",
        document("PowerScheduled", site_id="Abilene", operator="Stargate", mw=1200, expected_on="2026-12-31"),
    ),
    (
        "Stargate expects power at Abilene on a day not named",
        document("PowerScheduled", site_id="Abilene", operator="Stargate"),
    ),
    (
        "200.5 MW reached Abilene on 1 January 2026",
        document("PowerDelivered", site_id="Abilene", mw=200.5, delivered_on="2026-01-01"),
    ),
    (
        "xAI has 35 generators of 35 MW at Memphis, 15 permitted",
        document(
            "GenerationObserved",
            site_id="Memphis",
            operator="xAI",
            permitted_units=15,
            observed_units=35,
            unit_mw=35,
        ),
    ),
    (
        "OpenAI reported $13B of AI revenue for 1 January 2026 to 31 December 2026",
        document("RevenueReported", company="OpenAI", amount_usd=13e9, **YEAR),
    ),
    (
        "CoreWeave means to invest $30B to $35B from 1 January 2026 to 31 December 2026",
        document("CapexGuided", company="CoreWeave", low_usd=30e9, high_usd=35e9, **YEAR),
    ),
    (
        "CoreWeave means to invest $30B from 1 January 2026 to 31 December 2026",
        document("CapexGuided", company="CoreWeave", low_usd=30e9, high_usd=30e9, **YEAR),
    ),
    (
        "CoreWeave: 97.0 % of the capacity is in use",
        document("UtilizationReported", company="CoreWeave", utilization=0.97),
    ),
    (
        "OpenAI spent $2B on serving what earned $1.5B",
        document("UnitCostReported", company="OpenAI", cost_usd=2e9, revenue_usd=1.5e9),
    ),
    (
        "OpenAI was valued at $730B before new money",
        document("ValuationMarked", company="OpenAI", valuation_usd=730e9, basis="pre_money"),
    ),
    ("Something happened", document("HeadlinePublished", publisher="p", title="Something happened")),
    (
        "The watchlist desk changed: 1 threshold and 0 windows of its own",
        document(
            "WatchlistChanged",
            watchlist="desk",
            thresholds=[{"indicator": "credit_waivers", "watch": 1, "warning": 2, "critical": 3}],
        ),
    ),
    ("Jo has seen the signal s: on it", document("SignalAcknowledged", signal_id="s", by="Jo", note="on it")),
    (
        "Jo muted credit_waivers of borrower:Oracle until 1 May 2026: known",
        document(
            "SignalMuted",
            indicator="credit_waivers",
            subject="borrower:Oracle",
            until="2026-05-01T00:00:00Z",
            by="Jo",
            why="known",
        ),
    ),
    ("Time reached 2026-01-01 12:00:00 UTC", document("ClockTicked")),
    (
        "600 MW for Abilene of Crusoe was cancelled: no turbines",
        document(
            "PowerWithdrawn",
            site_id="Abilene",
            operator="Crusoe",
            mw=600,
            reason="cancelled",
            why="no turbines",
        ),
    ),
    ("Power for Abilene was withdrawn", document("PowerWithdrawn", site_id="Abilene")),
    (
        "Abilene has all of its power of 1.2 GW since 1 January 2026",
        document("PowerCompleted", site_id="Abilene", mw=1200, completed_on="2026-01-01"),
    ),
    (
        "CoreWeave is also CW, Core Weave and 1 more, says Jo",
        document("CompanyNamed", company="CoreWeave", aliases=["CW", "Core Weave", "CoreW"], by="Jo"),
    ),
    (
        "Abilene is also Stargate I, says Jo",
        document("SiteNamed", site_id="Abilene", aliases=["Stargate I"], by="Jo"),
    ),
    ("DDTL 2.0 has no other names, says Jo", document("FacilityNamed", facility_id="DDTL 2.0", by="Jo")),
    (
        "H100 is also H100 SXM, says Jo",
        document("GpuModelNamed", model="H100", aliases=["H100 SXM"], by="Jo"),
    ),
    (
        "Jo joined b and c with a: the 8-K is the same waiver",
        document("FactsJoined", fact_id="a", others=["b", "c"], by="Jo", why="the 8-K is the same waiver"),
    ),
    (
        "Jo parted 1 report from a: another facility",
        document("FactParted", fact_id="a", reports=[str(REPORT)], by="Jo", why="another facility"),
    ),
    (
        f"Jo retracted the report {REPORT}: never happened",
        document("ReportRetracted", report_id=str(REPORT), by="Jo", why="never happened"),
    ),
)


@pytest.mark.parametrize(("headline", "content"), HEADLINES, ids=[headline for headline, _ in HEADLINES])
def test_a_headline_has_the_numbers_units_and_names(headline: str, content: dict[str, Any]) -> None:
    assert taken(content).headline == headline


def test_no_type_goes_without_an_example() -> None:
    assert {content["event_type"] for _, content in HEADLINES} == {kind.__name__ for kind in EVENT_TYPES}


@pytest.mark.parametrize("kind", EVENT_TYPES, ids=lambda kind: kind.__name__)
def test_whatever_an_event_says_is_one_line_of_at_most_200_characters(kind: type[Event]) -> None:
    @settings(max_examples=50, deadline=None)
    @given(events_of(kind))
    def short(event: Event) -> None:
        headline = event.headline
        assert 0 < len(headline) <= LONGEST_HEADLINE == 200
        assert headline == " ".join(headline.split())

    short()


def test_no_two_events_of_the_ledger_have_one_headline() -> None:
    headlines = [(event.headline, event.occurred_at, event.source) for event in ledger()]
    assert len(set(headlines)) == len(headlines) > 50


@pytest.mark.parametrize(
    ("usd", "text"),
    [
        ("1e15", "$1,000T"),
        ("1.04e12", "$1T"),
        ("12345e12", "$12,345T"),
        ("999999999999", "$1T"),
        ("999.96e9", "$1T"),
        ("999.94e9", "$999.9B"),
        ("22.5e9", "$22.5B"),
        ("26.04e6", "$26M"),
        ("1000", "$1K"),
        ("999.99", "$999.99"),
        ("999.5", "$999.50"),
        ("740", "$740"),
        ("0.01", "$0.01"),
        ("0", "$0"),
    ],
)
def test_dollars_are_short(usd: str, text: str) -> None:
    assert short_dollars(Decimal(usd)) == text


def test_power_is_written_in_gigawatts_from_one_on() -> None:
    assert [power(mw) for mw in (0.5, 999, 1000, 1700)] == ["0.5 MW", "999 MW", "1 GW", "1.7 GW"]


@pytest.mark.parametrize(
    ("names", "text"),
    [("a", "a"), ("ab", "a and b"), ("abc", "a, b and 1 more"), ("abcde", "a, b and 3 more")],
)
def test_a_list_names_two_and_counts_the_others(names: str, text: str) -> None:
    assert listed(list(names)) == text
