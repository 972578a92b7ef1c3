"""Read all that a report shows, from the views alone, in one read-only snapshot."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

import psycopg
from psycopg import IsolationLevel
from psycopg.rows import namedtuple_row
from psycopg.sql import SQL, Identifier

# A named tuple of the columns that its view, or the query below, has.
Row: TypeAlias = Any

# A report is read, so it is bounded: the newest of each kind, and of prices the last of each day.
NEWEST_SIGNALS = 50
NEWEST_CREDIT_EVENTS = 200
NEWEST_DEALS = 500
NEWEST_POINTS = 20_000
MOST_ROWS = 2_000
DRAWDOWNS = ("gpu_resale_drawdown", "pledged_equity_drawdown")

_SIGNALS = """
    SELECT * FROM signal
    ORDER BY known_at DESC, journal_offset DESC, journal_index DESC, signal_id, step_number DESC
    LIMIT %(limit)s
"""
_EVIDENCE = """
    SELECT * FROM signal_evidence
    WHERE (signal_id, step_number) IN (SELECT * FROM unnest(%(signals)s::uuid[], %(steps)s::integer[]))
    ORDER BY signal_id, step_number, number
"""
_CIRCULARITY = """
    SELECT * FROM (
        SELECT * FROM circularity ORDER BY journal_offset DESC, journal_index DESC, basis LIMIT %(limit)s
    ) newest ORDER BY journal_offset, journal_index, basis
"""
_ROUND_TRIPS = """
    SELECT DISTINCT ON (basis, vendor) * FROM vendor_round_trip
    ORDER BY basis, vendor, journal_offset DESC, journal_index DESC LIMIT %(limit)s
"""
_CREDIT_EVENTS = "SELECT * FROM credit_event ORDER BY known_at DESC, event_id LIMIT %(limit)s"
_DEALS = "SELECT * FROM deal ORDER BY announced_at DESC, deal_id LIMIT %(limit)s"
_DRAWDOWNS = """
    SELECT * FROM (
        SELECT DISTINCT ON (indicator, subject, known_at::date)
               indicator, subject, known_at::date AS day, value
        FROM indicator WHERE indicator = ANY(%(indicators)s)
        ORDER BY indicator, subject, known_at::date, journal_offset DESC, journal_index DESC) daily
    ORDER BY day DESC, indicator, subject LIMIT %(limit)s
"""
# A series is called as the signals about it are: ARM, H100 resale.
_SHARE_PRICES = """
    SELECT * FROM (
        SELECT DISTINCT ON (symbol, bucket::date) symbol AS series, bucket::date AS day, close
        FROM equity_bar ORDER BY symbol, bucket::date, bucket DESC, interval_seconds) daily
    ORDER BY day DESC, series LIMIT %(limit)s
"""
_GPU_PRICES = """
    SELECT series, basis, day, price_usd AS close FROM gpu_index WHERE NOT is_thin
    ORDER BY day DESC, series LIMIT %(limit)s
"""
_SOURCES = """
    SELECT source, payload ->> 'source_url' AS source_url, count(*) AS events,
           min(known_at) AS first_known_at, max(known_at) AS last_known_at
    FROM journal_event WHERE event_type <> 'ClockTicked'
    GROUP BY 1, 2 ORDER BY events DESC, 1, 2 LIMIT %(limit)s
"""
_DEAD_LETTERS = """
    SELECT topic, partition, "offset", index AS position, key, reason, received_at, attempts
    FROM dead_letter WHERE state = 'open' ORDER BY topic, partition, "offset", index LIMIT %(limit)s
"""


@dataclass(frozen=True, slots=True)
class Facts:
    """All that a report shows; `as_of` is the newest time in the data, `at` the one asked for, if any."""

    at: datetime | None
    as_of: datetime | None
    events: int
    watchlists: list[str]
    definitions: list[Row]
    signs: list[Row]
    signals: list[Row]
    evidence: list[Row]
    deals: list[Row]
    legs: list[Row]
    edges: list[Row]
    nodes: list[Row]
    loops: list[Row]
    circularity: list[Row]
    round_trips: list[Row]
    share_prices: list[Row]
    gpu_prices: list[Row]
    drawdowns: list[Row]
    facilities: list[Row]
    credit_events: list[Row]
    sites: list[Row]
    sources: list[Row]
    dead_letters: list[Row]
    components: list[Row]


def read_facts(database_url: str, views: str, at: datetime | None) -> Facts:
    """Read the views of a schema; `at` is the time in the past that they are of. Raises psycopg.Error."""
    with psycopg.connect(database_url, connect_timeout=5) as connection:
        connection.isolation_level = IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        connection.execute("SET TIME ZONE 'UTC'")
        connection.execute(SQL("SET search_path TO {}").format(Identifier(views)))
        return _facts(connection, at)


def _facts(connection: psycopg.Connection[Any], at: datetime | None) -> Facts:
    (state,) = _rows(connection, "SELECT max(known_at) AS as_of, count(*) AS events FROM journal_event")
    watchlists = _rows(
        connection, "SELECT DISTINCT key FROM journal_event WHERE event_type = 'WatchlistChanged'"
    )
    signals = _rows(connection, _SIGNALS, NEWEST_SIGNALS)
    evidence = _rows(
        connection,
        _EVIDENCE,
        signals=[signal.signal_id for signal in signals],
        steps=[signal.step_number for signal in signals],
    )
    return Facts(
        at=at,
        as_of=state.as_of,
        events=state.events,
        watchlists=sorted(row.key for row in watchlists),
        definitions=_view(connection, "indicator_definition"),
        signs=_view(connection, "indicator_current"),
        signals=signals,
        evidence=evidence,
        deals=_rows(connection, _DEALS, NEWEST_DEALS),
        legs=_view(connection, "deal_leg"),
        edges=_view(connection, "money_flow_edge"),
        nodes=_view(connection, "money_flow_node"),
        loops=_view(connection, "loop"),
        circularity=_rows(connection, _CIRCULARITY, NEWEST_POINTS),
        round_trips=_rows(connection, _ROUND_TRIPS),
        share_prices=_rows(connection, _SHARE_PRICES, NEWEST_POINTS),
        gpu_prices=_rows(connection, _GPU_PRICES, NEWEST_POINTS),
        drawdowns=_rows(connection, _DRAWDOWNS, NEWEST_POINTS, indicators=list(DRAWDOWNS)),
        facilities=_view(connection, "facility"),
        credit_events=_rows(connection, _CREDIT_EVENTS, NEWEST_CREDIT_EVENTS),
        sites=_view(connection, "power_site"),
        sources=_rows(connection, _SOURCES),
        # Nobody keeps what these two were in the past.
        dead_letters=_rows(connection, _DEAD_LETTERS) if at is None else [],
        components=_view(connection, "pipeline_health") if at is None else [],
    )


def _rows(
    connection: psycopg.Connection[Any], query: str, limit: int = MOST_ROWS, **parameters: Any
) -> list[Row]:
    with connection.cursor(row_factory=namedtuple_row) as cursor:
        return cursor.execute(query.encode(), {"limit": limit, **parameters}).fetchall()


def _view(connection: psycopg.Connection[Any], name: str) -> list[Row]:
    """Read a whole view, sorted as texts: databases sort texts each in their own way."""
    with connection.cursor(row_factory=namedtuple_row) as cursor:
        rows = cursor.execute(SQL("SELECT * FROM {}").format(Identifier(name))).fetchall()
    return sorted(rows, key=lambda row: tuple(map(str, row)))
