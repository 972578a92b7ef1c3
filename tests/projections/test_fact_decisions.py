"""What the desk decides about facts: joined, parted, retracted; and what things are called."""

from typing import Any

import pytest

from events.base import Event
from projections.episodes.rows import IndicatorCurrentRow
from projections.facts.relief import borrower
from projections.warning_signs import WARNING_SIGNS
from tests.given import delivery, event, given, gpu_bar, loan, promise, repaid, standing, waiver, world_of
from tests.projections.reports import KINDS, KindOfFact, deal, payment

EVERY = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: str(kind.name))


def joined(stays: Event, *others: Event) -> Event:
    ids = [str(other.event_id) for other in others]
    return event("FactsJoined", "2026-06-01", fact_id=str(stays.event_id), others=ids, by="Ada")


def parted(fact: Event, *reports: Event) -> Event:
    ids = [str(report.event_id) for report in reports]
    return event("FactParted", "2026-06-02", fact_id=str(fact.event_id), reports=ids, by="Ada")


def retracted(report: Event) -> Event:
    return event("ReportRetracted", "2026-06-03", report_id=str(report.event_id), by="Ada")


def evidence(kind: KindOfFact, *journal: Event) -> list[set[Any]]:
    return [set(fact.evidence) for fact in kind.of(*journal)]


def three(kind: KindOfFact) -> tuple[Event, Event, Event]:
    """Report two things: the first by two sources, the second by one of them weeks later."""
    return (
        kind.report("2026-03-01", source="8-K", certainty="filing"),
        kind.report("2026-03-02", source="newswire", certainty="reported"),
        kind.report("2026-03-28", source="8-K", certainty="filing"),
    )


@EVERY
def test_facts_that_the_desk_joins_are_one_and_take_what_is_reported_later(kind: KindOfFact) -> None:
    first, wire, second = three(kind)
    journal = (first, wire, second)
    assert len(kind.of(*journal)) == 2
    (fact,) = kind.of(*journal, joined(first, second))
    assert fact.fact_id == str(first.event_id)
    assert set(fact.evidence) == {report.event_id for report in journal}
    later = kind.report("2026-03-29", source="desk")
    assert evidence(kind, *journal, joined(first, second), later) == [
        {first.event_id, wire.event_id, second.event_id, later.event_id}
    ]
    by_id = kind.report("2026-07-29", source="8-K", fact_id=str(second.event_id))
    (fact,) = kind.of(*journal, joined(first, second), by_id)
    assert by_id.event_id in fact.evidence


@EVERY
def test_facts_joined_one_after_the_other_are_one_whatever_they_are_called(kind: KindOfFact) -> None:
    days = ("2026-01-01", "2026-02-01", "2026-03-01")
    first, second, third = (kind.report(day, source="8-K", certainty="filing") for day in days)
    journal = (first, second, third, joined(second, third), joined(first, second))
    (fact,) = kind.of(*journal)
    named = kind.report("2026-04-01", source="8-K", fact_id=str(third.event_id))
    (fact,) = kind.of(*journal, named)
    assert named.event_id in fact.evidence


@EVERY
def test_a_report_that_the_desk_parts_is_a_fact_of_its_own_and_takes_later_reports(kind: KindOfFact) -> None:
    first, wire, _ = three(kind)
    assert evidence(kind, first, wire) == [{first.event_id, wire.event_id}]
    assert evidence(kind, first, wire, parted(first, wire)) == [{first.event_id}, {wire.event_id}]
    later = kind.report("2026-03-03", source="desk")
    assert evidence(kind, first, wire, parted(first, wire), later) == [
        {first.event_id},
        {wire.event_id, later.event_id},
    ]


@EVERY
def test_a_report_that_named_the_fact_can_be_parted_too(kind: KindOfFact) -> None:
    first, wire, _ = three(kind)
    facts = kind.of(first, wire, parted(first, first))
    assert sorted(map(str, (fact.evidence[0] for fact in facts))) == sorted(
        map(str, (first.event_id, wire.event_id))
    )
    assert len({fact.fact_id for fact in facts}) == 2


