"""What the views make of announced money for people: words, widths, colours and arcs."""

from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal
from itertools import pairwise, product
from math import log10
from typing import Any

import psycopg
import pytest

from events.ledger import ledger
from events.words import short_cents
from ouroboros.report.money_map import GREY, ORANGE, RED, YELLOW
from projections.base import Row
from projections.circularity.fold import CIRCULARITY
from projections.circularity.rows import (
    MoneyFlowEdgeHistoryRow,
    MoneyFlowEdgeRow,
    MoneyFlowNodeHistoryRow,
    MoneyFlowNodeRow,
)
from tests.given import given, rows_of

pytestmark = pytest.mark.integration

THINNEST_CENTS = 10_000_000_000
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
TABLES = {table.row: table.name for table in CIRCULARITY.tables}
# Around everything that words round to, and amounts of more money than there is.
EDGES_OF_UNITS = [0, 1, 99, 100, 74_000, 99_999, 100_000, 100_049, 104_999, 105_000, 110_000, 999_949_999]
EDGES_OF_UNITS += [
    5 + 10**power * step for power in range(5, 17) for step in (1, 2, 45, 95, 999, 9_994, 9_996)
]
EDGES_OF_UNITS += [99_995 * 10**power - less for power in range(3, 13) for less in (0, 1)]
EDGES_OF_UNITS += [
    THINNEST_CENTS - 1,
    THINNEST_CENTS,
    THINNEST_CENTS + 1,
    2_250_000_000_000,
    10**19 + 1,
    10**27,
]
SHARES = [(0, 7), (1, 3), (1, 2), (2, 3), (1, 8), (3, 8), (1, 200), (3, 200), (1, 1)]


def usd(cents: int) -> Decimal:
    return Decimal(cents).scaleb(-2)


def cents_of(amount_usd: Decimal) -> int:
    return int(amount_usd * 100)


def edge_shown(amount_usd: Decimal, circulating_usd: Decimal) -> tuple[str, str, float, str]:
    """The oracle: main and second text, thickness and colour of an edge."""
    cents, circulating = cents_of(amount_usd), cents_of(circulating_usd)
    share = circulating / cents if cents else 0.0
    if not circulating:
        color = GREY
    elif 3 * circulating < cents:
        color = YELLOW
    else:
        color = ORANGE if 3 * circulating < 2 * cents else RED
    return (
        short_cents(cents),
        f"{short_cents(circulating)} circulating ({share:.0%})",
        round(1 + 2 * log10(max(cents, THINNEST_CENTS) / THINNEST_CENTS), 1),
        color,
    )


def node_shown(in_usd: Decimal, out_usd: Decimal, circulating_usd: Decimal) -> tuple[Any, ...]:
    """The oracle: the three texts, the three arcs and the net of a company."""
    inflow, outflow, circulating = map(cents_of, (in_usd, out_usd, circulating_usd))
    whole = max(inflow + outflow, 1)
    arc_in, arc_out = (inflow - circulating) / whole, (outflow - circulating) / whole
    return (
        f"{short_cents(circulating)} circulating",
        f"{short_cents(inflow)} in",
        f"{short_cents(outflow)} out",
        arc_in,
        arc_out,
        max(0.0, 1.0 - arc_in - arc_out) if circulating else 0.0,
        in_usd - out_usd,
    )


def write(database: str, kind: type[Row], rows: Iterable[Row]) -> None:
    values = ", ".join(["%s"] * len(kind.__match_args__))  # type: ignore[attr-defined]
    table = f"{CIRCULARITY.schema}.{TABLES[kind]}"
    with psycopg.connect(database) as connection, connection.cursor() as cursor:
        cursor.executemany(f"INSERT INTO {table} VALUES ({values})".encode(), list(rows))  # noqa: S608


def read(database: str, columns: str, view: str) -> list[tuple[Any, ...]]:
    """Ask as people do who may read the views alone."""
    with psycopg.connect(database) as connection:
        connection.execute("SET ROLE ouroboros_reader")
        return connection.execute(f"SELECT {columns} FROM read.{view}".encode()).fetchall()  # noqa: S608


