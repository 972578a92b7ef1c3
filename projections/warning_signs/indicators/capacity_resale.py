"""Buyers of compute that turn sellers of it: they have more than they need."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from rpds import HashTrieMap

from events.companies import canonical
from events.contracts import CapacityResold
from projections.base import JournaledEvent
from projections.persistent import PersistentMap
from projections.warning_signs.definition import (
    EVIDENCE_LIMIT,
    S4,
    Definition,
    Direction,
    Indicator,
    Measured,
    Measurement,
    Thresholds,
)
from projections.warning_signs.window import (
    ALL,
    BEFORE_ALL,
    counted,
    next_leaving,
    with_happening,
)
from projections.warning_signs.words import cited, count

WINDOW = timedelta(days=180)

DEFINITION = Definition(
    id="capacity_resale",
    title="Buyers turned sellers of capacity",
    unit="companies",
    direction=Direction.RISING,
    thresholds=Thresholds(watch=1.0, warning=2.0, critical=3.0),
    named_by=S4,
    formula="How many companies were reported in the last 180 days to sell capacity that they had bought.",
    why="Who sells compute that it once could not get enough of has too much of it, and so may others.",
    window=WINDOW,
    # A count does not waver: back below a threshold it has left it.
    hysteresis=0.0,
)

# An alert names so many sellers; the others it counts.
TOLD = 5


@dataclass(frozen=True, slots=True)
class Resale:
    """One report of a resale."""

    known_at: datetime
    seller: str
    event_id: UUID
    cited: str

    @property
    def subjects(self) -> tuple[str, ...]:
        """Name what it counts for: all sellers together."""
        return (ALL,)


NO_RESALES: PersistentMap[str, tuple[Resale, ...]] = HashTrieMap()


@dataclass(frozen=True, slots=True)
class State:
    """The resales, the oldest first; what was known by `cut` has left the window."""

    resales: PersistentMap[str, tuple[Resale, ...]] = NO_RESALES
    window: timedelta = WINDOW
    cut: datetime = BEFORE_ALL


def apply(state: State, journaled: JournaledEvent) -> Measured[State]:
    """Count a seller; one that was known before the window began comes too late to count."""
    event, now = journaled.event, journaled.now
    if not isinstance(event, CapacityResold):
        return state, ()
    resale = Resale(event.known_at, canonical(event.seller), event.event_id, cited(event))
    state = replace(state, resales=with_happening(state.resales, resale, now), cut=now - state.window)
    return state, (_measurement(state),) if event.known_at > state.cut else ()


def due(state: State) -> datetime | None:
    """Name the moment at which the oldest resale leaves the window."""
    return next_leaving(state.resales, state.cut, state.window)


def elapse(state: State, now: datetime) -> Measured[State]:
    """Let go of the resales that have left the window."""
    state = replace(state, cut=now - state.window)
    return state, (_measurement(state),)


def with_window(state: State, window: timedelta, now: datetime) -> Measured[State]:
    """Count over another window."""
    state = replace(state, window=window, cut=now - window)
    return state, (_measurement(state),) if state.resales else ()


def _measurement(state: State) -> Measurement:
    resales = counted(state.resales, ALL, state.cut)
    sellers = list(dict.fromkeys(resale.seller for resale in resales))
    return Measurement(
        subject=ALL,
        value=float(len(sellers)),
        evidence=tuple(resale.event_id for resale in resales[-EVIDENCE_LIMIT:]),
        text=_tell(sellers, state.window),
        cited=resales[-1].cited if resales else "",
    )


def _tell(sellers: list[str], window: timedelta) -> str:
    last = f"in the last {count(window.days, 'day')}"
    if not sellers:
        return f"no buyer of capacity was reported to sell any {last}"
    named = ", ".join(sellers[-TOLD:])
    more = f" and {len(sellers) - TOLD} more" if len(sellers) > TOLD else ""
    buyers = count(len(sellers), "buyer of capacity", "buyers of capacity")
    return f"{buyers} turned seller {last}: {named}{more}"


CAPACITY_RESALE = Indicator(
    definition=DEFINITION,
    initial=State(),
    reads=(CapacityResold,),
    apply=apply,
    due=due,
    elapse=elapse,
    with_window=with_window,
)