@EVERY
def test_what_was_joined_can_be_parted_and_joined_again(kind: KindOfFact) -> None:
    first, _, second = three(kind)
    journal = [first, second, joined(first, second), parted(first, second)]
    assert evidence(kind, *journal) == [{first.event_id}, {second.event_id}]
    again = event(
        "FactsJoined", "2026-06-04", fact_id=str(first.event_id), others=[str(second.event_id)], by="Bob"
    )
    assert evidence(kind, *journal, again) == [{first.event_id, second.event_id}]


@EVERY
def test_a_report_that_is_retracted_counts_no_longer(kind: KindOfFact) -> None:
    first, wire, second = three(kind)
    assert evidence(kind, first, wire, second, retracted(first)) == [{wire.event_id}, {second.event_id}]
    assert evidence(kind, first, retracted(first)) == []


@EVERY
def test_decisions_on_what_nobody_reported_change_nothing(kind: KindOfFact) -> None:
    first, wire, _ = three(kind)
    before = kind.of(first, wire)
    unknown = kind.report("2026-04-01", source="elsewhere")
    for decision in (
        joined(first, unknown),
        joined(unknown, first),
        parted(unknown, wire),
        retracted(unknown),
    ):
        assert kind.of(first, wire, decision) == before


def test_deals_that_the_desk_joins_count_once_with_what_was_paid_on_either() -> None:
    first, second = deal("2026-01-01"), deal("2026-01-02", deal_id="e", source="newswire")
    paid = payment("2026-02-01", deal_id="e")
    together = event("FactsJoined", "2026-06-01", fact_id="d", others=["e"], by="Ada")
    world = world_of(first, second, paid, together)
    assert world.money.firm.announced_cents == 10 * 10**11
    assert world.book.deals["d"].funded["l"].cents == 5 * 10**11
    assert world.book.deals["e"].status == "joined"
    later = payment("2026-07-01", deal_id="e", amount_usd=1e9)
    assert world_of(first, second, paid, together, later).book.deals["d"].funded["l"].cents == 6 * 10**11


def test_deals_that_the_desk_parts_count_twice_again_each_with_what_was_paid_on_it() -> None:
    first, second = deal("2026-01-01"), deal("2026-01-02", deal_id="e", source="newswire")
    paid = payment("2026-02-01", deal_id="e")
    together = event("FactsJoined", "2026-06-01", fact_id="d", others=["e"], by="Ada")
    apart = event("FactParted", "2026-06-02", fact_id="d", reports=[str(second.event_id)], by="Ada")
    world = world_of(first, second, paid, together, apart)
    assert world.money.firm.announced_cents == 20 * 10**11
    assert world.book.deals["e"].status == "announced"
    assert "l" not in world.book.deals["d"].funded
    assert world.book.deals["e"].funded["l"].cents == 5 * 10**11


def test_a_deal_whose_announcement_is_retracted_counts_nothing() -> None:
    first = deal("2026-01-01")
    world = world_of(first, retracted(first))
    assert world.money.firm.announced_cents == 0
    assert world.book.deals["d"].status == "terminated"


def test_what_was_retracted_or_corrected_counts_nothing_however_late_it_comes() -> None:
    first = deal("2026-01-01")
    assert "d" not in world_of(retracted(first), first).book.deals
    better = deal("2026-01-02", 7, corrects=str(first.event_id))
    for journal in ((first, better), (better, first)):
        assert world_of(*journal).money.firm.announced_cents == 7 * 10**11


def test_a_correction_may_say_that_it_was_another_deal() -> None:
    first = deal("2026-01-01", deal_id="misread")
    world = world_of(first, deal("2026-01-02", corrects=str(first.event_id)))
    assert world.book.deals["misread"].status == "terminated"
    assert world.money.firm.announced_cents == 10 * 10**11


def test_a_payment_that_is_retracted_was_not_paid() -> None:
    paid = payment("2026-02-01")
    world = world_of(deal("2026-01-01"), paid, retracted(paid))
    assert "l" not in world.book.deals["d"].funded


def test_a_fact_that_is_parted_counts_twice_and_one_that_is_joined_once() -> None:
    first, wire = waiver("2026-05-01", source="8-K"), waiver("2026-05-02", source="newswire")
    assert value("credit_waivers", "all", first, wire) == 1.0
    assert value("credit_waivers", "all", first, wire, parted(first, wire)) == 2.0
    apart = waiver("2026-05-25", source="8-K")
    assert value("credit_waivers", "all", first, apart) == 2.0
    assert value("credit_waivers", "all", first, apart, joined(first, apart)) == 1.0


