from typing import Any

from hypothesis import given as given_any
from hypothesis import settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from events.base import Event
from events.families.contracts import ContractRenegotiated
from events.families.deals import DealEvent
from projections.facts.assumptions import USD_PER_GW_HIGH, USD_PER_GW_LOW, USD_PER_GW_MID
from projections.facts.book import BASES, Basis, Book, Edge, edge_events, enter
from projections.facts.deal import count
from projections.facts.names import Names
from tests.given import event
from tests.projections.whole_graph import edges, flows

CONCERNED = DealEvent | ContractRenegotiated


def leg(name: str = "l", kind: str = "equity", **fields: Any) -> dict[str, Any]:
    return {"leg": name, "kind": kind, "payer": "A", "payee": "B", **fields}


def announced(*legs: dict[str, Any], **fields: Any) -> Event:
    return event("DealAnnounced", **{"deal_id": "d", "title": "A deal", "legs": list(legs), **fields})


def revised(*legs: dict[str, Any], **fields: Any) -> Event:
    return event("DealRevised", **{"deal_id": "d", "legs": list(legs), **fields})


def funded(usd: float, **fields: Any) -> Event:
    return event("LegFunded", **{"deal_id": "d", "leg": "l", "amount_usd": usd, **fields})


def renegotiated(after: dict[str, Any], **fields: Any) -> Event:
    common = {"contract_id": "c", "supplier": "B", "customer": "A", "before": {}, "deal_id": "d", "leg": "l"}
    return event("ContractRenegotiated", **{**common, "after": after, **fields})


ENDED = event("DealTerminated", deal_id="d")


def book_of(*events: Event) -> Book:
    book = Book()
    for one in events:
        assert isinstance(one, CONCERNED)
        book, _ = enter(book, Names(), one)
    return book


def usd(book: Book, basis: Basis) -> list[tuple[str, str, float]]:
    return [(edge.source, edge.target, edge.cents / 100) for edge in edges(book, basis)]


def amounts(*events: Event) -> tuple[float, float]:
    """Sum both bases, firm and all, in dollars."""
    book = book_of(*events)
    firm, whole = (sum(dollars for _, _, dollars in usd(book, basis)) for basis in BASES)
    return firm, whole


def test_an_unconditional_leg_counts_on_both_bases() -> None:
    book = book_of(announced(leg(amount_usd=15e9)))
    assert edges(book, "firm") == edges(book, "all") == (Edge("A", "B", 1_500_000_000_000),)


def test_a_conditional_leg_is_not_firm() -> None:
    assert amounts(announced(leg(amount_usd=35e9, condition="an IPO"))) == (0, 35e9)


def test_an_empty_condition_is_none() -> None:
    assert amounts(announced(leg(amount_usd=35e9, condition=" "))) == (35e9, 35e9)


def test_the_funded_part_of_a_conditional_leg_is_firm() -> None:
    assert amounts(announced(leg(amount_usd=35e9, condition="an IPO")), funded(5e9)) == (5e9, 35e9)


def test_funding_does_not_add_to_an_unconditional_leg_but_may_exceed_it() -> None:
    stated = announced(leg(amount_usd=10e9))
    assert amounts(stated, funded(4e9)) == (10e9, 10e9)
    assert amounts(stated, funded(4e9), funded(8e9)) == (12e9, 12e9)


def test_estimates_are_not_firm_whoever_makes_them() -> None:
    assert amounts(announced(leg(amount_usd=10e9), certainty="estimated")) == (0, 10e9)
    condition = announced(leg(amount_usd=10e9, condition="an IPO"))
    assert amounts(condition, funded(4e9, certainty="estimated")) == (0, 10e9)
    assert amounts(announced(leg(amount_usd=1e9)), revised(leg(amount_usd=9e9), certainty="estimated")) == (
        0,
        9e9,
    )
    assert amounts(
        announced(leg(amount_usd=1e9)), renegotiated({"amount_usd": 9e9}, certainty="estimated")
    ) == (0, 9e9)


def test_capacity_counts_by_the_assumption_and_only_without_an_amount() -> None:
    assert USD_PER_GW_LOW < USD_PER_GW_MID < USD_PER_GW_HIGH
    assert amounts(announced(leg(capacity_mw=5000))) == (0, 5 * USD_PER_GW_MID)
    assert amounts(announced(leg(capacity_mw=5000, amount_usd=1e9))) == (1e9, 1e9)
    assert amounts(announced(leg())) == (0, 0)


