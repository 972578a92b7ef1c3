"""Money that built a site whose power is late: it must be paid back, and nothing runs."""

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from uuid import UUID

from rpds import HashTrieMap

from events.credit import LoanOriginated, LoanRepaid
from events.power import PowerDelivered, PowerScheduled
from projections.base import JournaledEvent
from projections.persistent import PersistentMap
from projections.power.site import Site, changed, is_waiting, overdue_days, slip_days
from projections.warning_signs.definition import (
    EVIDENCE_LIMIT,
    S2,
    Definition,
    Direction,
    Indicator,
    Measured,
    Measurement,
    Thresholds,
)
from projections.warning_signs.loans import NOTHING, Loans, Owed, enter, owed_in
from projections.warning_signs.words import cited, count, day, dollars

ALL = "all"
# A sentence names so many sites; the others it counts.
TOLD = 3

DEFINITION = Definition(
    id="stranded_financing",
    title="Stranded financing",
    unit="USD",
    direction=Direction.RISING,
    thresholds=Thresholds(watch=1e9, warning=5e9, critical=20e9),
    named_by=S2,
    formula=(
        "Per site, and in all: principal not paid back of the loans that name the site, drawn or not, plus"
        " the equity beside them (per borrower what its newest loan for the site says), as long as the site"
        " waits for power and its promised day was put off or has passed. Deals name no site and are"
        " counted only through such loans."
    ),
    why="A site that was financed and cannot run earns nothing to pay its lenders with.",
)


@dataclass(frozen=True, slots=True)
class Tracked:
    """The power of a site, and the event that last said anything of it."""

    site: Site
    event_id: UUID


NO_SITES: PersistentMap[str, Tracked] = HashTrieMap()
NONE_LATE: PersistentMap[str, Decimal] = HashTrieMap()


@dataclass(frozen=True, slots=True)
class State:
    """All sites by id, the loans in groups of a site, and the dollars in each site that is late.

    `look_again_on` is the next day on which a financed site is late for the first time.
    """

    sites: PersistentMap[str, Tracked] = NO_SITES
    loans: Loans = field(default_factory=Loans)
    late_usd: PersistentMap[str, Decimal] = NONE_LATE
    look_again_on: date | None = None


def apply(state: State, journaled: JournaledEvent) -> Measured[State]:
    """Take in a promise, a delivery, a loan or a repayment, and measure the sites that it touches."""
    event = journaled.event
    match event:
        case PowerScheduled(site_id=site_id) | PowerDelivered(site_id=site_id):
            before = state.sites.get(site_id)
            after = Tracked(changed(before.site if before else Site(), event), event.event_id)
            sites = state.sites.insert(site_id, after)
            state = State(sites, state.loans, state.late_usd, state.look_again_on)
            touched: tuple[str, ...] = (site_id,) if site_id in state.loans.groups else ()
        case LoanOriginated() | LoanRepaid():
            loans, touched = enter(state.loans, event, _site_id)
            state = State(state.sites, loans, state.late_usd, state.look_again_on)
        case _:
            return state, ()
    return _measure(state, touched, journaled.now.date(), cited(event))


def due(state: State) -> datetime | None:
    """Name the midnight (UTC) at which the next financed site is late."""
    return datetime.combine(state.look_again_on, time.min, UTC) if state.look_again_on else None


def elapse(state: State, now: datetime) -> Measured[State]:
    """Measure the financed sites whose promised day has passed by now."""
    today = now.date()
    financed = sorted(site_id for site_id in state.loans.groups if site_id in state.sites)
    passed = tuple(one for one in financed if one not in state.late_usd and _late_days(state, one, today))
    coming = (_late_from(state, site_id) for site_id in financed)
    look_again_on = min((one for one in coming if one is not None and one > today), default=None)
    return _measure(replace(state, look_again_on=look_again_on), passed, today, "")


def _site_id(loan: LoanOriginated) -> str | None:
    return loan.site_id


def _late_days(state: State, site_id: str, today: date) -> int:
    """Count the days by which the power that a site waits for is late; 0 for a site that waits for none."""
    tracked = state.sites.get(site_id)
    if tracked is None or not is_waiting(tracked.site):
        return 0
    return max(0, (slip_days(tracked.site) or 0) + overdue_days(tracked.site, today))


