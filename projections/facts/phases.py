"""What is said of power at a site: promises, deliveries and ends, and what they make of one phase."""

from dataclasses import dataclass
from datetime import date
from typing import Literal, NamedTuple
from uuid import UUID

from events.base import CompanyName, SiteName


@dataclass(frozen=True, slots=True)
class Promise:
    """Power (MW) promised to a site, or a phase of it, for a day, as far as it was said."""

    site_id: SiteName
    operator: CompanyName | None
    mw: float | None
    expected_on: date | None
    phase: str | None = None

    @property
    def is_bare(self) -> bool:
        """Return whether it names neither phase nor MW nor day, and so speaks of no promise in particular."""
        return self.phase is None and self.mw is None and self.expected_on is None


@dataclass(frozen=True, slots=True)
class Delivery:
    """Power (MW) that reached a site, or a phase of it, on a day."""

    site_id: SiteName
    mw: float
    on: date
    phase: str | None = None


@dataclass(frozen=True, slots=True)
class End:
    """How the promise to a site or a phase of it ended, and when; a part of it (MW) where one is named."""

    site_id: SiteName
    how: Literal["withdrawn", "cancelled", "completed"]
    on: date
    mw: float | None
    why: str | None
    phase: str | None = None


class Phase(NamedTuple):
    """One promise to a site as it is known now: that of the whole site, or of a part with its own day.

    `first_expected_on` is the day that was promised first, `expected_on` the newest. `complete_on` is the
    day on which all of its power was there, `end` how the promise ended otherwise. `mw` is what is owed, of
    one that ended what was promised; nothing but deliveries makes a phase without days.
    """

    name: str | None = None
    mw: float | None = None
    first_expected_on: date | None = None
    expected_on: date | None = None
    delivered_mw: float = 0.0
    complete_on: date | None = None
    end: End | None = None
    evidence: tuple[UUID, ...] = ()

    @property
    def is_waiting(self) -> bool:
        """Return whether promised power is missing and still to come."""
        return self.end is None and self.complete_on is None

    @property
    def slip_days(self) -> int | None:
        """Return the days from the first promised day to the newest; negative where it moved forward."""
        if self.first_expected_on is None or self.expected_on is None:
            return None
        return (self.expected_on - self.first_expected_on).days

    def overdue_days(self, today: date) -> int:
        """Return the whole days since the promised day while power is missing, else 0."""
        if self.expected_on is None or not self.is_waiting:
            return 0
        return max(0, (today - self.expected_on).days)

    def late_days(self, today: date) -> int | None:
        """Return the days by which its power is, or was, later than first promised.

        None where that cannot be told: no day was promised, or the promise ended.
        """
        if self.first_expected_on is None or self.expected_on is None or self.end is not None:
            return None
        arrives_on = self.complete_on or max(self.expected_on, today)
        return max(0, (arrives_on - self.first_expected_on).days)
