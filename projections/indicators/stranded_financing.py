"""Money that built a site whose power is late, or will never come: it must be paid back, and nothing runs."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from uuid import UUID

from events.families.power import GenerationObserved
from events.units import Unit
from events.words import count, day, short_dollars
from projections.definition import S2, Definition, Passage, Thresholds
from projections.facts.loans import NOTHING, Loan, site
from projections.facts.sites import Site
from projections.facts.world import Thing, World, WorldStep
from projections.indicator import Indicator, Measurement, View, first
from projections.persistent import items_of

DEFINITION = Definition(
    id="stranded_financing",
    title="Stranded financing",
    unit=Unit.USD,
    thresholds=Thresholds(watch=1e9, warning=5e9, critical=20e9),
    formula=(
        "Per site, and in all: principal not paid back of the loans that name the site, drawn or not, plus"
        " the equity beside them (per borrower what its newest loan for the site says), as long as the site"
        " waits for power and the promised day of a phase of it was put off or has passed; no more once all"
        " of it is there; and for good, once the power"
        " promised to it was withdrawn. Deals name no site and are counted only through such loans."
    ),
    why="A site that was financed and cannot run earns nothing to pay its lenders with.",
    family="power",
    board="power",
    named_in=(Passage(S2, "late power: what was financed cannot run without it"),),
)

ALL = "all"
SITE = site("")
# A sentence names so many sites; the others it counts.
MOST_NAMED = 3


def measure(view: View, subject: str) -> Measurement | None:
    """Add up the money in a site, or in all sites, that wait for late power or for power that never comes."""
    if subject == ALL:
        return _in_all(view)
    loans, known = view.world.loans.owed_in(subject), view.world.sites.by_id.get(_site_id(subject), Site())
    stranded_usd = _stranded_usd(view, subject)
    return Measurement(
        subject=subject,
        value=float(stranded_usd),
        evidence=_evidence(view.world, subject) if loans else (),
        text=_text(view, subject, known, loans),
        is_unknown=bool(loans) and not _is_dated(known),
    )


def due(view: View, subject: str) -> datetime | None:
    """Return the midnight (UTC) at which a financed site is late for the first time."""
    sites = _financed(view.world) if subject == ALL else (subject,)
    days = (late_from for name in sites if (late_from := _late_from(view.world, name)))
    coming = min((late_from for late_from in days if late_from > view.today), default=None)
    return datetime.combine(coming, time.min, UTC) if coming else None


def _of_sites(step: WorldStep, site_ids: tuple[str, ...]) -> Iterable[str]:
    if isinstance(step.event, GenerationObserved):
        return ()
    financed = [name for site_id in site_ids if (name := site(site_id)) in step.world.loans.groups]
    return (*financed, ALL) if financed else ()


def _of_loans(_: WorldStep, groups: tuple[str, ...]) -> Iterable[str]:
    of_sites = [group for group in groups if group.startswith(SITE)]
    return (*of_sites, ALL) if of_sites else ()


def _site_id(subject: str) -> str:
    return subject.removeprefix(SITE)


def _financed(world: World) -> list[str]:
    return sorted(group for group, _ in items_of(world.loans.groups) if group.startswith(SITE))


def _late_days(known: Site, today: date) -> int:
    """Return the days by which the power that a site waits for is late; 0 for a site that waits for none."""
    return known.late_days(today) or 0


def _late_from(world: World, subject: str) -> date | None:
    """Return the day from which on a site that waits is late, if its day is known."""
    known = world.sites.by_id.get(_site_id(subject))
    # Brought forward and missed, a phase is late only once the first promised day has passed, too.
    days = [
        max(phase.expected_on, phase.first_expected_on)
        for phase in (known.dated if known else ())
        if phase.expected_on and phase.first_expected_on
    ]
    return min(days) + timedelta(days=1) if days else None


def _is_dated(known: Site) -> bool:
    """Return whether it can be told if power is late: a day was promised, it is there, or never comes."""
    return bool(known.dated) or not known.is_waiting


def _stranded_usd(view: View, subject: str) -> Decimal:
    known = view.world.sites.by_id.get(_site_id(subject))
    if known is None or (known.end is None and not _late_days(known, view.today)):
        return NOTHING
    return _financed_usd(view.world.loans.owed_in(subject))


def _financed_usd(loans: list[Loan]) -> Decimal:
    """Add up debt, and the equity beside it: the newest word on each borrower's, as its loans share it."""
    equity_usd = {
        loan.terms.borrower: loan.terms.equity_usd
        for loan in sorted(loans, key=lambda loan: loan.terms.known_at)
        if loan.terms.equity_usd is not None
    }
    return sum((loan.balance_usd for loan in loans), NOTHING) + sum(equity_usd.values(), NOTHING)


def _evidence(world: World, subject: str) -> tuple[UUID, ...]:
    known = world.sites.by_id.get(_site_id(subject))
    power = known.newest_evidence if known else ()
    newest_first = (loan.fact for loan in reversed(world.loans.owed_in(subject)))
    return first((*power, *(event_id for fact in newest_first for event_id in fact.evidence)))


def _text(view: View, subject: str, known: Site, loans: list[Loan]) -> str:
    site_id = _site_id(subject)
    if not loans:
        return f"no loan for site {site_id} is owed any more"
    money = f"{short_dollars(_financed_usd(loans))} of debt and equity in site {site_id}"
    if known.end is not None:
        return f"{money} are stranded for good: its power was {known.end.how} on {day(known.end.on)}"
    if known.complete_on is not None:
        return f"{money} have the power that was promised"
    phase = known.latest(view.today)
    if phase.expected_on is None:
        return f"{money} wait for power, and no day is known on which it should come"
    expected, days = day(phase.expected_on), _late_days(known, view.today)
    waits = f"is now expected on {expected}" if view.today <= phase.expected_on else f"was due on {expected}"
    late = f"{count(days, 'day')} late" if days else "on time"
    return f"{money} wait for power that {waits}, {late}"


def _in_all(view: View) -> Measurement:
    financed, by_id = _financed(view.world), view.world.sites.by_id
    owed = [by_id.get(_site_id(name), Site()) for name in financed if view.world.loans.owed_in(name)]
    stranded = [(name, usd) for name in financed if (usd := _stranded_usd(view, name))]
    largest = sorted(stranded, key=lambda pair: (-pair[1], pair[0]))
    total_usd = sum((usd for _, usd in largest), NOTHING)
    sites = ", ".join(f"{_site_id(name)} with {short_dollars(usd)}" for name, usd in largest[:MOST_NAMED])
    more = f" and {len(largest) - MOST_NAMED} more" if len(largest) > MOST_NAMED else ""
    gone = any(by_id[_site_id(name)].end for name, _ in largest)
    text = (
        f"{short_dollars(total_usd)} of debt and equity are in {count(len(largest), 'site')} whose power is"
        f" late{' or never comes' if gone else ''}: {sites}{more}"
        if largest
        else "no site that loans pay for is known to have late power"
    )
    evidence = first(event_id for name, _ in largest for event_id in _evidence(view.world, name))
    is_unknown = bool(owed) and not any(map(_is_dated, owed))
    return Measurement(ALL, float(total_usd), evidence, text, is_unknown=is_unknown)


INDICATOR = Indicator(DEFINITION, {Thing.SITE: _of_sites, Thing.LOANS: _of_loans}, measure, due)