def test_a_letter_of_intent_counts_nothing_until_it_is_definitive() -> None:
    letter = announced(leg(amount_usd=100e9), stage="letter_of_intent")
    assert amounts(letter) == (0, 0)
    assert amounts(letter, funded(1e9)) == (0, 0)
    assert amounts(letter, revised(stage="definitive")) == (100e9, 100e9)
    assert amounts(letter, revised(stage="definitive", certainty="estimated")) == (0, 100e9)
    assert amounts(announced(leg(amount_usd=1e9)), revised(stage="letter_of_intent")) == (0, 0)


def test_a_terminated_deal_counts_nothing_and_its_correction_does_not_revive_it() -> None:
    deal = announced(leg(amount_usd=1e9))
    assert amounts(deal, ENDED) == (0, 0)
    assert amounts(deal, ENDED, announced(leg(amount_usd=2e9))) == (0, 0)


def test_a_revision_replaces_adds_and_removes_legs() -> None:
    deal = announced(leg("one", amount_usd=1e9), leg("two", amount_usd=2e9))
    book = book_of(
        deal,
        revised(leg("one", amount_usd=5e9), leg("three", payee="C", amount_usd=3e9), removed_legs=["two"]),
    )
    assert usd(book, "firm") == [("A", "B", 5e9), ("A", "C", 3e9)]
    assert [one.leg.leg for one in book.deals["d"].legs] == ["one", "three"]


def test_a_correction_replaces_the_legs_and_keeps_what_was_paid() -> None:
    deal = announced(leg(amount_usd=9e9, condition="an IPO"))
    corrected = announced(
        leg(amount_usd=7e9, condition="an IPO"), leg("two", payee="C", amount_usd=1e9), title="B"
    )
    book = book_of(deal, funded(2e9), corrected)
    assert book.deals["d"].announced.title == "B"
    assert usd(book, "firm") == [("A", "B", 2e9), ("A", "C", 1e9)]
    assert usd(book, "all") == [("A", "B", 7e9), ("A", "C", 1e9)]


def test_a_renegotiated_contract_changes_the_amount_of_its_leg_alone() -> None:
    deal = announced(leg(amount_usd=9e9), leg("two", amount_usd=1e9))
    assert amounts(deal, renegotiated({"amount_usd": 4e9})) == (5e9, 5e9)
    assert amounts(announced(leg(capacity_mw=5000)), renegotiated({"capacity_mw": 1000})) == (
        0,
        USD_PER_GW_MID,
    )
    assert amounts(announced(leg(capacity_mw=5000)), renegotiated({"amount_usd": 1e9})) == (1e9, 1e9)


def test_a_renegotiation_that_reaches_no_leg_leaves_all_deals_as_they_are() -> None:
    book = book_of(announced(leg(amount_usd=9e9)))
    for other in (
        renegotiated({"capacity_mw": 5}, deal_id=None),
        renegotiated({"amount_usd": 1e9}, leg="other"),
        renegotiated({"text": "longer"}),
    ):
        assert isinstance(other, CONCERNED)
        after, touched = enter(book, Names(), other)
        assert (after.deals, touched) == (book.deals, ())
        assert after.between is book.between


def test_amendments_that_come_before_their_deal_wait_and_apply_in_their_order() -> None:
    deal = announced(leg(amount_usd=9e9))
    early = (revised(leg(amount_usd=1e9)), renegotiated({"amount_usd": 3e9}), funded(2e9))
    waiting = book_of(*early)
    assert (edges(waiting, "all"), dict(waiting.deals)) == ((), {})
    book = book_of(*early, deal)
    assert usd(book, "firm") == [("A", "B", 3e9)]
    ordered = book_of(deal, *early)
    assert (book.between, book.deals["d"].legs) == (ordered.between, ordered.deals["d"].legs)
    assert amounts(ENDED, deal) == (0, 0)


def test_one_edge_a_pair_sorted_with_the_events_behind_it() -> None:
    first = announced(leg(amount_usd=1e9), leg("back", payer="B", payee="A", amount_usd=5e9))
    second = announced(leg(kind="purchase", amount_usd=2e9), deal_id="e")
    paid, changed = funded(1e9), renegotiated({"amount_usd": 3e9}, deal_id="e")
    book = book_of(second, first, paid, changed)
    assert usd(book, "firm") == [("A", "B", 4e9), ("B", "A", 5e9)]
    ids = (first.event_id, paid.event_id, second.event_id, changed.event_id)
    assert edge_events(book, "A", "B") == ids
    assert edge_events(book, "B", "A") == (first.event_id,)
    assert edge_events(book, "A", "Z") == ()