def value(indicator: str, subject: str, *journal: Event) -> float:
    rows = standing(WARNING_SIGNS, given(WARNING_SIGNS, *journal), IndicatorCurrentRow)
    return rows[indicator, subject].value


def called(event_type: str, key: str, name: str, *aliases: str, known_on: str = "2026-01-01") -> Event:
    return event(event_type, known_on, **{key: name}, aliases=list(aliases), by="Ada")


BEFORE_AND_AFTER = pytest.mark.parametrize("named_on", ["2025-12-01", "2026-06-01"], ids=["before", "after"])


def in_order(*journal: Event) -> list[Event]:
    return sorted(journal, key=lambda written: written.known_at)


@BEFORE_AND_AFTER
def test_a_company_is_one_under_all_its_names(named_on: str) -> None:
    called_so = called("CompanyNamed", "company", "Nscale", "Nscale Global Holdings", known_on=named_on)
    first = waiver("2026-03-01", borrower="Nscale", source="8-K")
    second = waiver("2026-03-02", borrower="Nscale Global Holdings", source="newswire")
    (fact,) = world_of(*in_order(first, second, called_so)).relief.of(borrower("Nscale"))
    assert set(fact.evidence) == {first.event_id, second.event_id}


@BEFORE_AND_AFTER
def test_a_facility_is_one_under_all_its_names(named_on: str) -> None:
    called_so = called("FacilityNamed", "facility_id", "ddtl-2", "DDTL 2.0 Facility", known_on=named_on)
    lent = loan("2026-03-01", "ddtl-2", 3)
    paid = repaid("2026-03-02", "DDTL 2.0 Facility", 1)
    known = world_of(*in_order(lent, paid, called_so)).loans.loan("ddtl-2")
    assert known is not None
    assert known.balance_usd == 2 * 10**9


@BEFORE_AND_AFTER
def test_a_site_is_one_under_all_its_names(named_on: str) -> None:
    called_so = called("SiteNamed", "site_id", "Abilene", "Stargate I", known_on=named_on)
    promised, came = promise("2026-03-01", "2026-09-01"), delivery("2026-03-02", site_id="Stargate I")
    sites = world_of(*in_order(promised, came, called_so)).sites
    assert not sites.by_id["Abilene"].is_waiting
    assert sites.by_id["Abilene"].delivered_mw == 200


@BEFORE_AND_AFTER
def test_a_gpu_model_is_one_under_all_its_names(named_on: str) -> None:
    called_so = called("GpuModelNamed", "model", "H100", "H100 SXM5", known_on=named_on)
    bars = (gpu_bar("2026-03-01", 30_000), gpu_bar("2026-03-02", 20_000, model="H100 SXM5"))
    index = world_of(*in_order(*bars, called_so)).prices.gpus["H100 resale"]
    assert [day.price_usd for day in index.days] == [30_000, 20_000]


@BEFORE_AND_AFTER
def test_equity_of_one_borrower_under_two_spellings_is_stranded_once(named_on: str) -> None:
    called_so = called("CompanyNamed", "company", "Prairie SPV", "Prairie Holdings", known_on=named_on)
    beside = {"site_id": "Abilene", "equity_usd": 3e9}
    journal = in_order(
        loan("2026-01-01", "f", 1, borrower="Prairie SPV", **beside),
        loan("2026-01-02", "g", 2, borrower="Prairie Holdings", **beside),
        promise("2026-01-03", "2026-02-01"),
        called_so,
        event("ClockTicked", "2026-07-01"),
    )
    assert value("stranded_financing", "site:Abilene", *journal) == 6e9
    assert value("stranded_financing", "all", *journal) == 6e9


def test_money_between_two_names_of_one_company_goes_nowhere_once_they_are_known() -> None:
    called_so = called("CompanyNamed", "company", "Nvidia", "OpenAI", known_on="2026-06-01")
    assert world_of(deal("2026-01-01")).money.firm.announced_cents == 10 * 10**11
    assert world_of(deal("2026-01-01"), called_so).money.firm.announced_cents == 0
