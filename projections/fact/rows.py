"""The tables of the fact projection."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID


class FactRow(NamedTuple):
    """A fact as it is known now: what kind it is, what it is about, and its surest source.

    A fact that `counts` no longer was joined with another one, or all its reports were retracted.
    """

    fact_id: str
    kind: str
    about: list[str]
    first_known_at: datetime
    certainty: str
    source: str
    reports: int
    counts: bool
    known_at: datetime


class FactReportRow(NamedTuple):
    """A report of a fact, the surest first by `rank`; it `counts` until it is corrected or retracted."""

    event_id: UUID
    fact_id: str
    rank: int
    source: str
    source_url: str | None
    certainty: str
    occurred_at: datetime
    reported_at: datetime
    counts: bool
    known_at: datetime


class NameRow(NamedTuple):
    """A name that the desk gave, and the other names that lead to it."""

    kind: str
    name: str
    aliases: list[str]
    symbol: str | None
    cik: str | None
    roles: list[str]
    decided_by: str
    known_at: datetime
