"""Power: what was promised to a site and when, what came or never will, and what runs without a permit."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from events.base import CompanyName, Day, Event, Megawatts, Name, Report, SiteName, Text
from events.words import after_colon, count, day, power

Units = Annotated[int, Field(ge=0, le=100_000)]


class _OfSite(Event, key="site_id", topic="power"):
    site_id: SiteName
    """The site."""


class _OfPhase(_OfSite, Report):
    phase: Name | None = None
    """The part of the site that has a day of its own: a building, unit or stage. Left out: the site."""

    @property
    def _where(self) -> str:
        return f"{self.site_id}, {self.phase}" if self.phase else self.site_id


class PowerScheduled(_OfPhase):
    """Power was promised to a site, or promised anew for another day (unknown where left out).

    Only the same promise can slip: that of one phase or, where phases have no names, of the same MW. Several
    days that one source names at one time are as many phases.
    """

    event_type: Literal["PowerScheduled"] = "PowerScheduled"
    operator: CompanyName | None = None
    """The company that runs the site. Left out: unknown, or as it was said before."""
    mw: Megawatts | None = None
    """The power that was promised; of a phase, its own and not that of the whole site."""
    expected_on: Day | None = None
    """The promised day. Left out: unknown, an earlier promise stands."""

    def describe(self) -> str:
        what = power(self.mw) if self.mw else "power"
        when = f"on {day(self.expected_on)}" if self.expected_on else "on a day not named"
        if self.operator is None:
            return f"{what[0].upper()}{what[1:]} is expected at {self._where} {when}"
        return f"{self.operator} expects {what} at {self._where} {when}"


class PowerDelivered(_OfPhase):
    """Power reached a site."""

    HAPPENED: ClassVar[tuple[str, ...]] = ("occurred_at", "delivered_on")

    event_type: Literal["PowerDelivered"] = "PowerDelivered"
    mw: Megawatts
    """The power that came; deliveries add up."""
    delivered_on: Day
    """The day on which it came; at most a day after `known_at`."""

    def describe(self) -> str:
        return f"{power(self.mw)} reached {self._where} on {day(self.delivered_on)}"


class PowerCompleted(_OfPhase):
    """All the power that a site, or a phase of it, was promised is there, whatever deliveries add up to."""

    HAPPENED: ClassVar[tuple[str, ...]] = ("occurred_at", "completed_on")

    event_type: Literal["PowerCompleted"] = "PowerCompleted"
    operator: CompanyName | None = None
    """The company that runs the site."""
    completed_on: Day
    """The day on which the last of it came; at most a day after `known_at`."""
    mw: Megawatts | None = None
    """The power that is there in all."""

    def describe(self) -> str:
        of_it = f" of {power(self.mw)}" if self.mw else ""
        return f"{self._where} has all of its power{of_it} since {day(self.completed_on)}"


class PowerWithdrawn(_OfPhase):
    """A promise of power ended: the project was withdrawn or cancelled, and is no longer late."""

    event_type: Literal["PowerWithdrawn"] = "PowerWithdrawn"
    operator: CompanyName | None = None
    """The company that runs the site."""
    mw: Megawatts | None = None
    """The power that will not come. Left out: all that was promised and is not there."""
    reason: Literal["withdrawn", "cancelled"] = "withdrawn"
    """Whether the promise was withdrawn or the whole project cancelled."""
    why: Text | None = None
    """The reason that was given."""

    def describe(self) -> str:
        what = power(self.mw) if self.mw else "Power"
        operator = f" of {self.operator}" if self.operator else ""
        return f"{what} for {self._where}{operator} was {self.reason}{after_colon(self.why)}"


class GenerationObserved(_OfSite):
    """Generators were counted on a site, against those permitted."""

    event_type: Literal["GenerationObserved"] = "GenerationObserved"
    operator: CompanyName
    """The company that runs the site."""
    permitted_units: Units | None = None
    """Generators that are permitted."""
    observed_units: Units
    """Generators that were counted."""
    unit_mw: Megawatts | None = None
    """The power of one generator."""

    def describe(self) -> str:
        each = f" of {power(self.unit_mw)}" if self.unit_mw else ""
        permitted = f", {self.permitted_units:,} permitted" if self.permitted_units is not None else ""
        generators = f"{count(self.observed_units, 'generator')}{each}"
        return f"{self.operator} has {generators} at {self.site_id}{permitted}"


PowerEvent = PowerScheduled | PowerDelivered | PowerCompleted | PowerWithdrawn | GenerationObserved
