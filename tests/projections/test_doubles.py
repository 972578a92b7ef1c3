"""Deals of different sources that are likely one: told until the desk decides, and then counted once."""

import json
from decimal import Decimal
from typing import Any

import pytest

from events.base import Event
from events.ledger import ledger
from projections.circularity.fold import CIRCULARITY
from projections.circularity.rows import DealLegRow, LikelyDoubleRow
from projections.facts.doubles import likely_doubles
from projections.facts.world import World
from tests.given import announced, event, given, leg, restored, rows_of, standing, world_of

BILLION = Decimal(10**9)


def azure(
    deal_id: str, source: str, known_on: str = "2025-10-28", name: str = "azure", **fields: Any
) -> Event:
    terms = {"amount_usd": 250e9, **fields}
    return announced(deal_id, known_on, leg(name, "purchase", "OpenAI", "Microsoft", **terms), source=source)


PRESS = azure("press", "newswire")
LISTED = azure("listed", "a list", "2026-06-21", name="purchase-1")
JOINED = event("FactsJoined", "2026-07-01", fact_id="press", others=["listed"], by="Ada")


def firm_billions(*events: Event) -> float:
    return world_of(*events).money.firm.announced_cents / 1e11


def doubles(world: World) -> set[tuple[str, str]]:
    return {
        (pair.deal_id, pair.other_id)
        for deal in world.book.deals
        for pair in likely_doubles(world.book, deal)
    }


def test_two_sources_of_one_amount_between_one_pair_are_told_with_the_event_that_joins_them() -> None:
    (row,) = rows_of(given(CIRCULARITY, PRESS, LISTED), LikelyDoubleRow)
    assert (row.deal_id, row.other_id, row.settled) == ("listed", "press", False)
    assert (row.amount_usd, row.other_amount_usd) == (250 * BILLION, 250 * BILLION)
    assert (row.payer_company, row.payee_company) == ("OpenAI", "Microsoft")
    (double,) = likely_doubles(world_of(PRESS, LISTED).book, "press")
    assert json.loads(json.dumps(double.joined_by)) == {
        "event_type": "FactsJoined", "fact_id": "listed", "others": ["press"],
    }  # fmt: skip
    assert double.describe() == (
        "listed ($250B) and press ($250B) are likely one deal of OpenAI and Microsoft: $250B count twice"
    )


def test_what_the_desk_joins_counts_once_and_is_told_no_more() -> None:
    assert firm_billions(PRESS, LISTED) == 500
    assert firm_billions(PRESS, LISTED, JOINED) == 250
    step = given(CIRCULARITY, PRESS, LISTED, JOINED)
    assert standing(CIRCULARITY, step, LikelyDoubleRow)["listed", "press"].settled
    restored(CIRCULARITY, step)


def test_what_the_desk_parts_is_told_no_more_either() -> None:
    parted = event("FactParted", "2026-07-02", fact_id="press", reports=[str(LISTED.event_id)], by="Ada")
    assert firm_billions(PRESS, LISTED, JOINED, parted) == 500
    assert doubles(world_of(PRESS, LISTED, JOINED, parted)) == set()
    again = event("FactsJoined", "2026-07-03", fact_id="press", others=["listed"], by="Bob")
    assert firm_billions(PRESS, LISTED, JOINED, parted, again) == 250


@pytest.mark.parametrize(
    ("other", "is_told"),
    [
        (azure("listed", "newswire"), False),
        (azure("listed", "a list", amount_usd=230e9), True),
        (azure("listed", "a list", amount_usd=200e9), False),
        (azure("listed", "a list", amount_usd=None), False),
        (azure("listed", "a list", amount_usd=None, capacity_mw=7_000), True),
        (announced("listed", "2026-01-01", leg("l", "equity", "OpenAI", "Microsoft", amount_usd=250e9),
                   source="a list"), False),
        (announced("listed", "2026-01-01", leg("l", "lease", "OpenAI", "Microsoft Corp", amount_usd=250e9),
                   source="a list"), True),
        (announced("listed", "2026-01-01", leg("l", "purchase", "OpenAI", "Oracle", amount_usd=250e9),
                   source="a list"), False),
        (announced("listed", "2026-01-01", leg("l", "purchase", "OpenAI", "Microsoft", amount_usd=250e9),
                   source="a list", stage="letter_of_intent"), False),
    ],
)  # fmt: skip
def test_only_dollars_that_would_count_twice_are_told(other: Event, is_told: bool) -> None:
    assert doubles(world_of(PRESS, other)) == ({("listed", "press")} if is_told else set())


def test_an_ended_deal_is_no_double() -> None:
    ended = event("DealTerminated", "2026-07-01", deal_id="press")
    step = given(CIRCULARITY, PRESS, LISTED, ended)
    assert standing(CIRCULARITY, step, LikelyDoubleRow)["listed", "press"].settled


def test_the_ledger_holds_no_deal_twice() -> None:
    assert doubles(world_of(*ledger())) == set()


def test_a_joined_deal_is_revised_under_the_name_that_its_source_gives_the_leg() -> None:
    revised = event("DealRevised", "2026-07-05", deal_id="listed", source="a list", legs=[
        leg("purchase-1", "purchase", "OpenAI", "Microsoft", amount_usd=280e9)])  # fmt: skip
    journal = (PRESS, LISTED, JOINED, revised)
    assert firm_billions(*journal) == 280
    rows = standing(CIRCULARITY, given(CIRCULARITY, *journal), DealLegRow)
    counting = {key for key, row in rows.items() if not row.removed}
    assert counting == {("press", "azure")}
    removed = event(
        "DealRevised", "2026-07-06", deal_id="listed", source="a list", removed_legs=["purchase-1"]
    )
    assert firm_billions(*journal, removed) == 0


@pytest.mark.parametrize("late", [False, True])
def test_what_is_paid_on_a_joined_deal_counts_on_the_leg_that_it_means(late: bool) -> None:
    paid = event("LegFunded", "2026-07-05", deal_id="listed", leg="purchase-1", amount_usd=5e9)
    journal = (PRESS, LISTED, JOINED, paid) if late else (PRESS, LISTED, paid, JOINED)
    assert world_of(*journal).book.deals["press"].funded["azure"].cents == 5 * 10**11
    same = event("LegFunded", "2026-07-06", deal_id="press", leg="azure", amount_usd=5e9, source="newswire")
    assert world_of(*journal, same).book.deals["press"].funded["azure"].cents == 5 * 10**11


def test_a_surer_source_of_one_leg_leaves_the_other_legs_of_the_deal() -> None:
    legs = (leg("stake", "equity", "Microsoft", "OpenAI", amount_usd=13e9),
            leg("azure", "purchase", "OpenAI", "Microsoft", amount_usd=250e9))  # fmt: skip
    whole = announced("press", "2025-10-28", *legs, certainty="reported", source="newswire")
    assert firm_billions(whole, azure("listed", "8-K", amount_usd=260e9), JOINED) == 273


def test_an_announcement_may_name_the_deal_that_it_means() -> None:
    named = announced("listed", "2026-06-21", leg("l", "purchase", "OpenAI", "Microsoft", amount_usd=250e9),
                      source="a list", fact_id="press")  # fmt: skip
    assert firm_billions(PRESS, named) == 250
    assert doubles(world_of(PRESS, named)) == set()
