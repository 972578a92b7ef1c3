"""Announced money that comes back to those who pay it."""

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from events.desk import WatchlistChanged
from events.words import short_cents
from projections.base import JournaledEvent
from projections.circularity.book import Basis, Book, edge_events
from projections.circularity.fold import READS, Change, Circularity, picture_of
from projections.circularity.picture import Picture
from projections.warning_signs.definition import (
    EVIDENCE_LIMIT,
    Definition,
    Direction,
    Measured,
    Measurement,
    Thresholds,
)
from projections.warning_signs.money import MoneyIndicator
from projections.warning_signs.words import cited, percent

DEFINITION = Definition(
    id="circularity",
    title="Circular money",
    unit="share",
    direction=Direction.RISING,
    thresholds=Thresholds(watch=0.10, warning=0.20, critical=0.30),
    named_by="S0, S1 and S2",
    formula=(
        "Circulating dollars divided by announced dollars. ci_max: the most that can go round in the graph"
        " of announced money (maximum-weight circulation); ci_bff: the point estimate by Balanced Flow"
        " Forwarding (arXiv 2506.12546). firm: stated and unconditional; all: conditional and estimated"
        " money too."
    ),
    why="Revenue that a vendor pays for itself is not demand.",
)

NO_PROOF = "separate legs do not prove that the same dollars travel"

Measure = Literal["ci_bff", "ci_max"]
MEASURES: tuple[Measure, ...] = ("ci_bff", "ci_max")


@dataclass(frozen=True, slots=True)
class State:
    """Where the newest deal is written."""

    cited: str = ""


def apply(state: State, journaled: JournaledEvent, change: Change) -> Measured[State]:
    """Measure each basis of which an event changed the money, or brought the estimate up to it."""
    if change.deals and not isinstance(journaled.event, WatchlistChanged):
        state = State(cited(journaled.event))
    measured = (one for basis in change.counted for one in _measure(change.after, basis, state.cited))
    return state, tuple(measured)


def _measure(money: Circularity, basis: Basis, where: str) -> tuple[Measurement, ...]:
    picture = picture_of(money, basis)
    evidence = _evidence(money.book, picture)
    return tuple(
        Measurement(
            subject=f"{measure} {basis}",
            value=_share(measure, picture),
            evidence=evidence,
            text=_tell(measure, basis, picture),
            cited=where,
        )
        for measure in MEASURES
    )


def _share(measure: Measure, picture: Picture) -> float:
    circulating = picture.bff_cents if measure == "ci_bff" else picture.maximum_cents
    return round(circulating / picture.announced_cents, 6) if picture.announced_cents else 0.0


def _evidence(book: Book, picture: Picture) -> tuple[UUID, ...]:
    """Name the deals behind the edges that circulate most: they stand for the rest."""
    top = picture.top_edges.shown
    events = dict.fromkeys(one for edge in top for one in edge_events(book, edge.source, edge.target))
    return tuple(events)[:EVIDENCE_LIMIT]


def _tell(measure: Measure, basis: Basis, picture: Picture) -> str:
    money = "firm money" if basis == "firm" else "announced money, conditional and estimated parts included,"
    announced = short_cents(picture.announced_cents)
    share = percent(_share(measure, picture))
    if measure == "ci_max":
        return f"at most {share} of {announced} of {money} can be going round in circles; {NO_PROOF}"
    told = f"an estimated {share} of {announced} of {money} goes round in circles; {NO_PROOF}"
    # A large component is estimated when the clock ticks, and bounded at once.
    return f"{told}; the newest deals are not counted yet" if picture.waiting else told


CIRCULARITY = MoneyIndicator(definition=DEFINITION, initial=State(), reads=READS, apply=apply)
