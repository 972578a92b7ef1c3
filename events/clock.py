"""The clock: time passing is an event too, because folds never look at a watch."""

from datetime import datetime
from typing import ClassVar, Literal
from uuid import uuid5

from events.base import EVENT_ID_NAMESPACE, Certainty, Event


class ClockTicked(Event):
    """Time reached `known_at`, whatever else did or did not happen."""

    KEY: ClassVar[str] = "source"
    TOPIC: ClassVar[str] = "clock"

    event_type: Literal["ClockTicked"] = "ClockTicked"
    schema_version: Literal[1] = 1


def tick(now: datetime) -> ClockTicked:
    """Say that time has reached the second of `now`."""
    second = now.replace(microsecond=0)
    return ClockTicked(
        event_id=uuid5(EVENT_ID_NAMESPACE, f"clock\n{second.isoformat()}"),
        occurred_at=second,
        known_at=second,
        source="clock",
        certainty=Certainty.STATED,
    )
