"""What becomes of ceilings, ranges, currencies, terms and capacity in the life of a deal."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from events.base import Event
from projections.base import Step
from projections.circularity.fold import CIRCULARITY, Circularity
from projections.circularity.rows import CircularityRow, DealLegRow, DealRow, MoneyFlowEdgeRow
from tests.given import (
    announced,
    event,
    given,
    journaled,
    leg,
    noon,
    project,
    restored,
    rows_of,
    standing,
    then,
    world_of,
)
from tests.projections.test_circularity import last_circularity
from tests.projections.whole_graph import edges

BILLION, NOTHING = Decimal(10**9), Decimal(0)


def deal(**fields: Any) -> Event:
    return announced("d", "2026-01-01", leg("l", "equity", "Nvidia", "OpenAI", **fields))


def paid(usd: float, known_on: str = "2026-02-01") -> Event:
    return event("LegFunded", known_on, deal_id="d", leg="l", amount_usd=usd)


def watchlist(gigawatt: str | None, known_on: str = "2026-03-01", name: str = "desk") -> Event:
    return event("WatchlistChanged", known_on, watchlist=name, gigawatt_assumption=gigawatt)


def counted(*events: Event) -> tuple[float, float]:
    """Sum both bases, firm and all, in billions of dollars."""
    book = world_of(*events).book
    firm, whole = (sum(edge.cents for edge in edges(book, basis)) for basis in ("firm", "all"))
    return firm / 1e11, whole / 1e11


def the_leg(step: Step[Circularity]) -> DealLegRow:
    return standing(CIRCULARITY, step, DealLegRow)["d", "l"]


def test_of_a_ceiling_only_what_is_paid_is_firm() -> None:
    assert counted(deal(amount_usd=100e9, up_to=True)) == (0, 100)
    assert counted(deal(amount_usd=100e9, up_to=True), paid(10e9)) == (10, 100)
    assert counted(deal(amount_usd=100e9, up_to=True), paid(110e9)) == (110, 110)
    assert counted(deal(amount_usd=100e9, amount_low_usd=20e9, up_to=True), paid(10e9)) == (20, 100)


def test_of_a_range_the_low_end_is_firm_and_the_upper_end_counts_on_all() -> None:
    ranged = {"amount_usd": 40e9, "amount_low_usd": 30e9}
    assert counted(deal(**ranged)) == (30, 40)
    assert counted(deal(**ranged), paid(35e9)) == (35, 40)
    assert counted(deal(**ranged, condition="an IPO")) == (0, 40)


def test_a_ceiling_becomes_definite_by_a_revision() -> None:
    definite = event("DealRevised", "2026-02-01", deal_id="d", legs=[
        leg("l", "equity", "Nvidia", "OpenAI", amount_usd=30e9)])  # fmt: skip
    assert counted(deal(amount_usd=100e9, up_to=True), definite) == (30, 30)


def test_a_deal_is_announced_revised_funded_and_terminated() -> None:
    revised = event("DealRevised", "2026-02-01", deal_id="d", legs=[
        leg("l", "equity", "Nvidia", "OpenAI", amount_usd=50e9, up_to=True)])  # fmt: skip
    ended = event("DealTerminated", "2026-04-01", deal_id="d", why="no permit")
    life = (deal(amount_usd=100e9, up_to=True), revised, paid(5e9, "2026-03-01"), ended)
    assert [counted(*life[:place]) for place in (1, 2, 3, 4)] == [(0, 100), (0, 50), (5, 50), (0, 0)]
    statuses = [row.status for row in rows_of(given(CIRCULARITY, *life), DealRow)]
    assert statuses == ["announced", "revised", "terminated"]


def test_a_renegotiated_amount_stands_in_place_of_all_that_told_the_old_one() -> None:
    foreign = deal(amount="10e9", currency="EUR", usd_per_unit="1.2", amount_low_usd=11e9)
    cut = event("ContractRenegotiated", "2026-02-01", contract_id="c", supplier="OpenAI", customer="Nvidia",
                before={}, after={"amount_usd": 6e9}, deal_id="d", leg="l")  # fmt: skip
    assert counted(foreign) == (11, 12)
    assert counted(foreign, cut) == (6, 6)
    row = the_leg(given(CIRCULARITY, foreign, cut))
    assert (row.amount_usd, row.amount_low_usd, row.amount, row.currency) == (6 * BILLION, None, None, "USD")
    step = given(CIRCULARITY, foreign, cut)
    restored(CIRCULARITY, step)


def test_a_leg_in_another_currency_is_shown_in_both() -> None:
    row = the_leg(given(CIRCULARITY, deal(amount="10e9", currency="EUR", usd_per_unit="1.17")))
    assert (row.amount_usd, row.amount, row.currency, row.usd_per_unit) == (
        Decimal("11.7e9"), Decimal("10e9"), "EUR", Decimal("1.17"),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("starts", "ends", "annual_usd"),
    [
        ("2026-01-01", "2029-12-31", 25 * BILLION),
        ("2026-03-15", "2031-03-14", 20 * BILLION),
        ("2026-01-01", "2028-06-30", 40 * BILLION),
        ("2026-01-01", "2026-06-30", 100 * BILLION),
        ("2026-01-01", None, None),
        (None, "2026-06-30", None),
    ],
)
def test_an_amount_is_spread_over_the_years_of_its_term(
    starts: str | None, ends: str | None, annual_usd: Decimal | None
) -> None:
    row = the_leg(given(CIRCULARITY, deal(amount_usd=100e9, starts=starts, ends=ends)))
    assert row.annual_usd == annual_usd
    assert row.starts == (date.fromisoformat(starts) if starts else None)


def test_a_leg_without_an_amount_costs_nothing_a_year() -> None:
    assert the_leg(given(CIRCULARITY, deal(starts="2026-01-01", ends="2030-12-31"))).annual_usd is None


@pytest.mark.parametrize(("choice", "usd_per_gw"), [("low", 15), ("mid", 35), ("high", 50)])
def test_a_watchlist_chooses_what_a_gigawatt_costs(choice: str, usd_per_gw: int) -> None:
    step = given(CIRCULARITY, watchlist(choice, "2025-12-01"), deal(capacity_mw=2000))
    row, whole = the_leg(step), last_circularity(step, "all")
    assert row.estimated_usd == whole.announced_usd == whole.estimated_usd == 2 * usd_per_gw * BILLION
    assert row.usd_per_gw == whole.usd_per_gw == usd_per_gw * BILLION
    assert row.assumption == whole.assumption
    assert whole.assumption is not None
    assert whole.assumption.startswith(f"{choice}: {usd_per_gw} billion USD per GW")


def test_a_change_of_the_assumption_estimates_every_leg_of_capacity_alone_anew() -> None:
    other = announced("e", "2026-01-02", leg("l", "purchase", "OpenAI", "Nvidia", capacity_mw=1000),
                      leg("m", "equity", "Amazon", "OpenAI", amount_usd=7e9))  # fmt: skip
    letter = announced("f", "2026-01-03", leg("l", "lease", "Meta", "Crusoe", capacity_mw=100),
                       stage="letter_of_intent")  # fmt: skip
    journal = (deal(capacity_mw=2000), other, letter, watchlist("high"))
    step = then(CIRCULARITY, journal[:-1], journal[-1])
    assert {(row.deal_id, row.leg): row.estimated_usd for row in rows_of(step, DealLegRow)} == {
        ("d", "l"): 100 * BILLION, ("e", "l"): 50 * BILLION, ("f", "l"): 5 * BILLION,
    }  # fmt: skip
    assert not rows_of(step, DealRow)
    edge = standing(CIRCULARITY, step, MoneyFlowEdgeRow)
    assert {pair: row.amount_usd for pair, row in edge.items()} == {
        ("all", "Nvidia", "OpenAI"): 100 * BILLION, ("all", "OpenAI", "Nvidia"): 50 * BILLION,
    }  # fmt: skip
    (row,) = rows_of(step, CircularityRow)
    assert (row.known_at, row.announced_usd, row.ci_max_usd) == (
        noon("2026-03-01"),
        157 * BILLION,
        100 * BILLION,
    )
    assert step.world.book.estimated_cents == 150 * 100 * BILLION


def test_the_watchlist_that_changed_last_chooses_and_without_any_it_is_the_middle() -> None:
    gigawatt = deal(capacity_mw=1000)
    mine, theirs = watchlist("low", name="mine"), watchlist("high", name="theirs")
    assert counted(gigawatt, mine, theirs) == (0, 50)
    assert counted(gigawatt, theirs, mine) == (0, 15)
    assert counted(gigawatt, mine, theirs, watchlist(None, name="theirs")) == (0, 15)
    assert counted(gigawatt, mine, watchlist(None, name="mine")) == (0, 35)


def test_a_watchlist_that_chooses_nothing_new_leaves_the_very_same_state() -> None:
    before = given(CIRCULARITY, deal(capacity_mw=1000), watchlist("low"))
    for same in (watchlist("low"), watchlist(None, name="other")):
        step = project(CIRCULARITY, journaled([same]), before)
        assert step.state is before.state
        assert step.world.book is before.world.book
        assert step.rows == ()


def test_an_amount_that_is_what_the_capacity_was_taken_to_cost_rests_on_no_assumption_any_more() -> None:
    stated = event("DealRevised", "2026-02-01", deal_id="d", legs=[
        leg("l", "equity", "Nvidia", "OpenAI", amount_usd=35e9, condition="power")])  # fmt: skip
    row = last_circularity(given(CIRCULARITY, deal(capacity_mw=1000), stated), "all")
    assert (row.known_at, row.announced_usd, row.estimated_usd) == (noon("2026-02-01"), 35 * BILLION, NOTHING)
    assert (row.assumption, row.usd_per_gw) == (None, None)
