"""Announced money that comes back to those who pay it."""

from collections.abc import Iterable
from typing import Literal
from uuid import UUID

from events.units import Unit
from events.words import percent, short_cents
from projections.definition import S0, S1, S2, Definition, Passage, Thresholds
from projections.facts.book import BASES, Basis, Book, edge_events
from projections.facts.world import Thing, WorldStep
from projections.indicator import Indicator, Measurement, View, first
from projections.money_graph.basis_graph import BasisGraph

DEFINITION = Definition(
    id="circularity",
    title="Circular money",
    unit=Unit.SHARE,
    thresholds=Thresholds(watch=0.10, warning=0.20, critical=0.30),
    formula=(
        "Circulating dollars divided by announced dollars. ci_max: the most that can go round in the graph"
        " of announced money (maximum-weight circulation); ci_bff: the point estimate by Balanced Flow"
        " Forwarding (arXiv 2506.12546). firm: stated and unconditional; all: conditional and estimated"
        " money too."
    ),
    why="Revenue that a vendor pays for itself is not demand.",
    family="deals",
    board="money_map",
    named_in=(
        Passage(S0, "the whole essay: sellers who pay for their own demand"),
        Passage(S1, "the investors of OpenAI's round, and what OpenAI buys from each of them"),
        Passage(S2, "Nvidia's stakes in OpenAI and CoreWeave, its customers"),
    ),
)

NO_PROOF = "separate legs do not prove that the same dollars travel"

Measure = Literal["ci_bff", "ci_max"]
MEASURES: tuple[Measure, ...] = ("ci_bff", "ci_max")
SUBJECTS: dict[str, tuple[Measure, Basis]] = {
    f"{measure} {basis}": (measure, basis) for basis in BASES for measure in MEASURES
}


def measure(view: View, subject: str) -> Measurement | None:
    """Divide what circulates on a basis by what is announced."""
    of, basis = SUBJECTS[subject]
    graph = view.world.money.on(basis)
    return Measurement(
        subject=subject,
        value=_share(of, graph),
        evidence=_evidence(view.world.book, graph),
        text=_text(of, basis, graph),
    )


def _counted(step: WorldStep, _: tuple[str, ...]) -> Iterable[str]:
    """Return both measures of each basis whose money changed, or whose estimate was brought up to it."""
    return (f"{measure} {basis}" for basis in step.money.counted for measure in MEASURES)


def _share(of: Measure, graph: BasisGraph) -> float:
    circulating = graph.bff_cents if of == "ci_bff" else graph.maximum_cents
    return round(circulating / graph.announced_cents, 6) if graph.announced_cents else 0.0


def _evidence(book: Book, graph: BasisGraph) -> tuple[UUID, ...]:
    """Return the deals behind the edges that circulate most: they stand for the rest."""
    return first(
        event_id for edge in graph.top_edges.shown for event_id in edge_events(book, edge.source, edge.target)
    )


def _text(of: Measure, basis: Basis, graph: BasisGraph) -> str:
    money = "firm money" if basis == "firm" else "announced money, conditional and estimated parts included,"
    announced = short_cents(graph.announced_cents)
    share = percent(_share(of, graph))
    if of == "ci_max":
        return f"at most {share} of {announced} of {money} can be going round in circles; {NO_PROOF}"
    text = f"an estimated {share} of {announced} of {money} goes round in circles; {NO_PROOF}"
    # A large component is estimated when the clock ticks, and bounded at once.
    return f"{text}; the newest deals are not counted yet" if graph.waiting else text


INDICATOR = Indicator(DEFINITION, {Thing.MONEY: _counted}, measure)
