from decimal import Decimal
from typing import Any

import pytest

from projections.base import Step
from projections.circularity.fold import CIRCULARITY
from projections.circularity.rows import (
    CircularityRow,
    DealLegRow,
    DealRow,
    LoopRow,
    MoneyFlowEdgeRow,
    MoneyFlowNodeRow,
    VendorRoundTripRow,
)
from tests.given import announced, event, given, journaled, leg, noon, project, rows_of, standing, then

BILLION, NOTHING = Decimal(10**9), Decimal(0)
GRAPH = (CircularityRow, LoopRow, MoneyFlowEdgeRow, MoneyFlowNodeRow, VendorRoundTripRow)


LETTER = announced(
    "nvidia-letter", "2025-09-22", leg("equity", "equity", "Nvidia", "OpenAI", amount_usd=100e9),
    stage="letter_of_intent",
)  # fmt: skip
HYPERION = announced(
    "hyperion", "2025-10-06",
    leg("debt", "debt", "PIMCO", "Hyperion SPV", amount_usd=26e9),
    leg("equity", "equity", "Blue Owl", "Hyperion SPV", amount_usd=3e9),
)  # fmt: skip
AMAZON_ROUND = announced(
    "amazon-round", "2026-02-27",
    leg("paid", "equity", "Amazon", "OpenAI", amount_usd=15e9),
    leg("tranche", "equity", "Amazon", "OpenAI", amount_usd=35e9, condition="on an IPO or AGI"),
    source_url="https://example.com/round",
)  # fmt: skip
AWS = announced(
    "aws", "2026-02-27",
    leg("existing", "purchase", "OpenAI", "Amazon", amount_usd=38e9),
    leg("added", "purchase", "OpenAI", "Amazon", amount_usd=100e9),
)  # fmt: skip
NVIDIA = announced(
    "nvidia-round", "2026-02-27",
    leg("equity", "equity", "Nvidia", "OpenAI", amount_usd=30e9),
    leg("rubin", "purchase", "OpenAI", "Nvidia", capacity_mw=5000),
)  # fmt: skip
FACTS = (LETTER, HYPERION, AMAZON_ROUND, AWS, NVIDIA)
TERMINATED = event("DealTerminated", "2026-03-05", deal_id="aws")


def loops(step: Step[Any], basis: str) -> list[tuple[int, str, int, Decimal]]:
    """Read the view of loops."""
    rows = standing(CIRCULARITY, step, LoopRow).values()
    return [(row.rank, row.path, row.length, row.bottleneck_usd) for row in rows
            if row.basis == basis and row.bottleneck_usd > 0]  # fmt: skip


def last_circularity(step: Step[Any], basis: str) -> CircularityRow:
    return [row for row in rows_of(step, CircularityRow) if row.basis == basis][-1]


def test_amazon_and_nvidia_close_loops_with_openai() -> None:
    step = given(CIRCULARITY, *FACTS)
    assert loops(step, "all") == [
        (1, "Amazon → OpenAI → Amazon", 2, Decimal(50_000_000_000)),
        (2, "Nvidia → OpenAI → Nvidia", 2, Decimal(30_000_000_000)),
    ]
    assert loops(step, "firm") == [(1, "Amazon → OpenAI → Amazon", 2, Decimal(15_000_000_000))]


def test_circularity_is_told_as_dollars_and_as_a_share_with_the_assumption() -> None:
    step = given(CIRCULARITY, *FACTS)
    firm, whole = last_circularity(step, "firm"), last_circularity(step, "all")
    assert (firm.announced_usd, firm.ci_max_usd, firm.ci_bff_usd) == (
        212 * BILLION,
        30 * BILLION,
        30 * BILLION,
    )
    assert (firm.estimated_usd, firm.assumption) == (NOTHING, None)
    assert (whole.announced_usd, whole.ci_max_usd) == (422 * BILLION, 160 * BILLION)
    assert (whole.estimated_usd, whole.usd_per_gw) == (175 * BILLION, 35_000_000_000)
    assert whole.bff_known_at == whole.known_at
    assert whole.assumption == "mid: 35 billion USD per GW (low 15, high 50)"
    assert whole.ci_max == pytest.approx(160 / 422)
    assert 0 < whole.ci_bff <= whole.ci_max


