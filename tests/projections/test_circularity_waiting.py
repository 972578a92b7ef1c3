from dataclasses import replace
from datetime import datetime

import pytest

from projections.circularity.fold import CIRCULARITY
from projections.circularity.rows import VendorRoundTripRow
from projections.money_graph import component
from projections.money_graph.graph import MoneyGraph
from tests.given import event, given, journaled, leg, noon, project, rows_of
from tests.projections.test_circularity import (
    AMAZON_ROUND,
    AWS,
    BILLION,
    FACTS,
    NOTHING,
    TERMINATED,
    last_circularity,
    loops,
)


def replace_known_at(money: MoneyGraph, time: datetime) -> MoneyGraph:
    """Let the estimate of both bases be of another time."""
    return MoneyGraph(replace(money.firm, bff_known_at=time), replace(money.all, bff_known_at=time))


def test_in_a_large_component_the_bound_is_solved_at_once_and_the_estimate_at_the_next_tick(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tick = event("ClockTicked", "2026-03-10")
    at_once = given(CIRCULARITY, *FACTS)
    monkeypatch.setattr(component, "SOLVED_AT_ONCE", 1)
    waiting = given(CIRCULARITY, *FACTS)
    row, fresh = last_circularity(waiting, "all"), last_circularity(at_once, "all")
    assert (row.announced_usd, row.ci_max_usd) == (fresh.announced_usd, fresh.ci_max_usd)
    # Nothing went round when the estimate was solved last: before there was a loop.
    assert (row.ci_bff_usd, row.bff_known_at) == (NOTHING, noon("2026-02-27"))
    assert loops(waiting, "all") == []
    ticked = given(CIRCULARITY, *FACTS, tick)
    assert ticked.world.money == replace_known_at(at_once.world.money, noon("2026-03-10"))
    row = last_circularity(ticked, "all")
    assert (row.known_at, row.bff_known_at) == (noon("2026-03-10"), noon("2026-03-10"))
    assert (row.ci_bff_usd, loops(ticked, "all")) == (fresh.ci_bff_usd, loops(at_once, "all"))
    again = project(CIRCULARITY, journaled([*FACTS, tick, tick])[-1:], ticked)
    assert again.rows == ()


def test_what_waits_for_the_clock_never_exceeds_the_money_that_is_left(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tick = event("ClockTicked", "2026-03-01")
    less = event("DealRevised", "2026-03-02", deal_id="aws", removed_legs=["added"],
                 legs=[leg("existing", "purchase", "OpenAI", "Amazon", amount_usd=10e9)])  # fmt: skip
    monkeypatch.setattr(component, "SOLVED_AT_ONCE", 1)
    step = given(CIRCULARITY, AMAZON_ROUND, AWS, tick, less)
    row = last_circularity(step, "all")
    assert (row.ci_max_usd, row.ci_bff_usd, row.bff_known_at) == (
        20 * BILLION, 20 * BILLION, noon("2026-03-01"),
    )  # fmt: skip
    assert loops(step, "all") == [(1, "Amazon → OpenAI → Amazon", 2, 10 * BILLION)]
    trip = [row for row in rows_of(step, VendorRoundTripRow) if row.basis == "all"][-1]
    assert (trip.purchases_usd, trip.round_trip_usd) == (10 * BILLION, 10 * BILLION)
    over = given(CIRCULARITY, AMAZON_ROUND, AWS, tick, less, TERMINATED)
    assert last_circularity(over, "all").ci_bff_usd == NOTHING
    assert loops(over, "all") == []
