"""Read everything that a report tells, from views `read.*` alone, in one read-only snapshot."""

from datetime import UTC, datetime
from typing import Any, TypeVar, cast

import psycopg
from psycopg import IsolationLevel
from psycopg.rows import class_row
from psycopg.sql import SQL, Identifier

from ouroboros.report.past import standing_at
from ouroboros.report.rows import (
    CircularityRow,
    ComponentRow,
    CreditEventRow,
    DealRow,
    DefinitionRow,
    EdgeRow,
    EvidenceRow,
    FacilityRow,
    Facts,
    FallRow,
    LegRow,
    LetterRow,
    LoopRow,
    NodeRow,
    PriceRow,
    RoundTripRow,
    SignalRow,
    SignRow,
    SiteRow,
    SourceRow,
    Standing,
    in_order,
)
from ouroboros.report.undated import with_unknown_delays

R = TypeVar("R", bound=tuple[Any, ...])

# A report is read, so it is bounded: the newest of each kind, and of prices the last of each day.
NEWEST_SIGNALS = 50
NEWEST_CREDIT_EVENTS = 200
NEWEST_DEALS = 500
NEWEST_POINTS = 20_000
MOST_ROWS = 2_000
FALLS = ("gpu_resale_drawdown", "pledged_equity_drawdown")

_FOR_EVER = datetime.max.replace(tzinfo=UTC)