def test_a_letter_of_intent_is_a_deal_and_no_money() -> None:
    step = given(CIRCULARITY, LETTER)
    (deal,) = rows_of(step, DealRow)
    assert (deal.deal_id, deal.status, deal.announced_at) == (
        "nvidia-letter", "letter_of_intent", noon("2025-09-22"),
    )  # fmt: skip
    assert not any(isinstance(row, GRAPH) for row in step.rows)


def test_financing_of_a_site_alone_is_no_loop() -> None:
    step = given(CIRCULARITY, HYPERION)
    assert loops(step, "all") == []
    assert (last_circularity(step, "all").announced_usd, last_circularity(step, "all").ci_max) == (
        29 * BILLION,
        0,
    )


def test_a_leg_shows_its_condition_its_estimate_and_what_was_paid() -> None:
    paid = event("LegFunded", "2026-03-01", deal_id="amazon-round", leg="tranche", amount_usd=5e9)
    legs = standing(CIRCULARITY, given(CIRCULARITY, AMAZON_ROUND, NVIDIA, paid), DealLegRow)
    tranche, rubin = legs["amazon-round", "tranche"], legs["nvidia-round", "rubin"]
    assert (tranche.conditional, tranche.condition, tranche.funded_usd) == (
        True,
        "on an IPO or AGI",
        5 * BILLION,
    )
    assert tranche.known_at == noon("2026-03-01")
    assert legs["amazon-round", "paid"].known_at == noon("2026-02-27")
    assert (rubin.amount_usd, rubin.capacity_mw, rubin.estimated_usd) == (None, 5000.0, 175 * BILLION)
    assert rubin.assumption == "mid: 35 billion USD per GW (low 15, high 50)"


def test_only_what_an_event_changes_is_written_again() -> None:
    paid = event("LegFunded", "2026-03-01", deal_id="amazon-round", leg="paid", amount_usd=1e9)
    (row,) = then(CIRCULARITY, FACTS, paid).rows
    assert isinstance(row, DealLegRow)
    assert (row.leg, row.funded_usd) == ("paid", BILLION)


def test_an_event_that_changes_one_basis_writes_no_row_of_the_other() -> None:
    paid = event("LegFunded", "2026-03-01", deal_id="amazon-round", leg="tranche", amount_usd=5e9)
    after = then(CIRCULARITY, FACTS, paid)
    assert {row.basis for row in rows_of(after, CircularityRow)} == {"firm"}
    assert {(row.basis, row.source) for row in rows_of(after, MoneyFlowEdgeRow)} == {
        ("firm", "Amazon"), ("firm", "OpenAI"),
    }  # fmt: skip
    assert loops(given(CIRCULARITY, *FACTS, paid), "firm")[0][3] == 20 * BILLION


def test_edges_and_nodes_have_what_is_announced_and_what_of_it_circulates() -> None:
    step = given(CIRCULARITY, *FACTS)
    edges = standing(CIRCULARITY, step, MoneyFlowEdgeRow)
    there, home = edges["all", "Amazon", "OpenAI"], edges["all", "OpenAI", "Amazon"]
    assert (there.amount_usd, there.circulating_usd) == (50 * BILLION, 50 * BILLION)
    assert (home.amount_usd, home.circulating_usd) == (138 * BILLION, 50 * BILLION)
    openai = standing(CIRCULARITY, step, MoneyFlowNodeRow)["all", "OpenAI"]
    assert (openai.in_usd, openai.out_usd, openai.circulating_usd) == (
        80 * BILLION,
        313 * BILLION,
        80 * BILLION,
    )


def test_nodes_are_the_ends_of_edges() -> None:
    step = given(CIRCULARITY, *FACTS)
    ends = {(row.basis, name) for row in standing(CIRCULARITY, step, MoneyFlowEdgeRow).values()
            for name in (row.source, row.target)}  # fmt: skip
    assert set(standing(CIRCULARITY, step, MoneyFlowNodeRow)) == ends


