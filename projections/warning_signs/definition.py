"""What an indicator is, as data: its name, its thresholds, who named it and what it counts."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Generic, TypeVar
from uuid import UUID

from events.base import Event
from projections.base import JournaledEvent

S = TypeVar("S")

# The sources by their ids; all facts and figures cite them.
S0 = "S0 (essay on vendor financing)"
S1 = "S1 (video on OpenAI's round, 1 March 2026)"
S2 = "S2 (Odd Lots podcast, 6 October 2025)"
S3 = "S3 (note on energy as the moat, 29 March 2026)"
S4 = "S4 (note on Meta selling compute, mid-2026)"

# The longest window that a watchlist may ask for: what may still count by then is remembered.
LONGEST_WINDOW = timedelta(days=3660)

# An alert names what it rests on; beyond this the journal itself is the place to look.
EVIDENCE_LIMIT = 20


class Level(StrEnum):
    """How bad it is, the mildest first."""

    CALM = "calm"
    WATCH = "watch"
    WARNING = "warning"
    CRITICAL = "critical"

    @property
    def rank(self) -> int:
        """Count from 0 for calm to 3 for critical."""
        return LEVELS.index(self)


LEVELS = CALM, WATCH, WARNING, CRITICAL = tuple(Level)


class Direction(StrEnum):
    """Which way trouble lies: with a rising value or with a falling one."""

    RISING = "rising"
    FALLING = "falling"


# What is asked for with every measurement; of the class it costs a look-up in Python.
FALLING = Direction.FALLING


@dataclass(frozen=True, slots=True)
class Thresholds:
    """The values, in the indicator's unit, at which each level is reached."""

    watch: float
    warning: float
    critical: float

    def of(self, level: Level) -> float:
        """Give the threshold of a level; calm has none.

        Raises KeyError for calm.
        """
        return {Level.WATCH: self.watch, Level.WARNING: self.warning, Level.CRITICAL: self.critical}[level]


@dataclass(frozen=True, slots=True)
class Definition:
    """An indicator as data; `why` says in one sentence why an analyst should care.

    After `stale_after` without any input the value is shown as stale; None where silence says
    that nothing has happened. `window` is the time over which it counts unless a watchlist says
    otherwise; None where it counts over none that may be changed. A level is taken once the value
    has reached it `for_at_least` so long without a break, and left once the value is back by
    `hysteresis`, a part of the threshold: 0 where values do not waver, such as counts.
    """

    id: str
    title: str
    unit: str
    direction: Direction
    thresholds: Thresholds
    named_by: str
    formula: str
    why: str
    stale_after: timedelta | None = None
    window: timedelta | None = None
    for_at_least: timedelta = timedelta(0)
    hysteresis: float = 0.1


@dataclass(frozen=True, slots=True)
class Measurement:
    """The value of one subject now, the events it rests on, and what happened in words.

    `text` is the part of a sentence that tells it with numbers and units, without a full
    stop; `cited` says where it is written, empty where nothing is left to cite. Its input was
    last heard of at `heard_at`, where other events than those of that input measure it too;
    what is `settled` is known whatever nobody says any more, and never goes stale.
    """

    subject: str
    value: float
    evidence: tuple[UUID, ...]
    text: str
    cited: str = ""
    heard_at: datetime | None = None
    settled: bool = False


Measured = tuple[S, tuple[Measurement, ...]]


def never(_: Any) -> datetime | None:
    """Say that time alone changes nothing."""
    return None


def unchanged(state: S, _: datetime) -> Measured[S]:
    """Let time pass without any change."""
    return state, ()


@dataclass(frozen=True, slots=True)
class Indicator(Generic[S]):
    """A definition and the pure fold that computes it.

    `apply` is given the events of the types that it `reads` and measures the subjects that
    they touch. Where time alone changes a value, `due` names the first moment at which it
    does and `elapse` measures what has changed by then; it is called before `apply`.
    Where the definition has a window, `with_window` changes it, from `now` on, and measures
    all subjects anew. One that reads bars of shares names those whose bars it `heeds`: of others
    it takes no notice, but for their years; where it names none, of any.
    """

    definition: Definition
    initial: S
    reads: tuple[type[Event], ...]
    apply: Callable[[S, JournaledEvent], Measured[S]]
    due: Callable[[S], datetime | None] = never
    elapse: Callable[[S, datetime], Measured[S]] = unchanged
    with_window: Callable[[S, timedelta, datetime], Measured[S]] | None = None
    heeds: Callable[[S], Iterable[str]] | None = None


def level_of(value: float, thresholds: Thresholds, direction: Direction) -> Level:
    """Name the highest level that the value reaches; a value on a threshold reaches it."""
    watch, warning, critical = thresholds.watch, thresholds.warning, thresholds.critical
    if direction is FALLING:
        value, watch, warning, critical = -value, -watch, -warning, -critical
    if value >= critical:
        return CRITICAL
    if value >= warning:
        return WARNING
    return WATCH if value >= watch else CALM
