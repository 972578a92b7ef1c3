"""Power: what was promised to a site and when, what came, and what runs without a permit."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from events.base import Day, Event, Megawatts, Name

Units = Annotated[int, Field(ge=0, le=100_000)]


class PowerScheduled(Event):
    """Power was promised to a site, or promised anew for another day (unknown where left out)."""

    KEY: ClassVar[str] = "site_id"
    TOPIC: ClassVar[str] = "power"

    event_type: Literal["PowerScheduled"] = "PowerScheduled"
    schema_version: Literal[1] = 1
    site_id: Name
    """The site."""
    operator: Name
    """The company that runs the site."""
    mw: Megawatts | None = None
    """The power that was promised."""
    expected_on: Day | None = None
    """The promised day. Left out: unknown, an earlier promise stands."""


class PowerDelivered(Event):
    """Power reached a site."""

    KEY: ClassVar[str] = "site_id"
    TOPIC: ClassVar[str] = "power"
    HAPPENED: ClassVar[tuple[str, ...]] = ("occurred_at", "delivered_on")

    event_type: Literal["PowerDelivered"] = "PowerDelivered"
    schema_version: Literal[1] = 1
    site_id: Name
    """The site."""
    mw: Megawatts
    """The power that came; deliveries add up."""
    delivered_on: Day
    """The day on which it came; at most a day after `known_at`."""


class GenerationObserved(Event):
    """Generators were counted on a site, against those permitted."""

    KEY: ClassVar[str] = "site_id"
    TOPIC: ClassVar[str] = "power"

    event_type: Literal["GenerationObserved"] = "GenerationObserved"
    schema_version: Literal[1] = 1
    site_id: Name
    """The site."""
    operator: Name
    """The company that runs the site."""
    permitted_units: Units | None = None
    """Generators that are permitted."""
    observed_units: Units
    """Generators that were counted."""
    unit_mw: Megawatts | None = None
    """The power of one generator."""


PowerEvent = PowerScheduled | PowerDelivered | GenerationObserved
