"""Renegotiations that state dollars: what changes a commitment changes the graph of money, once."""

from typing import Any

import pytest

from events.base import Event
from events.ledger import ledger
from projections.circularity.fold import CIRCULARITY
from projections.circularity.rows import DealRow
from tests.given import announced, event, given, leg, restored, standing, world_of


def renegotiated(known_on: str = "2026-02-01", **fields: Any) -> Event:
    terms = {"contract_id": "c", "supplier": "Microsoft", "customer": "OpenAI", "before": {}, "after": {}}
    return event("ContractRenegotiated", known_on, **{**terms, **fields})


def deal(billions: float = 100, deal_id: str = "d", kind: str = "purchase", **fields: Any) -> Event:
    order = leg("azure", kind, "OpenAI", "Microsoft", amount_usd=billions * 1e9)
    return announced(deal_id, "2026-01-01", order, **fields)


def firm(*events: Event) -> float:
    """Return what OpenAI is to pay Microsoft, in billions."""
    between = world_of(*events).book.between.get(("OpenAI", "Microsoft"))
    return between.sums.firm_purchases / 1e11 if between else 0


AFTER = {"amount_usd": 250e9}


def test_dollars_of_a_contract_that_nobody_announced_are_a_deal_of_its_own() -> None:
    assert firm(renegotiated(after=AFTER)) == 250
    step = given(CIRCULARITY, renegotiated(after=AFTER))
    row = standing(CIRCULARITY, step, DealRow)["c",]
    assert (row.title, row.status) == ("OpenAI and Microsoft: c", "announced")
    restored(CIRCULARITY, step)


def test_the_next_renegotiation_of_the_contract_replaces_the_dollars() -> None:
    later = renegotiated("2026-05-01", before=AFTER, after={"amount_usd": 280e9})
    assert firm(renegotiated(after=AFTER), later) == 280


@pytest.mark.parametrize(
    ("before", "after", "billions"),
    [
        ({"amount_usd": 100e9}, {"amount_usd": 60e9}, 60),
        ({"amount_usd": 100.4e9}, {"amount_usd": 130e9}, 130),
        ({}, {"amount_usd": 100e9}, 100),
        ({}, {"amount_usd": 40e9}, 140),
        ({"text": "as before"}, {"text": "Others may compute."}, 100),
    ],
)
def test_the_leg_of_what_was_agreed_before_or_is_agreed_now_changes(
    before: dict[str, Any], after: dict[str, Any], billions: float
) -> None:
    assert firm(deal(), renegotiated(before=before, after=after)) == billions


def test_two_legs_of_one_amount_are_not_guessed_between() -> None:
    assert firm(deal(), deal(deal_id="e"), renegotiated(before={"amount_usd": 100e9}, after=AFTER)) == 450


def test_a_deal_that_is_named_without_its_only_leg_is_changed() -> None:
    assert firm(deal(), renegotiated(after=AFTER, deal_id="d")) == 250
    assert firm(deal(), renegotiated(after=AFTER, contract_id="d")) == 250


def test_a_deal_that_is_announced_after_its_renegotiation_counts_once() -> None:
    assert firm(renegotiated(after=AFTER, contract_id="d"), deal(250)) == 250
    assert firm(renegotiated(after=AFTER, deal_id="d", leg="azure"), deal(100)) == 250


def test_two_sources_that_report_one_renegotiation_change_the_graph_once() -> None:
    wire = renegotiated(after=AFTER, source="newswire", certainty="reported")
    filing = renegotiated("2026-02-03", after=AFTER, source="8-K", certainty="filing", contract_id="other")
    assert firm(wire, filing) == 250
    assert firm(filing, wire) == 250


def test_a_retracted_renegotiation_takes_its_dollars_along() -> None:
    first = renegotiated(after=AFTER)
    taken_back = event("ReportRetracted", "2026-03-01", report_id=str(first.event_id), by="Ada")
    assert firm(first, taken_back) == 0


def test_a_corrected_renegotiation_counts_as_corrected() -> None:
    first = renegotiated(after=AFTER)
    better = renegotiated("2026-03-01", after={"amount_usd": 25e9}, corrects=str(first.event_id))
    assert firm(first, better) == 25


def test_money_between_two_names_of_one_company_goes_nowhere() -> None:
    assert firm(renegotiated(after=AFTER, customer="Microsoft Corporation")) == 0


def test_the_commitment_to_azure_stands_in_the_graph_once() -> None:
    world = world_of(*ledger())
    assert firm(*ledger()) == 250
    trip = world.money.firm.round_trips["Microsoft"]
    assert round(trip.share, 3) == 0.052
    # With the 13 billion of credits that are to be spent on Azure: 13 of 263.
    assert round(world.money.on("all").round_trips["Microsoft"].share, 3) == 0.049
    money = world.money.on("all")
    assert (money.announced_cents, money.maximum_cents) == (8431 * 10**10, 186 * 10**11)
    assert round(money.maximum_cents / money.announced_cents, 3) == 0.221
