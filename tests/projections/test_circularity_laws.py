from decimal import Decimal

from hypothesis import given as given_any
from hypothesis import settings
from hypothesis import strategies as st

from events.base import Event
from projections.base import fold
from projections.circularity import CIRCULARITY
from projections.circularity.rows import MoneyFlowEdgeRow, MoneyFlowNodeRow
from tests.projections.given import event, given, recorded, standing
from tests.projections.test_circularity import announced, leg, loops

PARTIES = st.sampled_from([(a, b) for a in "ABCD" for b in "ABCD" if a != b])
BILLIONS = st.integers(1, 60).map(lambda billions: billions * 10**9)
SOME_LEG = st.builds(
    lambda kind, parties, money, condition: leg("l", kind, *parties, amount_usd=money, condition=condition),
    st.sampled_from(["equity", "purchase"]),
    PARTIES,
    BILLIONS,
    st.sampled_from([None, "an IPO"]),
)
DEAL = st.sampled_from(["d", "e", "f", "g"])
JOURNALS: st.SearchStrategy[list[Event]] = st.lists(
    st.one_of(
        st.builds(lambda one, deal: announced(deal, "2026-01-01", one), SOME_LEG, DEAL),
        st.builds(lambda one, deal: event("DealRevised", deal_id=deal, legs=[one]), SOME_LEG, DEAL),
        st.builds(
            lambda usd, deal: event("LegFunded", deal_id=deal, leg="l", amount_usd=usd), BILLIONS, DEAL
        ),
        st.builds(lambda deal: event("DealTerminated", deal_id=deal), DEAL),
    ),
    max_size=14,
)


@given_any(JOURNALS, st.integers(0, 14))
@settings(deadline=None)
def test_a_snapshot_on_the_way_changes_no_row(journal: list[Event], cut: int) -> None:
    whole = given(CIRCULARITY, *journal)
    taken = recorded(journal)
    head = fold(CIRCULARITY, CIRCULARITY.initial, taken[:cut])
    kept = CIRCULARITY.state_type.validate_json(CIRCULARITY.state_type.dump_json(head.state))
    assert kept == head.state
    tail = fold(CIRCULARITY, kept, taken[cut:])
    assert head.rows + tail.rows == whole.rows
    assert tail.state == whole.state


@given_any(JOURNALS)
@settings(deadline=None)
def test_current_rows_are_those_of_a_graph_drawn_at_once(journal: list[Event]) -> None:
    step = given(CIRCULARITY, *journal)
    for basis, picture in (("firm", step.state.firm), ("all", step.state.all)):
        rows = [row for row in standing(CIRCULARITY, step, MoneyFlowEdgeRow).values()
                if row.basis == basis and row.amount_usd]  # fmt: skip
        shown = {(row.source, row.target): (row.amount_usd, row.circulating_usd) for row in rows}
        assert shown == {
            edge[:2]: (Decimal(edge.cents) / 100, Decimal(cents) / 100)
            for edge, cents in zip(picture.edges, picture.circulating_cents, strict=True)
        }
        ranks = [rank for rank, *_ in loops(step, basis)]
        assert ranks == list(range(1, len(picture.loops) + 1))
        ends = {name for row in rows for name in (row.source, row.target)}
        nodes = standing(CIRCULARITY, step, MoneyFlowNodeRow).values()
        assert {row.id for row in nodes if row.basis == basis and row.in_usd + row.out_usd} == ends
