from collections import Counter
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given as given_any
from hypothesis import settings
from hypothesis import strategies as st

from events.base import Event
from projections.circularity.fold import CIRCULARITY, Circularity
from projections.circularity.rows import (
    CircularityRow,
    MoneyFlowEdgeRow,
    MoneyFlowNodeRow,
    VendorRoundTripRow,
)
from projections.facts.book import BASES, Basis
from projections.facts.world import World
from projections.money_graph import component
from projections.money_graph.basis_graph import BasisGraph, Money
from projections.money_graph.solver import MAX_LOOPS
from projections.money_graph.solver.cycles import widest_loops
from tests.given import (
    Projected,
    announced,
    event,
    given,
    journaled,
    leg,
    project,
    restored,
    rows_of,
    standing,
    world_of,
)
from tests.projections.test_circularity import loops
from tests.projections.whole_graph import circulation, components, edges, flows, round_trips

# Two of them are one company.
NAMES = ("Amazon", "AWS", "B", "C", "D", "E")
PARTIES = st.sampled_from([(a, b) for a in NAMES for b in NAMES if a != b])
BILLIONS = st.integers(1, 60).map(lambda billions: billions * 10**9)
MONEY: st.SearchStrategy[dict[str, Any]] = st.one_of(
    BILLIONS.map(lambda usd: {"amount_usd": usd}),
    BILLIONS.map(lambda usd: {"amount_usd": usd, "up_to": True}),
    BILLIONS.map(lambda usd: {"amount_usd": 2 * usd, "amount_low_usd": usd}),
    BILLIONS.map(lambda euros: {"amount": euros, "currency": "EUR", "usd_per_unit": "1.17"}),
    st.integers(1, 5000).map(lambda mw: {"capacity_mw": mw}),
)
SOME_LEG = st.builds(
    lambda name, kind, parties, money, condition: leg(name, kind, *parties, condition=condition, **money),
    st.sampled_from("lm"),
    st.sampled_from(["equity", "purchase"]),
    PARTIES,
    MONEY,
    st.sampled_from([None, "an IPO"]),
)
SOME_LEGS = st.lists(SOME_LEG, min_size=1, max_size=2, unique_by=lambda one: str(one["leg"]))
DEAL = st.sampled_from(["d", "e", "f", "g", "h"])
ANNOUNCED = st.builds(lambda legs, deal: announced(deal, "2026-01-01", *legs), SOME_LEGS, DEAL)
CHANGES: st.SearchStrategy[Event] = st.one_of(
    ANNOUNCED,
    ANNOUNCED,
    st.builds(lambda legs, deal: event("DealRevised", deal_id=deal, legs=legs), SOME_LEGS, DEAL),
    st.builds(lambda usd, deal: event("LegFunded", deal_id=deal, leg="l", amount_usd=usd), BILLIONS, DEAL),
    st.builds(
        lambda usd, deal: event(
            "ContractRenegotiated", contract_id="c", supplier="s", customer="t", before={},
            after={"amount_usd": usd}, deal_id=deal, leg="l",
        ),
        BILLIONS,
        DEAL,
    ),
    st.builds(lambda deal: event("DealTerminated", deal_id=deal), DEAL),
    st.builds(
        lambda choice: event("WatchlistChanged", watchlist="desk", gigawatt_assumption=choice),
        st.sampled_from(["low", "high", None]),
    ),
    st.integers(2, 28).map(lambda day: event("ClockTicked", f"2026-01-{day:02}")),
)  # fmt: skip
JOURNALS = st.lists(CHANGES, max_size=24)
# In the second case every loop of more than two edges waits for the clock.
LIMITS = st.sampled_from([component.SOLVED_AT_ONCE, 2])


def given_with(limit: int, *journal: Event) -> Projected[Circularity]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(component, "SOLVED_AT_ONCE", limit)
        return given(CIRCULARITY, *journal)


def assert_is_that_of_the_whole_graph(world: World, basis: Basis) -> None:
    """Hold a graph that was kept up against the whole graph, solved at once."""
    kept, graph = world.money.on(basis), edges(world.book, basis)
    solved = circulation(graph)
    assert (kept.announced_cents, kept.maximum_cents, kept.bff_cents) == (
        solved.announced_cents, solved.maximum_cents, solved.bff_cents,
    )  # fmt: skip
    assert [kept.circulating_cents(edge[:2]) for edge in graph] == list(solved.bff_by_edge)
    assert kept.loops.shown == widest_loops(graph)
    assert dict(kept.round_trips) == {trip.vendor: trip for trip in round_trips(flows(world.book, basis))}
    assert_flows_are_those_of_the_book(world, basis)


def assert_flows_are_those_of_the_book(world: World, basis: Basis) -> None:
    kept, graph = world.money.on(basis), flows(world.book, basis)
    inside = [tuple(graph[at] for at in indices) for indices in components(edges(world.book, basis))]
    assert sorted(component.flows for component in kept.components.values()) == sorted(inside)
    expected: Counter[tuple[str, str]] = Counter()
    for flow in graph:
        cents, circulating = flow.financing_cents + flow.purchases_cents, kept.circulating_cents(flow[:2])
        expected.update(
            {
                (flow.source, "out_cents"): cents,
                (flow.target, "in_cents"): cents,
                (flow.source, "financing_cents"): flow.financing_cents,
                (flow.target, "purchases_cents"): flow.purchases_cents,
                (flow.source, "circulating_out_cents"): circulating,
                (flow.target, "circulating_in_cents"): circulating,
            }
        )
    names = {name for name, _ in expected}
    assert dict(kept.companies) == {
        name: Money(**{field: expected[name, field] for field in Money._fields}) for name in names
    }


