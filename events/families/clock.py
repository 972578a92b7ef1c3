"""The clock: time passing is an event too, because folds never look at a watch."""

from datetime import datetime
from typing import Literal
from uuid import uuid5

from events.base import EVENT_ID_NAMESPACE, Certainty, Event


class ClockTicked(Event, key="source", topic="clock"):
    """Time reached `known_at`, whatever else did or did not happen."""

    event_type: Literal["ClockTicked"] = "ClockTicked"

    def describe(self) -> str:
        return f"Time reached {self.known_at:%Y-%m-%d %H:%M:%S} UTC"


def tick(now: datetime) -> ClockTicked:
    """Return the event that time has reached the second of `now`."""
    second = now.replace(microsecond=0)
    return ClockTicked(
        event_id=uuid5(EVENT_ID_NAMESPACE, f"clock\n{second.isoformat()}"),
        occurred_at=second,
        known_at=second,
        source="clock",
        certainty=Certainty.STATED,
    )
