"""Announced money that comes back to those who pay it."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Literal
from uuid import UUID

from events.clock import ClockTicked
from events.contracts import ContractRenegotiated
from events.deals import DealAnnounced, DealEvent, DealRevised, DealTerminated, LegFunded
from projections.base import Recorded
from projections.circularity.book import BASES, Basis, Book, Edge, edge_events, edges, record
from projections.circularity.money import spoken
from projections.circularity.solve import Circulation, circulation, waits_for_the_clock
from projections.warning_signs.definition import (
    EVIDENCE_LIMIT,
    Definition,
    Direction,
    Indicator,
    Measured,
    Measurement,
    Thresholds,
)
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

# The edges that circulate most stand for the rest.
TOP_EDGES = 5
NO_PROOF = "separate legs do not prove that the same dollars travel"

Measure = Literal["ci_bff", "ci_max"]
MEASURES: tuple[Measure, ...] = ("ci_bff", "ci_max")


@dataclass(frozen=True, slots=True)
class State:
    """The deals as they stand, where the newest is written, and the bases that wait for the clock."""

    book: Book = field(default_factory=Book)
    cited: str = ""
    waiting: tuple[Basis, ...] = ()


def apply(state: State, recorded: Recorded) -> Measured[State]:
    """Enter what happened to a deal and measure the graph on both bases.

    A graph too large to be solved with each event is measured at the next tick of the clock.
    """
    event = recorded.event
    if isinstance(event, ClockTicked):
        return replace(state, waiting=()), _measure_all(state.book, state.waiting, state.cited)
    if not isinstance(event, DealEvent | ContractRenegotiated):
        return state, ()
    book = record(state.book, event)
    if book is state.book:
        return state, ()
    waiting = tuple(basis for basis in BASES if waits_for_the_clock(edges(book, basis)))
    state = State(book, cited(event), waiting)
    return state, _measure_all(book, (basis for basis in BASES if basis not in waiting), state.cited)


def _measure_all(book: Book, bases: Iterable[Basis], where: str) -> tuple[Measurement, ...]:
    return tuple(one for basis in bases for one in _measure(book, basis, where))


def _measure(book: Book, basis: Basis, where: str) -> tuple[Measurement, ...]:
    graph = edges(book, basis)
    solved = circulation(graph)
    evidence = _evidence(book, graph, solved)
    return tuple(
        Measurement(
            subject=f"{measure} {basis}",
            value=_share(measure, solved),
            evidence=evidence,
            text=_tell(measure, basis, solved),
            cited=where,
        )
        for measure in MEASURES
    )


def _share(measure: Measure, solved: Circulation) -> float:
    circulating = solved.bff_cents if measure == "ci_bff" else solved.maximum_cents
    return round(circulating / solved.announced_cents, 6) if solved.announced_cents else 0.0


def _evidence(book: Book, graph: tuple[Edge, ...], solved: Circulation) -> tuple[UUID, ...]:
    going_round = [pair for pair in zip(solved.bff_by_edge, graph, strict=True) if pair[0] > 0]
    going_round.sort(key=lambda pair: (-pair[0], pair[1]))
    top = (edge for _, edge in going_round[:TOP_EDGES])
    events = dict.fromkeys(one for edge in top for one in edge_events(book, edge.source, edge.target))
    return tuple(events)[:EVIDENCE_LIMIT]


def _tell(measure: Measure, basis: Basis, solved: Circulation) -> str:
    money = "firm money" if basis == "firm" else "announced money, conditional and estimated parts included,"
    announced = spoken(solved.announced_cents)
    share = percent(_share(measure, solved))
    if measure == "ci_bff":
        told = f"an estimated {share} of {announced} of {money} goes round in circles"
    else:
        told = f"at most {share} of {announced} of {money} can be going round in circles"
    return f"{told}; {NO_PROOF}"


CIRCULARITY = Indicator(
    definition=DEFINITION,
    initial=State(),
    reads=(DealAnnounced, DealRevised, LegFunded, DealTerminated, ContractRenegotiated, ClockTicked),
    apply=apply,
)
