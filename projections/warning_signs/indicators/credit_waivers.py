"""Favours that lenders grant: waived covenants, forbearance, interest in kind, and defaults."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from rpds import HashTrieMap

from events.companies import canonical, canonical_each
from events.credit import CreditWaiverReported, LoanOriginated, WaiverKind
from projections.base import JournaledEvent
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
from projections.warning_signs.window import (
    ALL,
    BEFORE_ALL,
    counted,
    leaving,
    next_leaving,
    subjects_of,
    with_happening,
    without_happening,
)
from projections.warning_signs.words import cited, count

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
    window=WINDOW,
    # A count does not waver: back below a threshold it has left it.
    hysteresis=0.0,
)


@dataclass(frozen=True, slots=True)
class Favour:
    """One report: by whom, as far as that is known, and to whom a favour was granted."""

    known_at: datetime
    kind: WaiverKind
    facility_id: str
    borrower: str
    lenders: tuple[str, ...]
    event_id: UUID
    cited: str

    @property
    def subjects(self) -> tuple[str, ...]:
        """Name what it counts for: all, the borrower and each lender."""
        return (ALL, f"borrower:{self.borrower}", *map(_subject, self.lenders))


class Lending(NamedTuple):
    """Who lends to a facility, by what was known of it last."""

    known_at: datetime
    lenders: tuple[str, ...]


NO_FAVOURS: PersistentMap[str, tuple[Favour, ...]] = HashTrieMap()
NO_LENDING: PersistentMap[str, Lending] = HashTrieMap()


@dataclass(frozen=True, slots=True)
class State:
    """The favours per subject, the oldest first, and who lends to which facility.

    What was known by `cut` has left the window.
    """

    favours: PersistentMap[str, tuple[Favour, ...]] = NO_FAVOURS
    lending: PersistentMap[str, Lending] = NO_LENDING
    window: timedelta = WINDOW
    cut: datetime = BEFORE_ALL


def apply(state: State, journaled: JournaledEvent) -> Measured[State]:
    """Count a report; one that was known before the window began comes too late to count."""
    event, now = journaled.event, journaled.now
    if isinstance(event, LoanOriginated):
        return _take_loan(state, event, now)
    if not isinstance(event, CreditWaiverReported):
        return state, ()
    lending = state.lending.get(event.facility_id)
    favour = Favour(
        known_at=event.known_at,
        kind=event.kind,
        facility_id=event.facility_id,
        borrower=canonical(event.borrower),
        lenders=canonical_each(event.lenders) or (lending.lenders if lending else ()),
        event_id=event.event_id,
        cited=cited(event),
    )
    state = replace(state, favours=with_happening(state.favours, favour, now), cut=now - state.window)
    return state, _measure(state, favour.subjects) if event.known_at > state.cut else ()


def due(state: State) -> datetime | None:
    """Name the moment at which the oldest favour leaves the window."""
    return next_leaving(state.favours, state.cut, state.window)


def elapse(state: State, now: datetime) -> Measured[State]:
    """Let go of the favours that have left the window."""
    left = leaving(state.favours, state.cut, now - state.window)
    state = replace(state, cut=now - state.window)
    return state, _measure(state, left)


def with_window(state: State, window: timedelta, now: datetime) -> Measured[State]:
    """Count over another window."""
    state = replace(state, window=window, cut=now - window)
    return state, _measure(state, subjects_of(state.favours))


def _take_loan(state: State, loan: LoanOriginated, now: datetime) -> Measured[State]:
    """Remember who lends; theirs are the favours, too, that came before the loan and name no lender."""
    before = state.lending.get(loan.facility_id)
    if before and loan.known_at < before.known_at:
        return state, ()
    lenders, favours, cut = canonical_each(loan.lenders), state.favours, now - state.window
    of_loan = (one for one in favours.get(ALL, ()) if one.facility_id == loan.facility_id)
    found = [one for one in of_loan if lenders and not one.lenders]
    for favour in found:
        favours = without_happening(favours, favour)
        favours = with_happening(favours, replace(favour, lenders=lenders), now)
    lending = state.lending.insert(loan.facility_id, Lending(loan.known_at, lenders))
    state = replace(state, favours=favours, lending=lending, cut=cut)
    counts = any(one.known_at > cut for one in found)
    return state, _measure(state, tuple(map(_subject, lenders))) if counts else ()


def _subject(lender: str) -> str:
    return f"lender:{lender}"


def _measure(state: State, subjects: tuple[str, ...]) -> tuple[Measurement, ...]:
    return tuple(_measurement(state, subject) for subject in subjects)


def _measurement(state: State, subject: str) -> Measurement:
    favours = counted(state.favours, subject, state.cut)
    value = sum((SEVERITY[favour.kind] for favour in favours), 0.0)
    return Measurement(
        subject=subject,
        value=value,
        evidence=tuple(favour.event_id for favour in favours[-EVIDENCE_LIMIT:]),
        text=_tell(subject, favours, value, state.window),
        cited=favours[-1].cited if favours else "",
    )


def _tell(subject: str, favours: tuple[Favour, ...], value: float, window: timedelta) -> str:
    role, _, name = subject.partition(":")
    whose = {"borrower": f"for {name}", "lender": f"by {name}"}.get(role, "among all borrowers")
    last = f"in the last {count(window.days, 'day')}"
    if not favours:
        return f"no lender favour {whose} was reported {last}"
    kinds = [favour.kind for favour in favours]
    parts = [
        count(number, kind.value.replace("_", " "), _plural(kind))
        for kind in WaiverKind
        if (number := kinds.count(kind))
    ]
    return (
        f"{count(len(favours), 'lender favour')} {whose} {last}"
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
    with_window=with_window,
)