def test_a_replaced_leg_is_what_its_revision_made_it() -> None:
    deal, change = announced(leg(amount_usd=1e9)), revised(leg(amount_usd=2e9))
    staged = revised(stage="definitive", why="signed")
    letter = announced(leg(amount_usd=1e9), stage="letter_of_intent")
    assert edge_events(book_of(deal, change), "A", "B") == (change.event_id,)
    assert edge_events(book_of(letter, staged), "A", "B") == (letter.event_id, staged.event_id)
    assert edge_events(book_of(letter), "A", "B") == ()


def test_the_largest_amounts_are_exact() -> None:
    book = book_of(*(announced(leg(amount_usd="999999999999999.99"), deal_id=str(at)) for at in range(200)))
    assert edges(book, "firm") == (Edge("A", "B", 200 * 99_999_999_999_999_999),)


USD = st.integers(1, 9).map(lambda billions: billions * 10**9)
LEGS = st.builds(
    lambda name, kind, parties, money, condition: {
        **leg(name, kind, payer=parties[0], payee=parties[1]), **money, "condition": condition
    },
    st.sampled_from(["l", "m", "n"]),
    st.sampled_from(["equity", "debt", "purchase", "lease"]),
    st.sampled_from([("A", "B"), ("B", "A"), ("B", "C"), ("C", "A")]),
    st.one_of(st.just({}), USD.map(lambda x: {"amount_usd": x}), st.just({"capacity_mw": 70.5})),
    st.sampled_from([None, "an IPO"]),
)  # fmt: skip
SOME_LEGS = st.lists(LEGS, min_size=1, max_size=3, unique_by=lambda one: str(one["leg"]))
DEAL = st.sampled_from(["d", "e"])
SURE = st.sampled_from(["stated", "estimated"])
STAGE = st.sampled_from(["definitive", "letter_of_intent"])
CHANGES: st.SearchStrategy[Event] = st.one_of(
    st.builds(lambda legs, **f: announced(*legs, **f), SOME_LEGS, deal_id=DEAL, certainty=SURE, stage=STAGE),
    st.builds(lambda legs, **f: revised(*legs, **f), SOME_LEGS, deal_id=DEAL, certainty=SURE, stage=STAGE),
    st.builds(lambda deal: revised(deal_id=deal, removed_legs=["l"]), DEAL),
    st.builds(funded, USD, deal_id=DEAL, leg=st.sampled_from("lm"), certainty=SURE),
    st.builds(
        lambda amount, **f: renegotiated({"amount_usd": amount}, **f), USD, deal_id=DEAL, certainty=SURE
    ),
    st.builds(lambda deal: event("DealTerminated", deal_id=deal), DEAL),
)


@given_any(st.lists(CHANGES, max_size=12))
@settings(deadline=None)
def test_sums_kept_up_are_those_of_the_deals_as_they_stand(changes: list[Event]) -> None:
    book = book_of(*changes)
    expected: dict[Basis, dict[tuple[str, str], int]] = {"firm": {}, "all": {}}
    for deal in book.deals.values():
        for standing in deal.legs:
            counted, pair = count(deal, standing), standing.pair
            for sums, cents in ((expected["firm"], counted.firm), (expected["all"], counted.whole)):
                sums[pair] = sums.get(pair, 0) + cents
    for basis in BASES:
        positive = sorted((pair, cents) for pair, cents in expected[basis].items() if cents)
        assert [(edge[:2], edge.cents) for edge in edges(book, basis)] == positive
    everything = {edge[:2]: edge.cents for edge in edges(book, "all")}
    assert all(edge.cents <= everything[edge[:2]] for edge in edges(book, "firm"))
    assert all(edge_events(book, *pair) for pair in everything)


@given_any(st.lists(CHANGES, max_size=12))
@settings(deadline=None)
def test_a_book_survives_json(changes: list[Event]) -> None:
    book, kept = book_of(*changes), TypeAdapter(Book)
    again = kept.validate_json(kept.dump_json(book))
    assert again == book
    assert [flows(again, basis) for basis in BASES] == [flows(book, basis) for basis in BASES]
