"""What a replay folds, in which order, and what it writes of it."""

from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Self

from events.errors import UsageError
from ouroboros.history.source import Order

SERVED = ("archive", "journal", "ledger")


@dataclass(frozen=True, slots=True)
class Plan:
    """A source and a stretch of time.

    Nothing is written into history before `from_time`, nothing is folded after the clock passed
    `to_time`. With `as_known_at`, what was known then is folded in the order in which it became known.
    """

    source: str
    from_time: datetime | None = None
    to_time: datetime | None = None
    as_known_at: datetime | None = None

    @property
    def order(self) -> Order:
        """Return the order in which events are folded."""
        return Order.KNOWN if self.as_known_at else Order.JOURNAL

    @property
    def is_whole_journal(self) -> bool:
        """Return whether this is what a live projector would fold: only then can it go on from there."""
        return self == Plan("journal")

    @property
    def is_of_files(self) -> bool:
        """Return whether the source is a path rather than the name of something that is served."""
        return self.source not in SERVED

    def resolved(self) -> Self:
        """Return the plan with files by their whole path, the same from wherever the next run is started."""
        return replace(self, source=str(Path(self.source).resolve())) if self.is_of_files else self

    def check(self) -> None:
        """Raise UsageError where nothing could be left to write."""
        end = min(filter(None, (self.to_time, self.as_known_at)), default=None)
        if self.from_time and end and self.from_time > end:
            raise UsageError(
                f"The replay would end on {end:%d %B %Y, %H:%M:%S} before it begins.",
                "Give a --from that is earlier than --to and --as-known-at.",
            )

    def __str__(self) -> str:
        """Return it in words, for people."""
        bounds = (
            f"from {_text(self.from_time)}" if self.from_time else "",
            f"to {_text(self.to_time)}" if self.to_time else "",
            f"as known at {_text(self.as_known_at)}" if self.as_known_at else "",
        )
        return ", ".join(filter(None, (self.source, *bounds)))


def _text(time: datetime) -> str:
    """Return a time in UTC as short as it can be typed again: a day means its first second."""
    return time.isoformat().replace("+00:00", "Z").removesuffix("T00:00:00Z")
