from typing import Any

from hypothesis import given as given_any
from hypothesis import settings

from events.base import Event
from projections.base import Row, Step
from projections.circularity.fold import CIRCULARITY
from projections.circularity.rows import (
    MoneyFlowEdgeHistoryRow,
    MoneyFlowEdgeRow,
    MoneyFlowNodeHistoryRow,
    MoneyFlowNodeRow,
)
from tests.given import announced, event, given, leg, noon, rows_of, standing
from tests.projections.test_circularity import BILLION, FACTS, NOTHING, TERMINATED
from tests.projections.test_circularity_laws import JOURNALS, LIMITS, given_with

HISTORIES = ((MoneyFlowEdgeHistoryRow, MoneyFlowEdgeRow), (MoneyFlowNodeHistoryRow, MoneyFlowNodeRow))


def key_of(kind: type[Row]) -> tuple[str, ...]:
    (key,) = (table.key for table in CIRCULARITY.tables if table.row is kind)
    return key


def newest(step: Step[Any], history: type[Row], key: tuple[str, ...]) -> dict[tuple[Any, ...], Row]:
    """Keep the newest row of each key by its offset, as a reader of the view does."""
    rows: list[Any] = rows_of(step, history)
    rows.sort(key=lambda row: (row.known_at, row.journal_offset, row.journal_index))
    return {tuple(getattr(row, name) for name in key): row for row in rows}


def from_openai_to_amazon(step: Step[Any]) -> list[MoneyFlowEdgeHistoryRow]:
    rows = rows_of(step, MoneyFlowEdgeHistoryRow)
    return [row for row in rows if (row.basis, row.source, row.target) == ("all", "OpenAI", "Amazon")]


@given_any(JOURNALS, LIMITS)
@settings(deadline=None)
def test_the_newest_row_of_the_history_is_the_row_that_stands(journal: list[Event], limit: int) -> None:
    step = given_with(limit, *journal)
    for history, kind in HISTORIES:
        rows = newest(step, history, key_of(kind))
        assert rows == standing(CIRCULARITY, step, kind)


@given_any(JOURNALS, LIMITS)
@settings(deadline=None)
def test_a_key_has_one_row_of_history_an_event_at_most_and_each_says_something_new(
    journal: list[Event], limit: int
) -> None:
    step = given_with(limit, *journal)
    for history, kind in HISTORIES:
        seen: dict[tuple[Any, ...], Any] = {}
        rows: list[Any] = rows_of(step, history)
        for row in rows:
            key = tuple(getattr(row, name) for name in key_of(kind))
            before = seen.get(key)
            if before is not None:
                assert (before.journal_offset, before.journal_index) < (row.journal_offset, row.journal_index)
                assert before[2:-1] != row[2:-1]
            seen[key] = row


def test_an_edge_is_told_as_it_grew_began_to_circulate_and_went() -> None:
    first = announced("aws", "2025-11-03", leg("existing", "purchase", "OpenAI", "Amazon", amount_usd=38e9))
    rows = from_openai_to_amazon(given(CIRCULARITY, first, *FACTS, TERMINATED))
    assert [(row.known_at, row.amount_usd, row.circulating_usd) for row in rows] == [
        (noon("2025-11-03"), 38 * BILLION, NOTHING),
        (noon("2026-02-27"), 38 * BILLION, 38 * BILLION),
        (noon("2026-02-27"), 138 * BILLION, 50 * BILLION),
        (noon("2026-03-05"), NOTHING, NOTHING),
    ]
    assert [row.journal_offset for row in rows] == [0, 3, 4, 6]


def test_a_company_that_leaves_the_graph_has_a_last_row_without_money() -> None:
    step = given(
        CIRCULARITY,
        announced("d", "2026-01-01", leg("l", "equity", "A", "B", amount_usd=10**9)),
        event("DealTerminated", "2026-01-02", deal_id="d"),
    )
    rows = [row for row in rows_of(step, MoneyFlowNodeHistoryRow) if (row.basis, row.id) == ("firm", "B")]
    assert [(row.known_at, row.in_usd) for row in rows] == [
        (noon("2026-01-01"), BILLION),
        (noon("2026-01-02"), NOTHING),
    ]
