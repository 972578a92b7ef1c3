"""Relief that lenders grant: waived covenants, forbearance, interest in kind; and defaults."""

from datetime import timedelta

from events.families.credit import WaiverKind
from events.units import Unit
from events.words import count
from projections.definition import S2, Definition, Passage, Thresholds
from projections.facts.relief import SEVERITY, Relief, facility
from projections.facts.reports import Fact
from projections.facts.windows import counted
from projections.facts.world import Thing
from projections.indicator import EVIDENCE_LIMIT, Measurement, View, first, windowed

DEFINITION = Definition(
    id="credit_waivers",
    title="Credit waivers",
    unit=Unit.WEIGHTED_COUNT,
    # Any relief at all is worth a look: the mildest, an amendment, weighs as much as `watch`.
    thresholds=Thresholds(watch=min(SEVERITY.values()), warning=2.0, critical=4.0),
    formula=(
        "Sum over the last 90 days of the severity of what lenders granted or borrowers failed to do: "
        + ", ".join(f"{kind.replace('_', ' ')} {weight:g}" for kind, weight in SEVERITY.items())
        + "; per borrower, per lender and in all. What several sources report counts once, as the surest"
        " of them has it."
    ),
    why="Lenders that make exceptions often see trouble before anyone else does.",
    family="credit",
    board="credit",
    named_in=(Passage(S2, "the five signs that the boom is ending: lenders make exceptions"),),
    window=timedelta(days=90),
    # A count does not waver: back below a threshold it has left it.
    hysteresis=0.0,
)

FACILITY = facility("")


def measure(view: View, subject: str) -> Measurement | None:
    """Add up the severity of what was granted to or by a subject in the window."""
    relief = counted(view.world.relief, subject, view.window_starts)
    value = sum((SEVERITY[fact.value.kind] for fact in relief), 0.0)
    return Measurement(
        subject=subject,
        value=value,
        evidence=first(event_id for fact in relief[-EVIDENCE_LIMIT:] for event_id in fact.evidence),
        text=_text(subject, relief, value, view.last),
        cited=relief[-1].cited if relief else "",
    )


def _is_party(thing: str) -> bool:
    """Return whether a thing is no facility: relief is counted by those who grant and get it."""
    return not thing.startswith(FACILITY)


def _text(subject: str, relief: tuple[Fact[Relief], ...], value: float, last: str) -> str:
    role, _, name = subject.partition(":")
    whose = {"borrower": f"for {name}", "lender": f"by {name}"}.get(role, "among all borrowers")
    if not relief:
        return f"no relief {whose} was reported {last}"
    kinds = [fact.value.kind for fact in relief]
    parts = [
        count(number, kind.value.replace("_", " "), _plural(kind))
        for kind in WaiverKind
        if (number := kinds.count(kind))
    ]
    cases = count(len(relief), "case of relief", "cases of relief")
    reports = sum(len(fact.reports) for fact in relief)
    reported = f", in {count(reports, 'report')}" if reports > len(relief) else ""
    return f"{cases} {whose} {last} ({', '.join(parts)}){reported}, with a severity of {value:g} in all"


def _plural(kind: WaiverKind) -> str:
    return "forbearances" if kind is WaiverKind.FORBEARANCE else f"{kind.value.replace('_', ' ')}s"


INDICATOR = windowed(DEFINITION, Thing.RELIEF, lambda world: world.relief, measure, counts=_is_party)
