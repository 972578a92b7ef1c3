"""What an indicator is, as data: its name, its thresholds, who named it and what it counts."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import NamedTuple

from events.units import Unit
from events.words import listed

# The sources by their ids; all facts and figures cite them.
S0 = "S0 (essay on vendor financing)"
S1 = "S1 (video on OpenAI's round, 1 March 2026)"
S2 = "S2 (Odd Lots podcast, 6 October 2025)"
S3 = "S3 (note on energy as the moat, 29 March 2026)"
S4 = "S4 (note on Meta selling compute, mid-2026)"

# Where a source can be heard, as far as it is known.
ADDRESSES = {
    S1: "https://www.youtube.com/watch?v=2reLd9KTyt8",
    S2: "https://www.youtube.com/watch?v=xsqn2XJDcwM",
}


class Passage(NamedTuple):
    """A part of a source in which a sign is named, by what it is about.

    The facts were collected without time stamps or paragraph numbers.
    """

    source: str
    about: str

    def __str__(self) -> str:
        address = f" ({ADDRESSES[self.source]})" if self.source in ADDRESSES else ""
        return f"{self.source}: {self.about}{address}"


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


# What a sign is at of which nothing is known: it is no level, and never calm.
UNKNOWN = "unknown"
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
        """Return the threshold of a level; calm has none.

        Raises KeyError for calm.
        """
        return {Level.WATCH: self.watch, Level.WARNING: self.warning, Level.CRITICAL: self.critical}[level]


class Moment(NamedTuple):
    """What a sign about a moment is about, and how long after its input it stands: then it ends by itself."""

    what: str
    stands_for: timedelta


@dataclass(frozen=True, slots=True)
class Definition:
    """An indicator as data; `why` says in one sentence why an analyst should care.

    `family` routes its alerts, `board` is the file in dashboards/boards on which it is drawn, and
    `named_in` says where the sources name it. After `stale_after` without any `input`, which is what it is
    called in sentences, the value is unknown, whatever its level was; None where silence says that nothing
    has happened. A sign about a `moment` ends by itself. `window` is the time over which it counts
    unless a watchlist says otherwise; None where it counts over none that may be changed. A level is taken
    once the value has reached it `for_at_least` so long without a break, and left once the value is back
    by `hysteresis`, a part of the threshold: 0 where values do not waver, such as counts. Where a value
    on the threshold of watch is still in order, watch is reached only `above` it.
    """

    id: str
    title: str
    unit: Unit
    thresholds: Thresholds
    formula: str
    why: str
    family: str
    board: str
    named_in: tuple[Passage, ...] = ()
    direction: Direction = Direction.RISING
    stale_after: timedelta | None = None
    input: str = "report"
    moment: Moment | None = None
    window: timedelta | None = None
    for_at_least: timedelta = timedelta(0)
    hysteresis: float = 0.1
    above: bool = False

    @property
    def named_by(self) -> str:
        """Return the source that names it, or the ids of several."""
        sources = list(dict.fromkeys(passage.source for passage in self.named_in))
        if len(sources) > 1:
            return listed([source.split()[0] for source in sources], most=len(sources))
        return sources[0] if sources else "nobody"


def level_of(value: float, thresholds: Thresholds, direction: Direction, *, above: bool = False) -> Level:
    """Return the highest level that the value reaches; a value on a threshold reaches it.

    Watch is reached only `above` its threshold where that is said.
    """
    watch, warning, critical = thresholds.watch, thresholds.warning, thresholds.critical
    if direction is FALLING:
        value, watch, warning, critical = -value, -watch, -warning, -critical
    if value >= critical:
        return CRITICAL
    if value >= warning:
        return WARNING
    return WATCH if value > watch or (value == watch and not above) else CALM


def in_direction(definition: Definition, watch: float, critical: float) -> bool:
    """Return whether thresholds get worse the way the indicator does."""
    return watch <= critical if definition.direction is Direction.RISING else watch >= critical
