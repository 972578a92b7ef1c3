"""What the desk decides about facts: joined, parted, retracted, whatever kind of facts they are."""

from collections.abc import Callable
from typing import Any, assert_never

from events.families.facts import FactEvent, FactParted, FactsJoined, ReportRetracted
from projections.facts import book as deals
from projections.facts.contracts import COMMITMENTS, GUIDANCE, RENEGOTIATIONS, RESALES
from projections.facts.loans import REPAYMENTS, TERMS, with_repayments, with_terms
from projections.facts.log import Change, Kind, Log, join, part, retract
from projections.facts.relief import RELIEF, facilities_of
from projections.facts.sites import DELIVERIES, ENDS, PROMISES, derived
from projections.facts.world import Thing, Touched, World, merged

Decide = Callable[[Log[Any], Kind[Any]], Change[Any]]
Decided = tuple[World, Touched, tuple[Change[Any], ...]]


def decided(world: World, event: FactEvent) -> tuple[World, Touched, tuple[Change[Any], ...]]:
    """Carry out a decision in every log of facts; it changes those that know the fact or the report."""
    decide = _decision(event)
    world, contracts, of_contracts = _contracts(world, decide)
    world, loans, of_loans = _loans(world, decide)
    world, sites, of_sites = _sites(world, decide)
    world, book = _deals(world, event)
    changes = (change for change in (*of_contracts, *of_loans, *of_sites) if change.made or change.gone)
    return world, merged((contracts, loans, sites, book)), tuple(changes)


def _decision(event: FactEvent) -> Decide:
    match event:
        case FactsJoined():
            return lambda log, kind: join(log, kind, event.fact_id, event.others)
        case FactParted():
            return lambda log, kind: part(log, kind, event.fact_id, event.reports)
        case ReportRetracted():
            return lambda log, kind: retract(log, kind, event.report_id)
        case _:
            assert_never(event)


def _contracts(world: World, decide: Decide) -> Decided:
    relief = decide(world.relief, RELIEF)
    renegotiations = decide(world.renegotiations, RENEGOTIATIONS)
    resales = decide(world.resales, RESALES)
    commitments = decide(world.commitments, COMMITMENTS)
    guidance = decide(world.guidance, GUIDANCE)
    after = world._replace(
        relief=relief.log,
        renegotiations=renegotiations.log,
        resales=resales.log,
        commitments=commitments.log,
        guidance=guidance.log,
    )
    touched = {
        Thing.RELIEF: relief.things,
        Thing.FACILITY: facilities_of(relief),
        Thing.RENEGOTIATION: renegotiations.things,
        Thing.RESALE: resales.things,
        Thing.COMMITMENT: commitments.things,
        Thing.GUIDANCE: guidance.things,
    }
    return after, touched, (relief, renegotiations, resales, commitments, guidance)


def _loans(world: World, decide: Decide) -> Decided:
    terms, repayments = decide(world.loans.terms, TERMS), decide(world.loans.repayments, REPAYMENTS)
    loans, groups = with_terms(world.loans, terms)
    loans, more = with_repayments(loans, repayments)
    changed = (*terms.gone, *terms.made, *repayments.gone, *repayments.made)
    facilities = tuple(dict.fromkeys(fact.value.facility_id for fact in changed))
    touched = {Thing.FACILITY: facilities, Thing.LOANS: (*groups, *more)}
    return world._replace(loans=loans), touched, (terms, repayments)


def _sites(world: World, decide: Decide) -> Decided:
    sites = world.sites
    promises = decide(sites.promises, PROMISES)
    deliveries = decide(sites.deliveries, DELIVERIES)
    ends = decide(sites.ends, ENDS)
    changes: tuple[Change[Any], ...] = (promises, deliveries, ends)
    site_ids = [fact.value.site_id for change in changes for fact in (*change.gone, *change.made)]
    sites = sites._replace(promises=promises.log, deliveries=deliveries.log, ends=ends.log)
    touched = {Thing.SITE: tuple(dict.fromkeys(site_ids))}
    return world._replace(sites=derived(sites, *site_ids)), touched, changes


def _deals(world: World, event: FactEvent) -> tuple[World, Touched]:
    match event:
        case FactsJoined():
            book, touched = deals.join(world.book, world.names, event.fact_id, event.others)
        case ReportRetracted():
            book, touched = deals.retract(world.book, world.names, event.report_id)
        case FactParted():
            book, touched = deals.part(world.book, world.names, event.fact_id, event.reports)
        case _:
            assert_never(event)
    return world._replace(book=book), {Thing.DEAL: touched}
