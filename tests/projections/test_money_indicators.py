"""Indicators that read announced money say what its own tables say, of the same event."""

from collections.abc import Iterator

import pytest
from hypothesis import given as given_any
from hypothesis import settings
from hypothesis import strategies as st

from events.base import Event
from projections.base import Row
from projections.circularity.fold import CIRCULARITY
from projections.circularity.rows import CircularityRow, VendorRoundTripRow
from projections.episodes.rows import IndicatorCurrentRow, IndicatorRow, SignalRow
from projections.event_batch import batch_of
from projections.facts.book import BASES
from projections.facts.learning import learn
from projections.facts.world import Thing
from projections.indicators import INDICATORS
from projections.money_graph import component
from projections.money_graph.component import TOP_EDGES
from projections.warning_signs import WARNING_SIGNS
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
from tests.projections.test_circularity_laws import JOURNALS, LIMITS
from tests.projections.whole_graph import edges

Told = dict[tuple[str, str], float]


def in_tables(rows: tuple[Row, ...]) -> Told:
    """Read what the tables of circularity say, by indicator and subject."""
    told: Told = {}
    for row in rows:
        if isinstance(row, CircularityRow):
            told["circularity", f"ci_bff {row.basis}"] = round(row.ci_bff, 6)
            told["circularity", f"ci_max {row.basis}"] = round(row.ci_max, 6)
        elif isinstance(row, VendorRoundTripRow):
            told["vendor_financed_share", f"{row.vendor} {row.basis}"] = round(row.share, 6)
    return told


def by_indicators(rows: tuple[Row, ...]) -> Iterator[tuple[tuple[str, str], float]]:
    for row in rows:
        if isinstance(row, IndicatorRow) and row.indicator in {"circularity", "vendor_financed_share"}:
            yield (row.indicator, row.subject), row.value


@given_any(JOURNALS, LIMITS)
@settings(deadline=None)
def test_each_event_is_told_in_the_same_numbers(journal: list[Event], limit: int) -> None:
    money, signs = Projected(CIRCULARITY.initial), Projected(WARNING_SIGNS.initial)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(component, "SOLVED_AT_ONCE", limit)
        for record in journaled(journal):
            money, signs = project(CIRCULARITY, [record], money), project(WARNING_SIGNS, [record], signs)
            measured = list(by_indicators(signs.rows))
            assert dict(measured) == in_tables(money.rows)
            assert len(measured) == len(dict(measured))


@given_any(JOURNALS)
@settings(deadline=None)
def test_top_edges_are_those_of_the_whole_graph_in_which_most_circulates(journal: list[Event]) -> None:
    world = world_of(*journal)
    for basis in BASES:
        graph = world.money.on(basis)
        circulating = [
            edge._replace(cents=graph.circulating_cents(edge[:2])) for edge in edges(world.book, basis)
        ]
        most = sorted((edge for edge in circulating if edge.cents), key=lambda edge: (-edge.cents, edge))
        assert graph.top_edges.shown == tuple(most[:TOP_EDGES])


@given_any(JOURNALS, st.integers(0, 24), LIMITS)
@settings(deadline=None)
def test_a_snapshot_on_the_way_changes_no_row(journal: list[Event], cut: int, limit: int) -> None:
    records = journaled(journal)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(component, "SOLVED_AT_ONCE", limit)
        head = project(WARNING_SIGNS, records[:cut])
        undisturbed = project(WARNING_SIGNS, records[cut:], head)
        assert project(WARNING_SIGNS, records[cut:], restored(WARNING_SIGNS, head)) == undisturbed


POWER = announced(
    "power", "2026-01-01", leg("out", "equity", "Nvidia", "OpenAI", amount_usd=30e9),
    leg("back", "purchase", "OpenAI", "Nvidia", capacity_mw=10_000),
)  # fmt: skip
CHEAP = event("WatchlistChanged", "2026-02-01", watchlist="desk", gigawatt_assumption="low")


