"""Favours that lenders grant: waived covenants, forbearance, interest in kind, and defaults."""

from bisect import bisect_right
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from rpds import HashTrieMap

from events.credit import CreditWaiverReported, LoanOriginated, WaiverKind
from projections.base import Recorded
from projections.credit.severity import SEVERITY
from projections.persistent import PersistentMap
from projections.warning_signs.definition import (
    EVIDENCE_LIMIT,
    S2,
    Definition,
    Direction,
    Indicator,
    Measured,
    Measurement,
    Thresholds,
)
from projections.warning_signs.words import cited, count

ALL = "all"
WINDOW = timedelta(days=90)

DEFINITION = Definition(
    id="credit_waivers",
    title="Credit waivers",
    unit="weighted count",
    direction=Direction.RISING,
    # Any favour at all is worth a look: the mildest, an amendment, weighs as much as `watch`.
    thresholds=Thresholds(watch=min(SEVERITY.values()), warning=2.0, critical=4.0),
    named_by=S2,
    formula=(
        "Sum over the last 90 days of the severity of what lenders granted or borrowers failed to do: "
        + ", ".join(f"{kind.replace('_', ' ')} {weight:g}" for kind, weight in SEVERITY.items())
        + "; per borrower, per lender and in all."
    ),
    why="Lenders that make exceptions often see trouble before anyone else does.",
)


@dataclass(frozen=True, slots=True)
class Favour:
    """One report, and the subjects that it counts for."""

    known_at: datetime
    kind: WaiverKind
    event_id: UUID
    subjects: tuple[str, ...]
    cited: str


NO_FAVOURS: PersistentMap[str, tuple[Favour, ...]] = HashTrieMap()
NO_LENDERS: PersistentMap[str, tuple[str, ...]] = HashTrieMap()


@dataclass(frozen=True, slots=True)
class State:
    """The favours of the window per subject, the oldest first, and who lends to which facility."""

    favours: PersistentMap[str, tuple[Favour, ...]] = NO_FAVOURS
    lenders: PersistentMap[str, tuple[str, ...]] = NO_LENDERS


def apply(state: State, recorded: Recorded) -> Measured[State]:
    """Count a report; one that was known before the window began comes too late to count."""
    event = recorded.event
    if isinstance(event, LoanOriginated):
        return State(state.favours, state.lenders.insert(event.facility_id, event.lenders)), ()
    if not isinstance(event, CreditWaiverReported) or event.known_at <= recorded.now - WINDOW:
        return state, ()
    lenders = event.lenders or state.lenders.get(event.facility_id, ())
    subjects = (ALL, f"borrower:{event.borrower}", *(f"lender:{name}" for name in dict.fromkeys(lenders)))
    favour = Favour(event.known_at, event.kind, event.event_id, subjects, cited(event))
    favours = state.favours
    for subject in subjects:
        earlier = favours.get(subject, ())
        place = bisect_right(earlier, favour.known_at, key=_known_at)
        favours = favours.insert(subject, (*earlier[:place], favour, *earlier[place:]))
    return State(favours, state.lenders), _measure(favours, subjects)


def due(state: State) -> datetime | None:
    """Name the moment at which the oldest favour leaves the window."""
    everything = state.favours.get(ALL, ())
    return everything[0].known_at + WINDOW if everything else None


def elapse(state: State, now: datetime) -> Measured[State]:
    """Let go of the favours that have left the window."""
    cut = now - WINDOW
    gone = [favour for favour in state.favours[ALL] if favour.known_at <= cut]
    subjects = tuple(dict.fromkeys(subject for favour in gone for subject in favour.subjects))
    favours = state.favours
    for subject in subjects:
        kept = favours[subject]
        favours = favours.insert(subject, kept[bisect_right(kept, cut, key=_known_at) :])
    return State(favours, state.lenders), _measure(favours, subjects)


def _known_at(favour: Favour) -> datetime:
    return favour.known_at


def _measure(
    favours: PersistentMap[str, tuple[Favour, ...]], subjects: tuple[str, ...]
) -> tuple[Measurement, ...]:
    return tuple(_measurement(subject, favours[subject]) for subject in subjects)


def _measurement(subject: str, favours: tuple[Favour, ...]) -> Measurement:
    value = sum((SEVERITY[favour.kind] for favour in favours), 0.0)
    return Measurement(
        subject=subject,
        value=value,
        evidence=tuple(favour.event_id for favour in favours[-EVIDENCE_LIMIT:]),
        text=_tell(subject, favours, value),
        cited=favours[-1].cited if favours else "",
    )


def _tell(subject: str, favours: tuple[Favour, ...], value: float) -> str:
    role, _, name = subject.partition(":")
    whose = {"borrower": f"for {name}", "lender": f"by {name}"}.get(role, "among all borrowers")
    if not favours:
        return f"no lender favour {whose} was reported in the last 90 days"
    kinds = Counter(favour.kind for favour in favours)
    parts = [
        count(kinds[kind], kind.value.replace("_", " "), _plural(kind)) for kind in WaiverKind if kinds[kind]
    ]
    return (
        f"{count(len(favours), 'lender favour')} {whose} in the last 90 days"
        f" ({', '.join(parts)}), with a severity of {value:g} in all"
    )


def _plural(kind: WaiverKind) -> str:
    return "forbearances" if kind is WaiverKind.FORBEARANCE else f"{kind.value.replace('_', ' ')}s"


CREDIT_WAIVERS = Indicator(
    definition=DEFINITION,
    initial=State(),
    reads=(LoanOriginated, CreditWaiverReported),
    apply=apply,
    due=due,
    elapse=elapse,
)