@given_any(JOURNALS)
@settings(deadline=None)
def test_a_graph_kept_up_event_by_event_is_that_of_the_graph_solved_at_once(journal: list[Event]) -> None:
    world = world_of(*journal)
    for basis in BASES:
        assert_is_that_of_the_whole_graph(world, basis)


@given_any(JOURNALS)
@settings(deadline=None)
def test_a_large_component_has_its_bound_at_once_and_all_of_it_at_the_next_tick(journal: list[Event]) -> None:
    waiting = given_with(2, *journal).world
    for basis in BASES:
        kept, graph = waiting.money.on(basis), edges(waiting.book, basis)
        solved = circulation(graph)
        assert (kept.announced_cents, kept.maximum_cents) == (
            solved.announced_cents,
            solved.maximum_cents,
        )
        assert 0 <= kept.bff_cents <= kept.maximum_cents
        assert all(0 <= kept.circulating_cents(edge[:2]) <= edge.cents for edge in graph)
        for trip in kept.round_trips.values():
            assert 0 <= trip.round_trip_cents <= min(trip.financing_cents, trip.purchases_cents)
        assert_flows_are_those_of_the_book(waiting, basis)
    ticked = given_with(2, *journal, event("ClockTicked", "2026-02-01")).world
    for basis in BASES:
        assert_is_that_of_the_whole_graph(ticked, basis)


@given_any(
    st.lists(ANNOUNCED, max_size=10, unique_by=lambda one: str(one.key)), st.randoms(use_true_random=False)
)
@settings(deadline=None)
def test_the_order_of_deals_does_not_matter(journal: list[Event], chance: Any) -> None:
    shuffled = chance.sample(journal, len(journal))
    assert world_of(*journal).money == world_of(*shuffled).money


@given_any(JOURNALS, st.integers(0, 24), LIMITS)
@settings(deadline=None)
def test_a_snapshot_on_the_way_changes_no_row(journal: list[Event], cut: int, limit: int) -> None:
    whole, records = given_with(limit, *journal), journaled(journal)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(component, "SOLVED_AT_ONCE", limit)
        head = project(CIRCULARITY, records[:cut])
        tail = project(CIRCULARITY, records[cut:], restored(CIRCULARITY, head))
    assert head.rows + tail.rows == whole.rows
    assert (tail.state, tail.world) == (whole.state, whole.world)


@given_any(JOURNALS, LIMITS)
@settings(deadline=None)
def test_current_rows_are_what_the_graphs_show(journal: list[Event], limit: int) -> None:
    step = given_with(limit, *journal)
    for basis in BASES:
        assert_rows_show(step, basis, step.world.money.on(basis))


def assert_rows_show(step: Projected[Circularity], basis: Basis, kept: BasisGraph) -> None:
    graph = edges(step.world.book, basis)
    drawn = [row for row in standing(CIRCULARITY, step, MoneyFlowEdgeRow).values()
             if row.basis == basis and row.amount_usd]  # fmt: skip
    assert {(row.source, row.target): (row.amount_usd, row.circulating_usd) for row in drawn} == {
        edge[:2]: (Decimal(edge.cents) / 100, Decimal(kept.circulating_cents(edge[:2])) / 100)
        for edge in graph
    }
    nodes = [row for row in standing(CIRCULARITY, step, MoneyFlowNodeRow).values()
             if row.basis == basis and row.in_usd + row.out_usd]  # fmt: skip
    assert {row.id: (row.in_usd, row.out_usd, row.circulating_usd) for row in nodes} == {
        name: tuple(Decimal(cents) / 100 for cents in (
            money.in_cents, money.out_cents, money.circulating_cents))
        for name, money in kept.companies.items()
    }  # fmt: skip
    assert [path for _, path, *_ in loops(step, basis)] == [loop.path for loop in kept.loops.shown]
    assert len(kept.loops.shown) <= MAX_LOOPS
    trips = {row.vendor: row for row in rows_of(step, VendorRoundTripRow) if row.basis == basis}
    assert {name: row.round_trip_usd for name, row in trips.items() if row.purchases_usd} == {
        name: Decimal(trip.round_trip_cents) / 100 for name, trip in kept.round_trips.items()
    }
    rows = [row for row in rows_of(step, CircularityRow) if row.basis == basis]
    if rows:
        assert (rows[-1].announced_usd, rows[-1].ci_max_usd, rows[-1].ci_bff_usd) == tuple(
            Decimal(cents) / 100 for cents in (kept.announced_cents, kept.maximum_cents, kept.bff_cents)
        )
        estimated = step.world.book.estimated_cents if basis == "all" else 0
        assert rows[-1].estimated_usd == Decimal(estimated) / 100
    else:
        assert not graph


@given_any(JOURNALS, LIMITS)
@settings(deadline=None)
def test_no_row_is_written_twice(journal: list[Event], limit: int) -> None:
    rows: dict[tuple[Any, ...], Any] = {}
    keys = {table.row: table.key for table in CIRCULARITY.tables if table.key}
    for row in given_with(limit, *journal).rows:
        if type(row) in keys:
            key = (type(row), *(getattr(row, name) for name in keys[type(row)]))
            stamps = {"known_at", "journal_offset", "journal_index"}
            facts = {name: value for name, value in row._asdict().items() if name not in stamps}  # type: ignore[attr-defined]
            assert rows.get(key) != facts
            rows[key] = facts