def current(*journal: Event) -> dict[tuple[str, str], IndicatorCurrentRow]:
    rows = standing(WARNING_SIGNS, given(WARNING_SIGNS, *journal), IndicatorCurrentRow)
    return {(str(indicator), str(subject)): row for (indicator, subject), row in rows.items()}


def test_a_watchlist_that_chooses_what_a_gigawatt_costs_has_shares_measured_anew() -> None:
    before, after = current(POWER), current(POWER, CHEAP)
    # 10 GW at 35 and at 15 billion; what comes back goes round once out and once home.
    shares = {
        ("vendor_financed_share", "Nvidia all"): (30 / 350, 30 / 150),
        ("circularity", "ci_max all"): (60 / 380, 60 / 180),
        ("circularity", "ci_bff all"): (60 / 380, 60 / 180),
    }
    for key, (at_mid, at_low) in shares.items():
        assert (before[key].value, after[key].value) == (round(at_mid, 6), round(at_low, 6))
        assert before[key].evidence == [POWER.event_id]
        assert after[key].evidence == [CHEAP.event_id, POWER.event_id]
    assert after["circularity", "ci_max firm"] == before["circularity", "ci_max firm"]


def test_a_watchlist_that_changes_no_assumption_measures_no_money() -> None:
    aside = event("WatchlistChanged", "2026-02-01", watchlist="desk", companies=["Nvidia"])
    step = given(WARNING_SIGNS, POWER, aside)
    assert {row.journal_offset for row in rows_of(step, IndicatorRow)} == {0}


def test_a_signal_that_a_watchlist_sets_off_cites_the_deals_behind_it() -> None:
    step = given(WARNING_SIGNS, POWER, CHEAP)
    (signal,) = (
        row for row in rows_of(step, SignalRow) if row.subject == "Nvidia all" and row.level == "warning"
    )
    assert signal.evidence == [CHEAP.event_id, POWER.event_id]


def test_an_amendment_that_waits_for_its_deal_is_kept_though_it_measures_nothing() -> None:
    paid = event("LegFunded", "2026-01-02", deal_id="power", leg="out", amount_usd=40e9)
    step = given(WARNING_SIGNS, paid)
    assert not rows_of(step, IndicatorRow)
    assert current(paid, POWER)["circularity", "ci_max firm"].text.startswith("at most 0.0 % of $40B")


def test_who_reads_announced_money_and_deals() -> None:
    reads = {Thing.MONEY, Thing.DEAL, Thing.RENEGOTIATION}
    readers = {indicator.definition.id for indicator in INDICATORS if reads & indicator.reads.keys()}
    assert readers == {
        "circularity", "conditional_share", "contract_renegotiations", "revenue_coverage",
        "vendor_financed_share",
    }  # fmt: skip


def test_revenue_is_measured_against_the_same_deals_as_all_else() -> None:
    terms = {"company": "OpenAI", "period_starts": "2025-01-01", "period_ends": "2025-12-31"}
    earned = event("RevenueReported", "2026-02-02", amount_usd=10e9, **terms)
    bought = announced("cloud", "2026-01-01", leg("pay", "purchase", "OpenAI", "Oracle", amount_usd=50e9))
    step = given(WARNING_SIGNS, bought, CHEAP, earned)
    (row,) = (one for one in rows_of(step, IndicatorRow) if one.indicator == "revenue_coverage")
    # 50 billion over the five years that are assumed, and a day less, come to 10 a year.
    assert (row.subject, row.value) == ("OpenAI", 1.0)
    assert row.evidence == [earned.event_id, bought.event_id]


def test_what_does_not_concern_announced_money_leaves_it_as_it_is() -> None:
    before = world_of(POWER)
    for aside in (
        event("CreditWaiverReported", "2026-02-01", facility_id="f", borrower="B", kind="waiver"),
        event("ClockTicked", "2026-02-01"),
        event("SignalMuted", "2026-02-01", indicator="circularity", until="2026-03-01T00:00:00Z", by="me"),
    ):
        after, _ = learn(before, batch_of(journaled([POWER, aside])[-1:]))
        assert after.money is before.money
        assert after.book is before.book
