"""The clock: time passing is an event too, because folds never look at a watch."""

from typing import ClassVar, Literal

from events.base import Event


class ClockTicked(Event):
    """Time reached `known_at`, whatever else did or did not happen."""

    KEY: ClassVar[str] = "source"
    TOPIC: ClassVar[str] = "clock"

    event_type: Literal["ClockTicked"] = "ClockTicked"
    schema_version: Literal[1] = 1
