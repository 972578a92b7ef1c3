"""The archive as a history: what the projector keeps in the database."""

from collections.abc import Iterator, Mapping
from datetime import datetime

import psycopg
from psycopg.sql import SQL, Composed

from ouroboros.history.hashing import Hashing
from ouroboros.history.source import Entry, Order
from ouroboros.history.stored import Stored, entry
from streams.settings import Settings

ROWS_AT_ONCE = 5_000


class Archive:
    """The events that the projector archived in the database."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._hashing = Hashing("archive")
        self._last = -1

    def entries(self, order: Order, until: datetime | None = None) -> Iterator[Entry]:
        """Read by a server-side cursor, ROWS_AT_ONCE rows in memory. Raises psycopg.Error."""
        return self._hashing.through(self._read(order, until))

    def last_offset(self) -> int:
        """Tell the last offset that was archived when the reading began, -1 where there was none."""
        return self._last

    @property
    def hashes(self) -> Mapping[str, str]:
        """Give the hash of the events that were last read to the end."""
        return self._hashing.hashes

    def _read(self, order: Order, until: datetime | None) -> Iterator[Entry]:
        with psycopg.connect(self._settings.database_url) as connection:
            # One reading sees one state of the archive, with moments in UTC.
            connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            connection.execute("SET TIME ZONE 'UTC'")
            row = connection.execute("SELECT max(journal_offset) FROM read.journal_event").fetchone()
            self._last = -1 if row is None or row[0] is None else int(row[0])
            with connection.cursor(name="history") as cursor:
                cursor.itersize = ROWS_AT_ONCE
                cursor.execute(_query(order, until), {"until": until})
                for known_at, offset, index, payload in cursor:
                    yield entry(Stored(known_at, offset, index, payload.encode()), "archive")


def _query(order: Order, until: datetime | None) -> Composed:
    places = "journal_offset, journal_index"
    return SQL(
        "SELECT known_at, journal_offset, journal_index, payload::text FROM read.journal_event{} ORDER BY {}"
    ).format(
        SQL(" WHERE known_at <= %(until)s" if until else ""),
        SQL(places if order is Order.JOURNAL else f"known_at, {places}"),
    )
