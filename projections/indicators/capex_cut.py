"""Guided investment that falls: the faucet is being turned off."""

from datetime import date, timedelta
from typing import NamedTuple

from events.families.financials import CapexGuided
from events.units import Unit
from events.words import day, percent, short_cents
from projections.definition import S2, Definition, Passage, Thresholds
from projections.facts.annual import a_year, months
from projections.facts.deal import to_cents
from projections.facts.reports import Fact
from projections.facts.world import Thing
from projections.indicator import Indicator, Measurement, View, each, first

DEFINITION = Definition(
    id="capex_cut",
    title="Guided investment cut",
    unit=Unit.SHARE,
    thresholds=Thresholds(watch=0.05, warning=0.15, critical=0.30),
    formula=(
        "(before - now) / before, per company, where now is the middle of the newest guided range and"
        " before that of the last earlier guidance for the same period, or where there is none, of the"
        " last earlier guidance for any; both brought to a year by the months of their periods. A rise"
        " is 0; of several periods guided at one moment the one with the deepest cut counts."
    ),
    why="The spending of a few companies is the revenue of all the others: this is the faucet.",
    family="financials",
    board="bubble_watch",
    named_in=(
        Passage(S2, "the spending of the large buyers, on which all else depends and which they can stop"),
    ),
    stale_after=timedelta(days=180),
    input="guidance",
)

Guidance = Fact[CapexGuided]


class Cut(NamedTuple):
    """A guidance, the one before it if any, and by what share it is lower."""

    share: float
    now: Guidance
    before: Guidance | None


def measure(view: View, subject: str) -> Measurement | None:
    """Compare the newest guidance of a company with the one before it."""
    guided = view.world.guidance.of(subject)
    if not guided:
        return Measurement(subject, 0.0, (), f"no guidance of {subject} is known", "", is_unknown=True)
    newest_at = guided[-1].known_at
    earlier = [guidance for guidance in guided if guidance.known_at < newest_at]
    # What is said twice of one period at one time is a correction.
    newest = {_period(guidance): guidance for guidance in guided if guidance.known_at == newest_at}
    cut = max((_cut(guidance, earlier) for guidance in newest.values()), key=lambda cut: cut.share)
    compared = (guidance for guidance in (cut.now, cut.before) if guidance)
    return Measurement(
        subject=subject,
        value=cut.share,
        evidence=first(event_id for guidance in compared for event_id in guidance.evidence),
        text=_text(subject, cut),
        cited=cut.now.cited,
    )


def _period(guidance: Guidance) -> tuple[date, date]:
    return guidance.value.period_starts, guidance.value.period_ends


def _cut(now: Guidance, earlier: list[Guidance]) -> Cut:
    same_period = [guidance for guidance in earlier if _period(guidance) == _period(now)]
    comparable = same_period or earlier
    before = comparable[-1] if comparable else None
    share = 1 - _cents_a_year(now) / _cents_a_year(before) if before else 0.0
    return Cut(max(0.0, round(share, 6)), now, before)


def _cents_a_year(guidance: Guidance) -> int:
    middle = (to_cents(guidance.value.low_usd) + to_cents(guidance.value.high_usd)) // 2
    # Never nothing: a cent spread over decades still divides.
    return max(1, a_year(middle, months(*_period(guidance))))


def _text(company: str, cut: Cut) -> str:
    guided = f"{company} now guides to {_guidance(cut.now)}"
    if cut.before is None:
        return f"{guided}; no earlier guidance is known"
    before = _guidance(cut.before) if _period(cut.before) != _period(cut.now) else _money(cut.before)
    less = f"{percent(cut.share)} less than" if cut.share else "no less than"
    return f"{guided}, {less} the {before} that were guided on {day(cut.before.known_at.date())}"


def _guidance(guidance: Guidance) -> str:
    starts, ends = _period(guidance)
    return f"{_money(guidance)} for {day(starts)} to {day(ends)}"


def _money(guidance: Guidance) -> str:
    return f"{short_cents(_cents_a_year(guidance))} of investment a year"


INDICATOR = Indicator(DEFINITION, {Thing.GUIDANCE: each}, measure)