def test_what_is_gone_is_written_empty() -> None:
    step = given(CIRCULARITY, AMAZON_ROUND, AWS, TERMINATED)
    edge = standing(CIRCULARITY, step, MoneyFlowEdgeRow)["firm", "OpenAI", "Amazon"]
    assert (edge.amount_usd, edge.circulating_usd, edge.known_at) == (NOTHING, NOTHING, noon("2026-03-05"))
    assert loops(step, "all") == loops(step, "firm") == []
    assert last_circularity(step, "all").ci_bff == 0
    trip = rows_of(step, VendorRoundTripRow)[-1]
    assert (trip.vendor, trip.purchases_usd, trip.share) == ("Amazon", NOTHING, 0.0)
    ended = event("DealTerminated", "2026-03-06", deal_id="amazon-round")
    empty = given(CIRCULARITY, AMAZON_ROUND, AWS, TERMINATED, ended)
    assert {row.in_usd + row.out_usd for row in standing(CIRCULARITY, empty, MoneyFlowNodeRow).values()} == {
        0
    }
    assert (last_circularity(empty, "firm").announced_usd, last_circularity(empty, "firm").ci_max) == (
        NOTHING,
        0.0,
    )


def test_a_removed_leg_says_so_until_it_is_back() -> None:
    removed = event("DealRevised", "2026-03-01", deal_id="aws", removed_legs=["added"])
    back = event("DealRevised", "2026-03-02", deal_id="aws",
                 legs=[leg("added", "purchase", "OpenAI", "Amazon", amount_usd=60e9)])  # fmt: skip
    gone = standing(CIRCULARITY, given(CIRCULARITY, AWS, removed), DealLegRow)
    assert {name: row.removed for (_, name), row in gone.items()} == {"existing": False, "added": True}
    again = standing(CIRCULARITY, given(CIRCULARITY, AWS, removed, back), DealLegRow)["aws", "added"]
    assert (again.removed, again.amount_usd) == (False, 60 * BILLION)


def test_a_vendors_round_trip_is_a_share_of_its_order_book() -> None:
    trips = {(row.basis, row.vendor): row for row in rows_of(given(CIRCULARITY, *FACTS), VendorRoundTripRow)}
    assert set(trips) == {("firm", "Amazon"), ("all", "Amazon"), ("all", "Nvidia")}
    amazon = trips["all", "Amazon"]
    assert (amazon.financing_usd, amazon.purchases_usd, amazon.round_trip_usd) == (
        50 * BILLION, 138 * BILLION, 50 * BILLION,
    )  # fmt: skip
    assert trips["firm", "Amazon"].share == pytest.approx(15 / 138)
    assert trips["all", "Nvidia"].share == pytest.approx(30 / 175)


def test_a_leg_that_turns_from_financing_to_purchase_changes_the_round_trip_alone() -> None:
    turned = event("DealRevised", "2026-03-01", deal_id="aws", legs=[
        leg("existing", "equity", "OpenAI", "Amazon", amount_usd=38e9)])  # fmt: skip
    after = then(CIRCULARITY, (AMAZON_ROUND, AWS), turned)
    assert [type(row) for row in after.rows] == [DealRow, DealLegRow, VendorRoundTripRow, VendorRoundTripRow]
    assert {row.purchases_usd for row in rows_of(after, VendorRoundTripRow)} == {100 * BILLION}


def test_a_deal_goes_from_letter_to_revised_to_terminated() -> None:
    signed = event("DealRevised", "2025-10-01", deal_id="nvidia-letter", stage="definitive")
    ended = event("DealTerminated", "2025-11-01", deal_id="nvidia-letter")
    states = [
        (row.status, row.known_at) for row in rows_of(given(CIRCULARITY, LETTER, signed, ended), DealRow)
    ]
    assert states == [
        ("letter_of_intent", noon("2025-09-22")),
        ("revised", noon("2025-10-01")),
        ("terminated", noon("2025-11-01")),
    ]


def test_what_comes_early_gives_no_rows_until_its_deal_does() -> None:
    early = given(CIRCULARITY, TERMINATED)
    assert early.rows == ()
    assert [row.status for row in rows_of(given(CIRCULARITY, TERMINATED, AWS), DealRow)] == ["terminated"]


def test_other_families_and_idle_ticks_leave_the_very_same_state() -> None:
    before = given(CIRCULARITY, *FACTS)
    for other in (
        event("ClockTicked", "2027-01-01"),
        event("EquityPriced", "2027-01-01", symbol="NVDA", price_usd=1),
        event(
            "ContractRenegotiated",
            "2027-01-01",
            contract_id="c",
            supplier="a",
            customer="b",
            before={},
            after={},
        ),
    ):
        step = project(CIRCULARITY, journaled([other]), before)
        assert step.state is before.state
        assert (step.world.book, step.world.money) == (before.world.book, before.world.money)
        assert step.world.money is before.world.money
        assert step.rows == ()
