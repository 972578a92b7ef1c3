"""Stated commitments that shrink: the demand that others build for will not come in full."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from rpds import HashTrieMap

from events.companies import canonical
from events.contracts import CommitmentRevised
from projections.base import JournaledEvent
from projections.persistent import PersistentMap
from projections.warning_signs.definition import (
    S1,
    Definition,
    Direction,
    Indicator,
    Measured,
    Measurement,
    Thresholds,
)
from projections.warning_signs.words import cited, count, dollars, percent

DEFINITION = Definition(
    id="commitment_downscaled",
    title="Commitment cut",
    unit="share",
    direction=Direction.RISING,
    thresholds=Thresholds(watch=0.10, warning=0.25, critical=0.50),
    named_by=S1,
    formula=(
        "1 - commitment now / the highest that was ever stated of it, so that one cut after another adds"
        " up; per company, of the commitment that was cut deepest. A rise above the highest is 0."
    ),
    why="Suppliers borrow and build for commitments like this one; what is cut will not be bought.",
)


@dataclass(frozen=True, slots=True)
class Commitment:
    """A commitment (USD) as it stands since `known_at`, the highest it ever was, and who said so."""

    contract_id: str
    highest_usd: Decimal
    highest_event: UUID
    now_usd: Decimal
    known_at: datetime
    event_id: UUID
    cited: str

    @property
    def cut(self) -> float:
        """Compute by what share it lies below its highest."""
        return round(1 - float(self.now_usd / self.highest_usd), 6)


NO_COMMITMENTS: PersistentMap[str, tuple[Commitment, ...]] = HashTrieMap()


@dataclass(frozen=True, slots=True)
class State:
    """The commitments of each company, one a contract."""

    commitments: PersistentMap[str, tuple[Commitment, ...]] = NO_COMMITMENTS


def apply(state: State, journaled: JournaledEvent) -> Measured[State]:
    """Take in a revision, and measure the company that made it."""
    event = journaled.event
    if not isinstance(event, CommitmentRevised):
        return state, ()
    company = canonical(event.company)
    known = {one.contract_id: one for one in state.commitments.get(company, ())}
    known[event.contract_id] = _revised(known.get(event.contract_id), event)
    commitments = tuple(known.values())
    state = State(state.commitments.insert(company, commitments))
    return state, (_measurement(company, commitments),)


def _revised(before: Commitment | None, event: CommitmentRevised) -> Commitment:
    highest_usd, highest_event = max(event.before_usd, event.after_usd), event.event_id
    if before and before.highest_usd >= highest_usd:
        highest_usd, highest_event = before.highest_usd, before.highest_event
    # What was known earlier and comes late can only have been higher once.
    if before and event.known_at < before.known_at:
        now_usd, known_at, event_id, written = before.now_usd, before.known_at, before.event_id, before.cited
    else:
        now_usd, known_at, event_id, written = event.after_usd, event.known_at, event.event_id, cited(event)
    return Commitment(event.contract_id, highest_usd, highest_event, now_usd, known_at, event_id, written)


def _measurement(company: str, commitments: tuple[Commitment, ...]) -> Measurement:
    deepest = max(commitments, key=lambda one: one.cut)
    others = sum(1 for one in commitments if one.cut and one is not deepest)
    return Measurement(
        subject=company,
        value=deepest.cut,
        evidence=tuple(dict.fromkeys((deepest.event_id, deepest.highest_event))),
        text=_tell(company, deepest, others),
        cited=deepest.cited,
    )


def _tell(company: str, deepest: Commitment, others: int) -> str:
    name = f"its commitment {deepest.contract_id}"
    if not deepest.cut:
        return f"{company} has cut no commitment: {name} stands at its highest, {dollars(deepest.now_usd)}"
    from_to = f"from {dollars(deepest.highest_usd)} at its highest to {dollars(deepest.now_usd)}"
    also = f"; {count(others, 'other commitment')} of it cut as well" if others else ""
    return f"{company} has cut {name} by {percent(deepest.cut)}, {from_to}{also}"


COMMITMENT_DOWNSCALED = Indicator(DEFINITION, State(), (CommitmentRevised,), apply)
