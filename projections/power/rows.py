"""The tables of the power projection."""

from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID


class PowerEventRow(NamedTuple):
    """Something was promised to a site, reached it, ended or was seen on it: history, as the event has it."""

    known_at: datetime
    journal_offset: int
    journal_index: int
    event_id: UUID
    site_id: str
    kind: str
    operator: str | None
    mw: float | None
    expected_on: date | None
    delivered_on: date | None
    permitted_units: int | None
    observed_units: int | None
    unit_mw: float | None
    source_url: str | None


class PowerSiteRow(NamedTuple):
    """A site as it is known now; what nobody has said yet is null."""

    site_id: str
    operator: str | None
    mw: float | None
    first_expected_on: date | None
    expected_on: date | None
    delivered_mw: float
    slip_days: int | None
    overdue_days: int
    permitted_units: int | None
    observed_units: int | None
    unit_mw: float | None
    known_at: datetime
    status: str
    ended_on: date | None