# Folds go by the running maximum of known_at: known by a time is all before the first event known later.
_KNOWN = """
    (journal_offset, journal_index) < (
        SELECT coalesce(min(journal_offset), 9223372036854775807), coalesce(min(journal_index), 0)
        FROM (SELECT journal_offset, journal_index FROM read.journal_event
              WHERE known_at > %(until)s ORDER BY journal_offset, journal_index LIMIT 1) later)
"""
_STATE = f"SELECT max(known_at), count(*) FROM read.journal_event WHERE {_KNOWN}"  # noqa: S608  pieces of our own
_WATCHLISTS = f"""
    SELECT DISTINCT key FROM read.journal_event WHERE event_type = 'WatchlistChanged' AND {_KNOWN}
"""  # noqa: S608
_SIGNALS = """
    SELECT signal_id, step_number, known_at, indicator, subject, step, level, value, threshold, message, muted
    FROM read.signal WHERE known_at <= %(until)s
    ORDER BY known_at DESC, journal_offset DESC, journal_index DESC, signal_id, step_number DESC
    LIMIT %(limit)s
"""
_EVIDENCE = """
    SELECT signal_id, step_number, number, event_id, headline, source, source_url, certainty, occurred_at
    FROM read.signal_evidence
    WHERE (signal_id, step_number) IN (SELECT * FROM unnest(%(signals)s::uuid[], %(steps)s::integer[]))
    ORDER BY signal_id, step_number, number
"""
_CIRCULARITY = """
    SELECT known_at, basis, announced_usd, ci_max_usd, ci_bff_usd, ci_max, ci_bff FROM (
        SELECT * FROM read.circularity WHERE known_at <= %(until)s
        ORDER BY journal_offset DESC, journal_index DESC, basis LIMIT %(limit)s) newest
    ORDER BY journal_offset, journal_index, basis
"""
_ROUND_TRIPS = """
    SELECT DISTINCT ON (basis, vendor) basis, vendor, financing_usd, purchases_usd, round_trip_usd, share
    FROM read.vendor_round_trip WHERE known_at <= %(until)s
    ORDER BY basis, vendor, journal_offset DESC, journal_index DESC LIMIT %(limit)s
"""
_CREDIT_EVENTS = """
    SELECT known_at, facility_id, borrower, kind, severity, amount_usd, detail, source_url
    FROM read.credit_event WHERE known_at <= %(until)s ORDER BY known_at DESC, event_id LIMIT %(limit)s
"""
_FALLS = """
    SELECT indicator, subject, day, value FROM (
        SELECT DISTINCT ON (indicator, subject, known_at::date)
               indicator, subject, known_at::date AS day, value
        FROM read.indicator WHERE indicator = ANY(%(indicators)s) AND known_at <= %(until)s
        ORDER BY indicator, subject, known_at::date, journal_offset DESC, journal_index DESC) daily
    ORDER BY day DESC, indicator, subject LIMIT %(limit)s
"""
_SHARE_PRICES = """
    SELECT name, '' AS basis, day, close FROM (
        SELECT DISTINCT ON (symbol, bucket::date) symbol AS name, bucket::date AS day, close
        FROM read.equity_bar ORDER BY symbol, bucket::date, bucket DESC, interval_seconds) daily
    ORDER BY day DESC, name LIMIT %(limit)s
"""
_GPU_PRICES = """
    SELECT name, basis, day, close FROM (
        SELECT DISTINCT ON (model, basis, bucket::date) model AS name, basis, bucket::date AS day, close
        FROM read.gpu_bar ORDER BY model, basis, bucket::date, bucket DESC, interval_seconds) daily
    ORDER BY day DESC, name, basis LIMIT %(limit)s
"""
# The views of bars have what came late already added, so the past is read from the archive.
_PAST_PRICES = f"""
    SELECT name, basis, day, close FROM (
        SELECT DISTINCT ON (name, basis, day) name, basis, day, close FROM (
            SELECT payload ->> %(name)s AS name, coalesce(payload ->> 'basis', '') AS basis,
                   (payload ->> 'bucket')::timestamptz::date AS day,
                   (payload ->> 'bucket')::timestamptz AS bucket,
                   (payload ->> 'interval_seconds')::int AS seconds,
                   (payload ->> 'last_at')::timestamptz AS last_at,
                   (payload ->> 'close_usd')::double precision AS close, event_id
            FROM read.journal_event WHERE event_type = %(event_type)s AND {_KNOWN}) bar
        ORDER BY name, basis, day, bucket DESC, seconds, last_at DESC, event_id DESC) daily
    ORDER BY day DESC, name, basis LIMIT %(limit)s
"""  # noqa: S608
_SOURCES = f"""
    SELECT source, payload ->> 'source_url' AS source_url, count(*) AS events,
           min(known_at) AS first_known_at, max(known_at) AS last_known_at
    FROM read.journal_event WHERE event_type <> 'ClockTicked' AND {_KNOWN}
    GROUP BY 1, 2 ORDER BY events DESC, 1, 2 LIMIT %(limit)s
"""  # noqa: S608
_LETTERS = """
    SELECT topic, partition, "offset", index AS position, key, reason, received_at, attempts
    FROM read.dead_letter
    WHERE state = 'open' ORDER BY topic, partition, "offset", position LIMIT %(limit)s
"""
_DEALS = """
    SELECT deal_id, title, announced_at, status, certainty, source_url FROM read.deal
    ORDER BY announced_at DESC, deal_id LIMIT %(limit)s
"""
_ARCHIVE = f"""
    SELECT journal_offset, journal_index, payload FROM read.journal_event WHERE {_KNOWN}
    ORDER BY journal_offset, journal_index
"""  # noqa: S608