EDGE_COLUMNS = "amount_usd, circulating_usd, mainstat, secondarystat, thickness, color"
NODE_COLUMNS = (
    "in_usd, out_usd, circulating_usd, subtitle, mainstat, secondarystat,"
    " arc__inflow, arc__outflow, arc__circulating, net_usd"
)


def assert_edges_are_shown(database: str, view: str, count: int) -> None:
    edges = read(database, EDGE_COLUMNS, view)
    assert len(edges) == count
    for amount_usd, circulating_usd, *shown in edges:
        assert tuple(shown) == edge_shown(amount_usd, circulating_usd), (amount_usd, circulating_usd)


def assert_nodes_are_shown(database: str, view: str, count: int) -> None:
    nodes = read(database, NODE_COLUMNS, view)
    assert len(nodes) == count
    for in_usd, out_usd, circulating_usd, *shown in nodes:
        assert tuple(shown) == node_shown(in_usd, out_usd, circulating_usd)


def test_the_facts_of_the_sources_are_shown_as_words_widths_colours_and_arcs(database: str) -> None:
    step = given(CIRCULARITY, *ledger())
    for kind in (MoneyFlowEdgeHistoryRow, MoneyFlowNodeHistoryRow):
        write(database, kind, rows_of(step, kind))
    edges = {(row.basis, row.source, row.target): row for row in rows_of(step, MoneyFlowEdgeRow)}
    nodes = {(row.basis, row.id): row for row in rows_of(step, MoneyFlowNodeRow)}
    write(database, MoneyFlowEdgeRow, edges.values())
    write(database, MoneyFlowNodeRow, nodes.values())
    assert len(edges) >= 20
    assert_edges_are_shown(
        database, "money_flow_edge", len([row for row in edges.values() if row.amount_usd])
    )
    assert_edges_are_shown(database, "money_flow_edge_history", len(rows_of(step, MoneyFlowEdgeHistoryRow)))
    assert_nodes_are_shown(
        database, "money_flow_node", len([row for row in nodes.values() if row.in_usd or row.out_usd])
    )
    assert_nodes_are_shown(database, "money_flow_node_history", len(rows_of(step, MoneyFlowNodeHistoryRow)))


def test_the_views_round_as_a_headline_does(database: str) -> None:
    amounts = sorted({*EDGES_OF_UNITS})
    edges = {(cents, cents * part // whole) for cents, (part, whole) in product(amounts, SHARES)}
    edges |= {(8 * cents, cents) for cents in amounts} | {(200 * cents, 3 * cents) for cents in amounts}
    rows = [
        MoneyFlowEdgeHistoryRow(number, 0, "all", "A", "B", usd(cents), usd(circulating), NOON)
        for number, (cents, circulating) in enumerate(sorted(edges))
    ]
    write(database, MoneyFlowEdgeHistoryRow, rows)
    assert_edges_are_shown(database, "money_flow_edge_history", len(rows))
    nodes = [
        MoneyFlowNodeHistoryRow(
            number, 0, "all", "A", usd(inflow), usd(outflow), usd(min(inflow, outflow) * part // whole), NOON
        )
        for number, ((inflow, outflow), (part, whole)) in enumerate(product(pairwise(amounts), SHARES))
    ]
    write(database, MoneyFlowNodeHistoryRow, nodes)
    assert_nodes_are_shown(database, "money_flow_node_history", len(nodes))


def test_the_legend_of_a_report_has_the_colours_of_the_view(database: str) -> None:
    shares = (0, 10, 50, 90)
    rows = [
        MoneyFlowEdgeHistoryRow(number, 0, "all", "A", "B", usd(100), usd(share), NOON)
        for number, share in enumerate(shares)
    ]
    write(database, MoneyFlowEdgeHistoryRow, rows)
    shown = read(database, "color", "money_flow_edge_history ORDER BY circulating_usd")
    assert [color for (color,) in shown] == [GREY, YELLOW, ORANGE, RED]
