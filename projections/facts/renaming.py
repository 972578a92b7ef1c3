"""The world under new names: what was filed under another name of a thing is filed anew."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from decimal import Decimal
from typing import Any, TypeVar

from pydantic import BaseModel
from rpds import HashTrieMap

from events.base import NameKind
from events.families.financials import RevenueReported, UnitCostReported, UtilizationReported
from projections.facts import book as deals
from projections.facts.contracts import COMMITMENTS, GUIDANCE, RENEGOTIATIONS, RESALES
from projections.facts.loans import NOTHING, REPAYMENTS, TERMS, Loans, Repayment, groups_of
from projections.facts.log import Change, Kind, Log, all_facts, refiled
from projections.facts.names import Names, with_canonical_names
from projections.facts.prices import Prices, gpu_series
from projections.facts.relief import RELIEF, Relief
from projections.facts.sites import DELIVERIES, ENDS, PROMISES, Delivery, End, Promise, Sites, derived
from projections.facts.world import Thing, Touched, World
from projections.facts.year import Year
from projections.facts.year import merged as merged_years
from projections.persistent import PersistentMap, items_of

V = TypeVar("V")
E = TypeVar("E", bound=BaseModel)
F = TypeVar("F", RevenueReported, UtilizationReported, UnitCostReported)


LOGS: tuple[tuple[Kind[Any], Callable[[World], Log[Any]]], ...] = (
    (RELIEF, lambda world: world.relief),
    (RENEGOTIATIONS, lambda world: world.renegotiations),
    (RESALES, lambda world: world.resales),
    (COMMITMENTS, lambda world: world.commitments),
    (GUIDANCE, lambda world: world.guidance),
    (TERMS, lambda world: world.loans.terms),
    (REPAYMENTS, lambda world: world.loans.repayments),
    (PROMISES, lambda world: world.sites.promises),
    (DELIVERIES, lambda world: world.sites.deliveries),
    (ENDS, lambda world: world.sites.ends),
)


def renamed(world: World, names: Names, name: str) -> tuple[World, Touched, tuple[Change[Any], ...]]:
    """Return the world under other names, and everything whose name, or whose figures, may be others.

    What becomes of a thing that counts under another name from now on: its old name has nothing left.
    """
    if names == world.names:
        return world, {}, ()

    def event(value: E) -> E:
        return with_canonical_names(names, value)

    after = world._replace(
        names=names,
        loans=_loans(world.loans, names),
        relief=refiled(world.relief, RELIEF, lambda value: _relief(value, names)),
        renegotiations=refiled(world.renegotiations, RENEGOTIATIONS, event),
        resales=refiled(world.resales, RESALES, event),
        commitments=refiled(world.commitments, COMMITMENTS, event),
        guidance=refiled(world.guidance, GUIDANCE, event),
        revenues=_figures(world.revenues, names),
        utilizations=_figures(world.utilizations, names),
        unit_costs=_figures(world.unit_costs, names),
        sites=_sites(world.sites, names),
        prices=_prices(world.prices, names),
    )
    book, touched = deals.rebuilt(after.book, names, sorted(after.book.history.keys()))
    after = after._replace(book=book)
    everything = {**_touched(world, after), Thing.DEAL: touched, Thing.NAME: (name,)}
    return after, everything, _changes(world, after)


def _changes(before: World, after: World) -> tuple[Change[Any], ...]:
    """Return the facts that are filed otherwise than before, or joined with others."""
    changes = list[Change[Any]]()
    for kind, log in LOGS:
        old = {fact.fact_id: fact for fact in all_facts(log(before))}
        new = {fact.fact_id: fact for fact in all_facts(log(after))}
        gone = tuple(fact for name, fact in old.items() if new.get(name) != fact)
        made = tuple(fact for name, fact in new.items() if old.get(name) != fact)
        if gone or made:
            changes.append(Change(log(after), kind, made, gone))
    return tuple(changes)


def _touched(before: World, after: World) -> Touched:
    """Return everything that is filed otherwise than before."""
    pairs = {
        Thing.RELIEF: (before.relief.facts, after.relief.facts),
        Thing.RENEGOTIATION: (before.renegotiations.facts, after.renegotiations.facts),
        Thing.RESALE: (before.resales.facts, after.resales.facts),
        Thing.COMMITMENT: (before.commitments.facts, after.commitments.facts),
        Thing.GUIDANCE: (before.guidance.facts, after.guidance.facts),
        Thing.REVENUE: (before.revenues, after.revenues),
        Thing.UTILIZATION: (before.utilizations, after.utilizations),
        Thing.UNIT_COST: (before.unit_costs, after.unit_costs),
        Thing.FACILITY: (before.loans.terms.facts, after.loans.terms.facts),
        Thing.SITE: (before.sites.by_id, after.sites.by_id),
        Thing.GPU: (before.prices.gpus, after.prices.gpus),
    }
    touched = {thing: _differing(*maps) for thing, maps in pairs.items()}
    return touched | {Thing.LOANS: _groups(before, after, touched[Thing.FACILITY])}


def _groups(before: World, after: World, facilities: Iterable[str]) -> tuple[str, ...]:
    """Return the groups of loans of which one is filed otherwise than before."""
    loans = (world.loans.loan(facility_id) for facility_id in facilities for world in (before, after))
    return tuple(sorted({group for loan in loans if loan for group in groups_of(loan.terms)}))


def _differing(before: PersistentMap[str, V], after: PersistentMap[str, V]) -> tuple[str, ...]:
    old, new = dict(items_of(before)), dict(items_of(after))
    return tuple(sorted(name for name in old.keys() | new.keys() if old.get(name) != new.get(name)))


def _figures(figures: PersistentMap[str, F], names: Names) -> PersistentMap[str, F]:
    """Keep the newest figure of each company under its new name."""
    after: HashTrieMap[str, F] = HashTrieMap()
    for _, figure in sorted(items_of(figures), key=lambda pair: pair[1].known_at):
        moved = with_canonical_names(names, figure)
        after = after.insert(moved.company, moved)
    return after


def _relief(value: Relief, names: Names) -> Relief:
    lenders = dict.fromkeys(names.canonical(NameKind.COMPANY, lender) for lender in value.lenders)
    return replace(
        value,
        facility_id=names.canonical(NameKind.FACILITY, value.facility_id),
        borrower=names.canonical(NameKind.COMPANY, value.borrower),
        lenders=tuple(lenders),
    )


def _loans(loans: Loans, names: Names) -> Loans:
    def repayment(value: Repayment) -> Repayment:
        return replace(value, facility_id=names.canonical(NameKind.FACILITY, value.facility_id))

    terms = refiled(loans.terms, TERMS, lambda value: with_canonical_names(names, value))
    repayments = refiled(loans.repayments, REPAYMENTS, repayment)
    repaid: HashTrieMap[str, Decimal] = HashTrieMap()
    for facility_id, amount_usd in items_of(loans.repaid_usd):
        name = names.canonical(NameKind.FACILITY, facility_id)
        repaid = repaid.insert(name, repaid.get(name, NOTHING) + amount_usd)
    groups: HashTrieMap[str, tuple[str, ...]] = HashTrieMap()
    newest = sorted(items_of(terms.facts), key=lambda pair: (pair[1][-1].known_at, pair[0]))
    for facility_id, facts in newest:
        for group in groups_of(facts[-1].value):
            groups = groups.insert(group, (*groups.get(group, ()), facility_id))
    return Loans(terms, repayments, repaid, groups)


def _sites(sites: Sites, names: Names) -> Sites:
    def promise(value: Promise) -> Promise:
        operator = names.canonical(NameKind.COMPANY, value.operator)
        return replace(value, site_id=_site_id(value.site_id, names), operator=operator)

    def delivery(value: Delivery) -> Delivery:
        return replace(value, site_id=_site_id(value.site_id, names))

    def end(value: End) -> End:
        return replace(value, site_id=_site_id(value.site_id, names))

    after = Sites(
        refiled(sites.promises, PROMISES, promise),
        refiled(sites.deliveries, DELIVERIES, delivery),
        refiled(sites.ends, ENDS, end),
    )
    by_id = after.by_id
    for site_id, site in sorted(items_of(sites.by_id), key=lambda pair: pair[0]):
        name, seen = _site_id(site_id, names), site.operator_seen
        if seen is not None:
            seen = seen._replace(value=names.canonical(NameKind.COMPANY, seen.value))
        known = by_id.get(name)
        if known is None or site.observed is not None:
            by_id = by_id.insert(name, site._replace(operator=None, operator_seen=seen))
    return derived(after._replace(by_id=by_id), *sorted(by_id.keys()))


def _prices(prices: Prices, names: Names) -> Prices:
    """Make one year of two that turn out to be of one model; the price is the newest."""
    gpus: HashTrieMap[str, Year] = HashTrieMap()
    for series, year in sorted(items_of(prices.gpus), key=lambda pair: (pair[1].at, pair[0])):
        model, _, basis = series.rpartition(" ")
        name = gpu_series(names.canonical(NameKind.GPU_MODEL, model), basis)
        gpus = gpus.insert(name, merged_years(gpus[name], year) if name in gpus else year)
    return replace(prices, gpus=gpus)


def _site_id(site_id: str, names: Names) -> str:
    return names.canonical(NameKind.SITE, site_id)
