"""An event solves the components that it touches, and costs what they cost, however large the rest is."""

import sys
from collections.abc import Iterator
from itertools import pairwise
from types import FrameType
from typing import Any

import pytest

from events.base import Event
from projections.base import JournaledEvent, Projection
from projections.circularity.fold import CIRCULARITY
from projections.facts.book import Flow
from projections.money_graph import ranking, solver, update
from projections.money_graph.component import Component, solve
from projections.money_graph.solver import MAX_LOOPS
from projections.warning_signs import WARNING_SIGNS
from tests.given import Projected, announced, event, given, journaled, leg, noon, project

BILLION = 10**9


def loop(number: int) -> Event:
    """Let a vendor finance a customer, who buys from it; some of the money waits for a condition."""
    vendor, customer = f"Vendor {number}", f"Customer {number}"
    return announced(
        f"deal-{number}", "2026-01-01",
        leg("paid", "equity", vendor, customer, amount_usd=10 * BILLION),
        leg("tranche", "equity", vendor, customer, amount_usd=20 * BILLION, condition="an IPO"),
        leg("orders", "purchase", customer, vendor, amount_usd=50 * BILLION),
    )  # fmt: skip


def link(one: int, other: int) -> Event:
    money = leg("money", "debt", f"Customer {one}", f"Vendor {other}", amount_usd=BILLION)
    return announced(f"link-{one}-{other}", "2026-01-01", money)


def chained(count: int) -> list[Event]:
    return [*map(loop, range(count)), *(link(one, other) for one, other in pairwise(range(count)))]


@pytest.fixture
def solved(monkeypatch: pytest.MonkeyPatch) -> list[set[str]]:
    """List the companies of each component that is solved."""
    solved: list[set[str]] = []

    def listed(flows: tuple[Flow, ...]) -> Component:
        solved.append({name for flow in flows for name in flow[:2]})
        return solve(flows)

    monkeypatch.setattr(update, "solve", listed)
    return solved


RENEGOTIATED: dict[str, Any] = {"contract_id": "c", "supplier": "s", "customer": "t", "before": {}}
MORE = [leg("orders", "purchase", "Customer 2", "Vendor 2", amount_usd=60 * BILLION)]


@pytest.mark.parametrize(
    ("bases", "change"),
    [
        (2, announced("more", "2026-02-01", *MORE)),
        (2, event("DealRevised", deal_id="deal-2", legs=MORE)),
        (2, event("DealRevised", deal_id="deal-2", removed_legs=["paid"],
                  legs=[leg("tranche", "equity", "Vendor 2", "Customer 2", amount_usd=BILLION)])),
        (2, event("ContractRenegotiated", **RENEGOTIATED, deal_id="deal-2", leg="orders",
                  after={"amount_usd": 40 * BILLION})),
        # Already announced, and firm once it is paid.
        (1, event("LegFunded", deal_id="deal-2", leg="tranche", amount_usd=BILLION)),
        (1, event("DealRevised", deal_id="deal-2", removed_legs=["tranche"])),
        (2, event("LegFunded", deal_id="deal-2", leg="tranche", amount_usd=21 * BILLION)),
        # Both ways are gone, and with them the component.
        (0, event("DealTerminated", deal_id="deal-2")),
        # Between two components nothing goes round.
        (0, event("DealTerminated", deal_id="link-2-3")),
        (0, event("LegFunded", deal_id="link-2-3", leg="money", amount_usd=BILLION // 2)),
        (0, event("LegFunded", deal_id="deal-2", leg="paid", amount_usd=BILLION)),
        (0, announced("aside", "2026-02-01", leg("money", "debt", "A bank", "Vendor 2", amount_usd=BILLION))),
    ],
)  # fmt: skip
def test_an_event_solves_the_component_that_it_touches_on_each_basis_that_it_touches(
    bases: int, change: Event, solved: list[set[str]]
) -> None:
    journal = chained(5)
    before = given(CIRCULARITY, *journal)
    solved.clear()
    project(CIRCULARITY, journaled([*journal, change])[-1:], before)
    assert solved == bases * [{"Vendor 2", "Customer 2"}]


def test_a_deal_that_makes_two_components_one_solves_that_one(solved: list[set[str]]) -> None:
    journal = chained(5)
    before = given(CIRCULARITY, *journal)
    back = announced("back", "2026-02-01", leg("m", "debt", "Vendor 3", "Customer 2", amount_usd=BILLION))
    solved.clear()
    after = project(CIRCULARITY, journaled([*journal, back])[-1:], before)
    both = {"Vendor 2", "Customer 2", "Vendor 3", "Customer 3"}
    assert solved == 2 * [both]
    solved.clear()
    ended = event("DealTerminated", deal_id="back")
    project(CIRCULARITY, journaled([*journal, back, ended])[-1:], after)
    assert solved == 2 * [{"Vendor 2", "Customer 2"}, {"Vendor 3", "Customer 3"}]


FEW, MANY = 2 * MAX_LOOPS + 20, 400


@pytest.fixture(scope="module", params=[CIRCULARITY, WARNING_SIGNS], ids=["money", "signs"])
def few_and_many(request: pytest.FixtureRequest) -> Iterator[tuple[Projection[Any], list[Projected[Any]]]]:
    """Fold a chain of few components, and one of many."""
    projection: Projection[Any] = request.param
    with pytest.MonkeyPatch.context() as patch:
        # So many loops are always kept in mind, however many more there are.
        patch.setattr(ranking, "KEPT", 2)
        yield projection, [given(projection, *chained(count)) for count in (FEW, MANY)]


def work(projection: Projection[Any], before: Projected[Any], one: JournaledEvent) -> int:
    """Count the lines of Python that folding one more event takes."""
    for memo in (solver.solve, solver.maximum_circulation, solver.round_trips):
        memo.cache_clear()
    lines = 0

    def trace(_frame: FrameType, kind: str, _argument: Any) -> Any:
        nonlocal lines
        lines += kind == "line"
        return trace

    tracing = sys.gettrace()
    sys.settrace(trace)
    try:
        project(projection, [one], before)
    finally:
        sys.settrace(tracing)
    return lines


@pytest.mark.parametrize(
    "change",
    [
        announced("more", "2026-02-01", *MORE),
        event("DealTerminated", deal_id="deal-2"),
        announced("ahead", "2026-02-01", leg("m", "debt", "Vendor 2", "Customer 9", amount_usd=BILLION)),
        announced("back", "2026-02-01", leg("m", "debt", "Vendor 3", "Customer 2", amount_usd=BILLION)),
    ],
)  # fmt: skip
def test_a_deal_costs_no_more_among_many_components_than_among_few(
    change: Event, few_and_many: tuple[Projection[Any], list[Projected[Any]]]
) -> None:
    projection, folded = few_and_many
    one = JournaledEvent(10_000, 0, noon("2026-02-01"), change)
    few, many = (work(projection, before, one) for before in folded)
    assert many <= 1.02 * few
