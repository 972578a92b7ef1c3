"""Stated commitments that shrink: the demand that others build for will not come in full."""

from decimal import Decimal
from typing import NamedTuple

from events.families.contracts import CommitmentRevised
from events.units import Unit
from events.words import count, percent, short_dollars
from projections.definition import S1, Definition, Passage, Thresholds
from projections.facts.reports import Fact
from projections.facts.world import Thing
from projections.indicator import Indicator, Measurement, View, each, first

DEFINITION = Definition(
    id="commitment_downscaled",
    title="Commitment cut",
    unit=Unit.SHARE,
    thresholds=Thresholds(watch=0.10, warning=0.25, critical=0.50),
    formula=(
        "1 - commitment now / the highest that was ever stated of it, so that one cut after another adds"
        " up; per company, of the commitment that was cut deepest. A rise above the highest is 0."
    ),
    why="Suppliers borrow and build for commitments like this one; what is cut will not be bought.",
    family="deals",
    board="bubble_watch",
    named_in=(Passage(S1, "OpenAI's compute target for 2030, cut from $1.4T to $600B"),),
)


class Commitment(NamedTuple):
    """A commitment on one contract: what stated it last, and what stated the highest that it ever was."""

    newest: Fact[CommitmentRevised]
    highest: Fact[CommitmentRevised]

    @property
    def now_usd(self) -> Decimal:
        """Return what it is now (USD)."""
        return self.newest.value.after_usd

    @property
    def highest_usd(self) -> Decimal:
        """Return the highest that it ever was (USD)."""
        return _highest_usd(self.highest)

    @property
    def cut(self) -> float:
        """Return by what share it lies below its highest."""
        return round(1 - float(self.now_usd / self.highest_usd), 6)


def measure(view: View, subject: str) -> Measurement | None:
    """Measure the commitment of a company that was cut deepest."""
    commitments = _commitments(view.world.commitments.of(subject))
    if not commitments:
        return Measurement(subject, 0.0, (), f"no commitment of {subject} is known", "", is_unknown=True)
    deepest = max(commitments, key=lambda commitment: commitment.cut)
    others = sum(1 for commitment in commitments if commitment.cut and commitment is not deepest)
    return Measurement(
        subject=subject,
        value=deepest.cut,
        evidence=first((*deepest.newest.evidence, *deepest.highest.evidence)),
        text=_text(subject, deepest, others),
        cited=deepest.newest.cited,
    )


def _commitments(stated: tuple[Fact[CommitmentRevised], ...]) -> list[Commitment]:
    found: dict[str, Commitment] = {}
    for fact in stated:
        known = found.get(fact.value.contract_id)
        highest = known.highest if known and known.highest_usd >= _highest_usd(fact) else fact
        found[fact.value.contract_id] = Commitment(fact, highest)
    return list(found.values())


def _highest_usd(fact: Fact[CommitmentRevised]) -> Decimal:
    return max(fact.value.before_usd, fact.value.after_usd)


def _text(company: str, deepest: Commitment, others: int) -> str:
    name = f"its commitment {deepest.newest.value.contract_id}"
    now = short_dollars(deepest.now_usd)
    if not deepest.cut:
        return f"{company} has cut no commitment: {name} stands at its highest, {now}"
    from_to = f"from {short_dollars(deepest.highest_usd)} at its highest to {now}"
    also = f"; {count(others, 'other commitment')} of it cut as well" if others else ""
    return f"{company} has cut {name} by {percent(deepest.cut)}, {from_to}{also}"


INDICATOR = Indicator(DEFINITION, {Thing.COMMITMENT: each}, measure)
