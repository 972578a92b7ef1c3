"""Guided investment that falls: the faucet is being turned off."""

from bisect import bisect_right
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

from rpds import HashTrieMap

from events.companies import canonical
from events.financials import CapexGuided
from events.words import short_cents
from projections.base import JournaledEvent
from projections.circularity.deal import to_cents
from projections.persistent import PersistentMap
from projections.warning_signs.annual import a_year, months
from projections.warning_signs.definition import (
    S2,
    Definition,
    Direction,
    Indicator,
    Measured,
    Measurement,
    Thresholds,
)
from projections.warning_signs.words import cited, day, percent

DEFINITION = Definition(
    id="capex_cut",
    title="Guided investment cut",
    unit="share",
    direction=Direction.RISING,
    thresholds=Thresholds(watch=0.05, warning=0.15, critical=0.30),
    named_by=S2,
    formula=(
        "(before - now) / before, per company, where now is the middle of the newest guided range and"
        " before that of the last earlier guidance for the same period, or where there is none, of the"
        " last earlier guidance for any; both brought to a year by the months of their periods. A rise"
        " is 0; of several periods guided at one moment the one with the deepest cut counts."
    ),
    why="The spending of a few companies is the revenue of all the others: this is the faucet.",
    stale_after=timedelta(days=180),
)

# Ten years of quarterly guidance a company; what is older is compared with nothing any more.
KEPT = 40
NO_GUIDANCE: PersistentMap[str, tuple[CapexGuided, ...]] = HashTrieMap()


@dataclass(frozen=True, slots=True)
class State:
    """The newest guidances of each company, the oldest first."""

    guided: PersistentMap[str, tuple[CapexGuided, ...]] = NO_GUIDANCE


class Cut(NamedTuple):
    """A guidance, the one before it if any, and by what share it is lower."""

    share: float
    now: CapexGuided
    before: CapexGuided | None


def apply(state: State, journaled: JournaledEvent) -> Measured[State]:
    """Put a guidance in its place among those of its company, and measure the newest."""
    event = journaled.event
    if not isinstance(event, CapexGuided):
        return state, ()
    company = canonical(event.company)
    known = state.guided.get(company, ())
    place = bisect_right(known, event.known_at, key=_known_at)
    guided = (*known[:place], event, *known[place:])[-KEPT:]
    return State(state.guided.insert(company, guided)), (_measurement(company, guided),)


def _known_at(guidance: CapexGuided) -> datetime:
    return guidance.known_at


def _period(guidance: CapexGuided) -> tuple[date, date]:
    return guidance.period_starts, guidance.period_ends


def _measurement(company: str, guided: tuple[CapexGuided, ...]) -> Measurement:
    newest_at = guided[-1].known_at
    earlier = [one for one in guided if one.known_at < newest_at]
    # What is said twice of one period at one moment is a correction.
    newest = {_period(one): one for one in guided if one.known_at == newest_at}
    cut = max((_cut(one, earlier) for one in newest.values()), key=lambda one: one.share)
    return Measurement(
        subject=company,
        value=cut.share,
        evidence=tuple(one.event_id for one in (cut.now, cut.before) if one),
        text=_tell(company, cut),
        cited=cited(cut.now),
    )


def _cut(now: CapexGuided, earlier: list[CapexGuided]) -> Cut:
    same_period = [one for one in earlier if _period(one) == _period(now)]
    comparable = same_period or earlier
    before = comparable[-1] if comparable else None
    share = 1 - _cents_a_year(now) / _cents_a_year(before) if before else 0.0
    return Cut(max(0.0, round(share, 6)), now, before)


def _cents_a_year(guidance: CapexGuided) -> int:
    middle = (to_cents(guidance.low_usd) + to_cents(guidance.high_usd)) // 2
    # Never nothing: a cent spread over decades still divides.
    return max(1, a_year(middle, months(*_period(guidance))))


def _tell(company: str, cut: Cut) -> str:
    told = f"{company} now guides to {_tell_guidance(cut.now)}"
    if cut.before is None:
        return f"{told}; no earlier guidance is known"
    before = (
        _tell_guidance(cut.before) if _period(cut.before) != _period(cut.now) else _tell_money(cut.before)
    )
    less = f"{percent(cut.share)} less than" if cut.share else "no less than"
    return f"{told}, {less} the {before} that were guided on {day(cut.before.known_at.date())}"


def _tell_guidance(guidance: CapexGuided) -> str:
    starts, ends = _period(guidance)
    return f"{_tell_money(guidance)} for {day(starts)} to {day(ends)}"


def _tell_money(guidance: CapexGuided) -> str:
    return f"{short_cents(_cents_a_year(guidance))} of investment a year"


CAPEX_CUT = Indicator(DEFINITION, State(), (CapexGuided,), apply)
