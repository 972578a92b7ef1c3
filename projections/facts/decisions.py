"""What the desk decides about facts: joined, parted, retracted, whatever kind of facts they are."""

from collections.abc import Callable
from functools import partial
from typing import Any, assert_never

from events.families.facts import FactEvent, FactParted, FactsJoined, ReportRetracted
from projections.facts import book as deals
from projections.facts.contracts import COMMITMENTS, GUIDANCE, RENEGOTIATIONS, RESALES
from projections.facts.loans import REPAYMENTS, TERMS, with_repayments, with_terms
from projections.facts.log import Change, Kind, Log, join, part, retract
from projections.facts.relief import RELIEF, facilities_of
from projections.facts.sites import SITE_KINDS, derived
from projections.facts.world import Thing, Touched, World, merged

# The logs that stand by themselves in the world: the kind of their facts, and what these are about.
LOGS: dict[str, tuple[Kind[Any], Thing]] = {
    "relief": (RELIEF, Thing.RELIEF),
    "renegotiations": (RENEGOTIATIONS, Thing.RENEGOTIATION),
    "resales": (RESALES, Thing.RESALE),
    "commitments": (COMMITMENTS, Thing.COMMITMENT),
    "guidance": (GUIDANCE, Thing.GUIDANCE),
}

Decide = Callable[[Log[Any], Kind[Any]], Change[Any]]
Decided = tuple[World, Touched, tuple[Change[Any], ...]]


def decided(world: World, event: FactEvent) -> Decided:
    """Carry out a decision in every log of facts; it changes those that know the fact or the report."""
    match event:
        case FactsJoined():
            decide: Decide = partial(join, fact_id=event.fact_id, others=event.others)
            book, deal_ids = deals.join(world.book, world.names, event.fact_id, event.others)
        case FactParted():
            decide = partial(part, fact_id=event.fact_id, report_ids=event.reports)
            book, deal_ids = deals.part(world.book, world.names, event.fact_id, event.reports)
        case ReportRetracted():
            decide = partial(retract, report_id=event.report_id)
            book, deal_ids = deals.retract(world.book, world.names, event.report_id)
        case _:
            assert_never(event)
    world, contracts, of_contracts = _contracts(world._replace(book=book), decide)
    world, loans, of_loans = _loans(world, decide)
    world, sites, of_sites = _sites(world, decide)
    changes = (change for change in (*of_contracts, *of_loans, *of_sites) if change.made or change.gone)
    return world, merged((contracts, loans, sites, {Thing.DEAL: deal_ids})), tuple(changes)


def _contracts(world: World, decide: Decide) -> Decided:
    changes = {name: decide(getattr(world, name), kind) for name, (kind, _) in LOGS.items()}
    logs: dict[str, Any] = {name: change.log for name, change in changes.items()}
    touched = {thing: changes[name].things for name, (_, thing) in LOGS.items()}
    touched[Thing.FACILITY] = facilities_of(changes["relief"])
    return world._replace(**logs), touched, tuple(changes.values())


def _loans(world: World, decide: Decide) -> Decided:
    terms, repayments = decide(world.loans.terms, TERMS), decide(world.loans.repayments, REPAYMENTS)
    loans, groups = with_terms(world.loans, terms)
    loans, more = with_repayments(loans, repayments)
    facilities = tuple(dict.fromkeys((*terms.things, *repayments.things)))
    touched = {Thing.FACILITY: facilities, Thing.LOANS: (*groups, *more)}
    return world._replace(loans=loans), touched, (terms, repayments)


def _sites(world: World, decide: Decide) -> Decided:
    changes = {name: decide(getattr(world.sites, name), kind) for name, kind in SITE_KINDS.items()}
    logs: dict[str, Any] = {name: change.log for name, change in changes.items()}
    site_ids = tuple(dict.fromkeys(site_id for change in changes.values() for site_id in change.things))
    sites = derived(world.sites._replace(**logs), *site_ids)
    return world._replace(sites=sites), {Thing.SITE: site_ids}, tuple(changes.values())