class Reading:
    """One snapshot of the database, as it is now or as it was known at a time."""

    def __init__(self, connection: psycopg.Connection, at: datetime | None) -> None:
        self._connection = connection
        self._at = at

    def facts(self) -> Facts:
        """Read everything. Raises psycopg.Error, UnreadableEvent for an archive of a newer release."""
        signals = self._newest(SignalRow, _SIGNALS, NEWEST_SIGNALS)
        state = self._connection.execute(_STATE, self._bounds(1)).fetchone()
        as_of, events = state or (None, 0)
        watchlists = self._connection.execute(_WATCHLISTS, self._bounds(1)).fetchall()
        return Facts(
            at=self._at,
            as_of=as_of,
            events=events,
            watchlists=sorted(key for (key,) in watchlists),
            definitions=self._view(DefinitionRow, "indicator_definition"),
            standing=self._standing() if self._at is None else self._past_standing(),
            signals=signals,
            evidence=self._all(
                EvidenceRow,
                _EVIDENCE,
                signals=[one.signal_id for one in signals],
                steps=[one.step_number for one in signals],
            ),
            circularity=self._newest(CircularityRow, _CIRCULARITY, NEWEST_POINTS),
            round_trips=self._newest(RoundTripRow, _ROUND_TRIPS, MOST_ROWS),
            credit_events=self._newest(CreditEventRow, _CREDIT_EVENTS, NEWEST_CREDIT_EVENTS),
            share_prices=self._prices(_SHARE_PRICES, "EquityBarClosed", "symbol"),
            gpu_prices=self._prices(_GPU_PRICES, "GpuBarClosed", "model"),
            falls=self._all(FallRow, _FALLS, indicators=list(FALLS), until=self._until, limit=NEWEST_POINTS),
            sources=self._newest(SourceRow, _SOURCES, MOST_ROWS),
            # Only what is now is kept of these two.
            letters=self._newest(LetterRow, _LETTERS, MOST_ROWS) if self._at is None else [],
            components=self._view(ComponentRow, "pipeline_health") if self._at is None else [],
        )

    @property
    def _until(self) -> datetime:
        return self._at or _FOR_EVER

    def _bounds(self, limit: int) -> dict[str, Any]:
        return {"until": self._until, "limit": limit}

    def _all(self, row: type[R], query: str, **parameters: Any) -> list[R]:
        with self._connection.cursor(row_factory=class_row(row)) as cursor:
            return cursor.execute(query.encode(), parameters).fetchall()

    def _newest(self, row: type[R], query: str, limit: int) -> list[R]:
        return self._all(row, query, **self._bounds(limit))

    def _view(self, row: type[R], view: str) -> list[R]:
        """Read a standing view, in an order that does not depend on the database."""
        columns: tuple[str, ...] = cast(Any, row)._fields
        query = SQL("SELECT {} FROM read.{}").format(
            SQL(", ").join(map(Identifier, columns)), Identifier(view)
        )
        with self._connection.cursor(row_factory=class_row(row)) as cursor:
            return in_order(cursor.execute(query).fetchall())

    def _prices(self, query: str, event_type: str, name: str) -> list[PriceRow]:
        if self._at is None:
            return self._newest(PriceRow, query, NEWEST_POINTS)
        return self._all(
            PriceRow, _PAST_PRICES, **self._bounds(NEWEST_POINTS), event_type=event_type, name=name
        )

    def _standing(self) -> Standing:
        sites = self._view(SiteRow, "power_site")
        return Standing(
            signs=with_unknown_delays(self._view(SignRow, "indicator_current"), sites),
            deals=self._newest(DealRow, _DEALS, NEWEST_DEALS),
            legs=self._view(LegRow, "deal_leg"),
            edges=self._view(EdgeRow, "money_flow_edge"),
            nodes=self._view(NodeRow, "money_flow_node"),
            loops=self._view(LoopRow, "loop"),
            facilities=self._view(FacilityRow, "facility"),
            sites=sites,
        )

    def _past_standing(self) -> Standing:
        with self._connection.cursor(name="archive") as cursor:
            cursor.itersize = 5_000
            return standing_at(cursor.execute(_ARCHIVE.encode(), self._bounds(1)))


def read_facts(database_url: str, at: datetime | None) -> Facts:
    """Read all that a report tells, as it was known at a time if one is given. Raises psycopg.Error."""
    with psycopg.connect(database_url, connect_timeout=5) as connection:
        connection.isolation_level = IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        connection.execute("SET TIME ZONE 'UTC'")
        return Reading(connection, at).facts()
