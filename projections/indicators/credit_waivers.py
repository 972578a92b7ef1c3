"""Relief that lenders grant: waived covenants, forbearance, interest in kind; and defaults."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta

from events.families.credit import WaiverKind
from events.units import Unit
from events.words import count, day
from projections.definition import S2, Definition, Passage, Thresholds
from projections.facts.relief import RELIEF, SEVERITY, borrower, facility
from projections.facts.relief_life import Case, ReliefState, cases_of
from projections.facts.windows import ALL
from projections.facts.world import Thing, World, WorldStep
from projections.indicator import (
    EVIDENCE_LIMIT,
    Indicator,
    Measurement,
    View,
    first,
    window_of,
)

DEFINITION = Definition(
    id="credit_waivers",
    title="Credit waivers and defaults",
    unit=Unit.WEIGHTED_COUNT,
    # Any relief at all is worth a look: the mildest, an amendment, weighs as much as `watch`.
    thresholds=Thresholds(watch=min(SEVERITY.values()), warning=2.0, critical=4.0),
    formula=(
        "Sum of the severity of all relief that stands (until the day that was stated), of all defaults that"
        " are not cured, and of what became known in the last 90 days, each fact once: "
        + ", ".join(f"{kind.replace('_', ' ')} {weight:g}" for kind, weight in SEVERITY.items())
        + "; per borrower, per lender and in all. What was cured or withdrawn counts no longer. Relief of"
        " which nobody said until when it stands counts for the 90 days alone. What several sources report"
        " counts once, as the surest of them has it."
    ),
    why="Lenders that make exceptions often see trouble before anyone else does; a default is that trouble.",
    family="credit",
    board="credit",
    named_in=(Passage(S2, "the five signs that the boom is ending: lenders make exceptions"),),
    window=timedelta(days=90),
    # A count does not waver: back below a threshold it has left it.
    hysteresis=0.0,
)

FACILITY, BORROWER = facility(""), borrower("")


def measure(view: View, subject: str) -> Measurement | None:
    """Add up the severity of what stands of a subject, and of what became known in the window."""
    cases = cases_of(view.world.relief, subject, view.today)
    counted = [case for case in cases if case.counts(view.window_starts)]
    over = [case.over for case in cases if case.over and case.over.known_at > view.window_starts]
    # What nothing is left of is explained by what ended it.
    facts = [case.fact for case in counted] or over
    return Measurement(
        subject=subject,
        value=sum((SEVERITY[case.kind] for case in counted), 0.0),
        evidence=first(event_id for fact in facts[-EVIDENCE_LIMIT:] for event_id in fact.evidence),
        text=_text(view, subject, cases, counted),
        cited=facts[-1].cited if facts else "",
        is_old=not counted and any(_grew_old(case) for case in cases),
    )


def due(view: View, subject: str) -> datetime | None:
    """Return when the next fact leaves the window, or relief ends at midnight (UTC)."""
    times = [
        time
        for case in cases_of(view.world.relief, subject, view.today)
        if not case.is_over_by_word
        for time in _times(view, case)
        if time > view.now
    ]
    return min(times, default=None)


def subjects(world: World) -> Iterable[str]:
    """Return everybody who ever granted or got relief, and all together."""
    return filter(_is_party, sorted(world.relief.facts.keys()))


def changed(step: WorldStep, things: tuple[str, ...]) -> Iterable[str]:
    """Return those of whom other relief counts than before: all of them together come first."""
    now = step.journaled.now
    window_starts = now - window_of(DEFINITION, step.world)
    for subject in _concerned(step, things):
        before, after = (cases_of(world.relief, subject, now.date()) for world in (step.before, step.world))
        counts = any(case.counts(window_starts) for case in (*before, *after))
        if before != after and (counts or before):
            yield subject


def _concerned(step: WorldStep, things: tuple[str, ...]) -> list[str]:
    """Return who is concerned: what is said to be over may name others than what it ends."""
    names = [thing for thing in things if thing.startswith(BORROWER)]
    logs = (step.before.relief, step.world.relief)
    facts = (fact for log in logs for name in names for fact in log.of(name))
    concerned = {*things, *(thing for fact in facts for thing in RELIEF.things(fact))}
    return sorted(filter(_is_party, concerned), key=lambda thing: (thing != ALL, thing))


def _is_party(thing: str) -> bool:
    """Return whether a thing is no facility: relief is counted by those who grant and get it."""
    return not thing.startswith(FACILITY)


def _times(view: View, case: Case) -> Iterable[datetime]:
    yield case.fact.known_at + view.window
    if case.ends is not None:
        yield datetime.combine(case.ends, time.min, UTC)


def _grew_old(case: Case) -> bool:
    """Return whether nobody said that relief is over, nor until when it stands."""
    return case.state is ReliefState.GRANTED


def _text(view: View, subject: str, cases: tuple[Case, ...], counted: list[Case]) -> str:
    role, _, name = subject.partition(":")
    whose = {"borrower": f"for {name}", "lender": f"by {name}"}.get(role, "among all borrowers")
    old = [case for case in cases if case not in counted and _grew_old(case)]
    if not counted:
        ended = max((case for case in cases if case.ended_on), key=_ended_on, default=None)
        new = f"no new relief {whose} {view.last}" if cases else f"no relief {whose} was reported {view.last}"
        return f"{new}{_older(old)}{_ended(ended) if ended else ''}"
    towards = {"borrower": f"of {name}", "lender": f"towards {name}"}.get(role, "among all borrowers")
    reports = sum(len(case.fact.reports) for case in counted)
    reported = f", in {count(reports, 'report')}" if reports > len(counted) else ""
    value = sum(SEVERITY[case.kind] for case in counted)
    what = " and ".join(_parts(view, counted, whose, towards))
    return f"{what}{reported}, with a severity of {value:g} in all{_older(old)}"


def _parts(view: View, counted: list[Case], whose: str, towards: str) -> Iterable[str]:
    """Tell defaults first, then new relief, then what was granted before and stands."""
    defaults = [case for case in counted if case.is_default]
    relief = [case for case in counted if not case.is_default]
    if defaults:
        are = "is" if len(defaults) == 1 else "are"
        yield f"{count(len(defaults), 'default')} {towards} {are} not cured"
    new = [case for case in relief if case.fact.known_at > view.window_starts]
    if new:
        cases = count(len(new), "case of relief", "cases of relief")
        standing = [case for case in new if case.stands]
        until = f", {_standing(standing)}" if standing else ""
        yield f"{cases} {whose} {view.last} ({_kinds(new)}{until})"
    before = [case for case in relief if case not in new]
    if before:
        last = max(case.ends for case in before if case.ends)
        until = f"standing until {day(last)}" if len(before) == 1 else f"standing, the last until {day(last)}"
        yield f"{_kinds(before)} {whose}, granted earlier and {until}"


def _standing(cases: list[Case]) -> str:
    last = max(case.ends for case in cases if case.ends)
    return (
        f"standing until {day(last)}"
        if len(cases) == 1
        else f"{len(cases)} standing, the last until {day(last)}"
    )


def _kinds(cases: list[Case]) -> str:
    """Count cases by their kind, the mildest first: 1 waiver, 2 forbearances."""
    kinds = [case.kind for case in cases]
    return ", ".join(
        count(number, kind.value.replace("_", " "), _plural(kind))
        for kind in WaiverKind
        if (number := kinds.count(kind))
    )


def _older(old: list[Case]) -> str:
    """Tell what only grew old."""
    if not old:
        return ""
    cases = count(len(old), "older case of relief", "older cases of relief")
    return f"; {cases} ({_kinds(old)}) {'is' if len(old) == 1 else 'are'} not known to be cured"


def _ended(case: Case) -> str:
    how = {ReliefState.EXPIRED: "ended"}.get(case.state, f"was {case.state}")
    ended_on = f" on {day(case.ended_on)}" if case.ended_on else ""
    return f"; the last {case.kind.value.replace('_', ' ')} {how}{ended_on}"


def _ended_on(case: Case) -> date:
    return case.ended_on or date.min


def _plural(kind: WaiverKind) -> str:
    return "forbearances" if kind is WaiverKind.FORBEARANCE else f"{kind.value.replace('_', ' ')}s"


INDICATOR = Indicator(DEFINITION, {Thing.RELIEF: changed}, measure, due, subjects)
