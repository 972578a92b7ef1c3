"""The world under new names: what was filed under another name of a thing is filed anew."""

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from functools import partial
from operator import attrgetter
from typing import Any, TypeVar

from rpds import HashTrieMap

from events.base import NameKind
from events.families.financials import RevenueReported, UnitCostReported, UtilizationReported
from projections.facts import book as deals
from projections.facts.decisions import LOGS, Decided
from projections.facts.gpu_index import GpuIndex
from projections.facts.gpu_index import merged as merged_indices
from projections.facts.loans import NOTHING, REPAYMENTS, TERMS, Loans, groups_of
from projections.facts.log import Change, Kind, Log, all_facts, refiled
from projections.facts.names import Names, with_canonical_names
from projections.facts.prices import Prices
from projections.facts.sites import DELIVERIES, ENDS, PROMISES, SITE_KINDS, Sites, derived
from projections.facts.world import Thing, Touched, World
from projections.persistent import PersistentMap, items_of

V = TypeVar("V")
F = TypeVar("F", RevenueReported, UtilizationReported, UnitCostReported)

# The newest figures of companies, by the field of World that holds them.
FIGURES = {
    "revenues": Thing.REVENUE,
    "utilizations": Thing.UTILIZATION,
    "unit_costs": Thing.UNIT_COST,
}
# Every log of facts, by where it is in the world.
KINDS: dict[str, Kind[Any]] = {
    **{name: kind for name, (kind, _) in LOGS.items()},
    "loans.terms": TERMS,
    "loans.repayments": REPAYMENTS,
    **{f"sites.{name}": kind for name, kind in SITE_KINDS.items()},
}
# What is filed under the names of things, by where it is in the world.
FILED = {
    **{thing: f"{log}.facts" for log, (_, thing) in LOGS.items()},
    **{thing: figures for figures, thing in FIGURES.items()},
    Thing.FACILITY: "loans.terms.facts",
    Thing.SITE: "sites.by_id",
    Thing.GPU: "prices.gpus",
}


def renamed(world: World, names: Names, name: str) -> Decided:
    """Return the world under other names, and everything whose name, or whose figures, may be others.

    What becomes of a thing that counts under another name from now on: its old name has nothing left.
    """
    if names == world.names:
        return world, {}, ()
    filed: dict[str, Any] = {
        **{log: _refiled(getattr(world, log), kind, names) for log, (kind, _) in LOGS.items()},
        **{figures: _figures(getattr(world, figures), names) for figures in FIGURES},
    }
    after = world._replace(
        names=names,
        loans=_loans(world.loans, names),
        sites=_sites(world.sites, names),
        prices=_prices(world.prices, names),
        **filed,
    )
    book, touched = deals.rebuilt(after.book, names, sorted(after.book.history.keys()))
    after = after._replace(book=book)
    everything = {**_touched(world, after), Thing.DEAL: touched, Thing.NAME: (name,)}
    return after, everything, _changes(world, after)


def _changes(before: World, after: World) -> tuple[Change[Any], ...]:
    """Return the facts that are filed otherwise than before, or joined with others."""
    changes = list[Change[Any]]()
    for path, kind in KINDS.items():
        log = attrgetter(path)
        old, new = ({fact.fact_id: fact for fact in all_facts(log(world))} for world in (before, after))
        gone = tuple(fact for name, fact in old.items() if new.get(name) != fact)
        made = tuple(fact for name, fact in new.items() if old.get(name) != fact)
        if gone or made:
            changes.append(Change(log(after), kind, made, gone))
    return tuple(changes)


def _touched(before: World, after: World) -> Touched:
    """Return everything that is filed otherwise than before."""
    touched = {thing: _differing(*map(attrgetter(path), (before, after))) for thing, path in FILED.items()}
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


def _refiled(log: Log[Any], kind: Kind[Any], names: Names) -> Log[Any]:
    return refiled(log, kind, partial(with_canonical_names, names))


def _loans(loans: Loans, names: Names) -> Loans:
    terms = _refiled(loans.terms, TERMS, names)
    repayments = _refiled(loans.repayments, REPAYMENTS, names)
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
    after = Sites(
        _refiled(sites.promises, PROMISES, names),
        _refiled(sites.deliveries, DELIVERIES, names),
        _refiled(sites.ends, ENDS, names),
    )
    by_id = after.by_id
    for site_id, site in sorted(items_of(sites.by_id), key=lambda pair: pair[0]):
        name, seen = names.canonical(NameKind.SITE, site_id), site.operator_seen
        if seen is not None:
            seen = seen._replace(value=names.canonical(NameKind.COMPANY, seen.value))
        known = by_id.get(name)
        if known is None or site.observed is not None:
            by_id = by_id.insert(name, site._replace(operator=None, operator_seen=seen))
    return derived(after._replace(by_id=by_id), *sorted(by_id.keys()))


def _prices(prices: Prices, names: Names) -> Prices:
    """Make one index of two that turn out to be of one model."""
    gpus: HashTrieMap[str, GpuIndex] = HashTrieMap()
    for _, index in sorted(items_of(prices.gpus), key=lambda pair: (pair[1].days[-1].at, pair[0])):
        series = index.series._replace(model=names.canonical(NameKind.GPU_MODEL, index.series.model))
        moved, known = index._replace(series=series), gpus.get(series.name)
        gpus = gpus.insert(series.name, moved if known is None else merged_indices(known, moved))
    return replace(prices, gpus=gpus)
