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
    operator: Name
    mw: Megawatts | None = None
    expected_on: Day | None = None


class PowerDelivered(Event):
    """Power reached a site."""

    KEY: ClassVar[str] = "site_id"
    TOPIC: ClassVar[str] = "power"

    event_type: Literal["PowerDelivered"] = "PowerDelivered"
    schema_version: Literal[1] = 1
    site_id: Name
    mw: Megawatts
    delivered_on: Day


class GenerationObserved(Event):
    """Generators were counted on a site, against those permitted."""

    KEY: ClassVar[str] = "site_id"
    TOPIC: ClassVar[str] = "power"

    event_type: Literal["GenerationObserved"] = "GenerationObserved"
    schema_version: Literal[1] = 1
    site_id: Name
    operator: Name
    permitted_units: Units | None = None
    observed_units: Units
    unit_mw: Megawatts | None = None


PowerEvent = PowerScheduled | PowerDelivered | GenerationObserved