def _late_from(state: State, site_id: str) -> date | None:
    """Name the day from which on a site that waits is late, if its day is known."""
    site = state.sites[site_id].site
    if site.expected is None or site.first_expected is None or not is_waiting(site):
        return None
    # Brought forward and missed, it is late only once the first promised day has passed, too.
    return max(site.expected.value, site.first_expected.value) + timedelta(days=1)


def _measure(state: State, touched: tuple[str, ...], today: date, where: str) -> Measured[State]:
    if not touched:
        return state, ()
    measurements = []
    for site_id in touched:
        loans, days = owed_in(state.loans, site_id), _late_days(state, site_id, today)
        financed_usd = _financed_usd(loans)
        is_stranded = days > 0 and financed_usd > 0
        late_usd = (
            state.late_usd.insert(site_id, financed_usd) if is_stranded else state.late_usd.discard(site_id)
        )
        late_from = _late_from(state, site_id) if site_id in state.sites else None
        coming = [one for one in (state.look_again_on, late_from) if one is not None and one > today]
        state = State(state.sites, state.loans, late_usd, min(coming, default=None))
        measurements.append(
            Measurement(
                subject=f"site:{site_id}",
                value=float(late_usd.get(site_id, NOTHING)),
                evidence=_evidence(state, site_id) if loans else (),
                text=_tell(state, site_id, days, today),
                cited=where or (cited(loans[-1].loan) if loans else ""),
            )
        )
    return state, (*measurements, _in_all(state, measurements[-1].cited))


def _financed_usd(loans: list[Owed]) -> Decimal:
    """Sum up debt, and the equity beside it: the newest word on each borrower's, as its loans share it."""
    equity_usd = {
        one.loan.borrower: one.loan.equity_usd
        for one in sorted(loans, key=lambda one: one.loan.known_at)
        if one.loan.equity_usd is not None
    }
    return sum((one.balance_usd for one in loans), NOTHING) + sum(equity_usd.values(), NOTHING)


def _evidence(state: State, site_id: str) -> tuple[UUID, ...]:
    tracked = state.sites.get(site_id)
    power = (tracked.event_id,) if tracked else ()
    newest_first = (one.loan.event_id for one in reversed(owed_in(state.loans, site_id)))
    return tuple(dict.fromkeys((*power, *newest_first)))[:EVIDENCE_LIMIT]


def _tell(state: State, site_id: str, days: int, today: date) -> str:
    loans, tracked = owed_in(state.loans, site_id), state.sites.get(site_id)
    if not loans:
        return f"no loan for site {site_id} is owed any more"
    money = f"{dollars(_financed_usd(loans))} of debt and equity in site {site_id}"
    site = tracked.site if tracked else Site()
    if tracked and not is_waiting(site):
        return f"{money} have the power that was promised"
    if site.expected is None:
        return f"{money} wait for power, and no day is known on which it should come"
    expected = day(site.expected.value)
    waits = f"is now expected on {expected}" if today <= site.expected.value else f"was due on {expected}"
    late = f"{count(days, 'day')} late" if days else "on time"
    return f"{money} wait for power that {waits}, {late}"


def _in_all(state: State, where: str) -> Measurement:
    largest = sorted(state.late_usd.items(), key=lambda one: (-one[1], one[0]))
    total_usd = sum((usd for _, usd in largest), NOTHING)
    evidence = dict.fromkeys(one for site_id, _ in largest for one in _evidence(state, site_id))
    sites = ", ".join(f"{site_id} with {dollars(usd)}" for site_id, usd in largest[:TOLD])
    more = f" and {len(largest) - TOLD} more" if len(largest) > TOLD else ""
    told = (
        f"{dollars(total_usd)} of debt and equity are in {count(len(largest), 'site')} whose power is late:"
        f" {sites}{more}"
        if largest
        else "no site that loans pay for is known to have late power"
    )
    return Measurement(ALL, float(total_usd), tuple(evidence)[:EVIDENCE_LIMIT], told, where)


STRANDED_FINANCING = Indicator(
    definition=DEFINITION,
    initial=State(),
    reads=(PowerScheduled, PowerDelivered, LoanOriginated, LoanRepaid),
    apply=apply,
    due=due,
    elapse=elapse,
)
