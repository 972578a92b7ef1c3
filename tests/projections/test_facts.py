"""Reports and facts: what several sources say of one thing is one fact."""

from typing import Any

import pytest

from events.base import Event
from projections.episodes.rows import IndicatorCurrentRow
from projections.facts.relief import borrower, facility
from projections.warning_signs import WARNING_SIGNS
from tests.given import event, given, loan, promise, repaid, standing, waiver, world_of
from tests.projections.reports import KINDS, KindOfFact, deal, payment, renegotiation, resale

EVERY = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: str(kind.name))


def current(*journal: Event) -> dict[tuple[str, str], IndicatorCurrentRow]:
    rows = standing(WARNING_SIGNS, given(WARNING_SIGNS, *journal), IndicatorCurrentRow)
    return {(str(indicator), str(subject)): row for (indicator, subject), row in rows.items()}


@EVERY
def test_what_several_sources_report_of_one_thing_is_one_fact_with_all_of_them_as_evidence(
    kind: KindOfFact,
) -> None:
    wire = kind.report("2026-03-01", source="newswire", certainty="reported")
    filing = kind.report("2026-03-03", source="8-K", certainty="filing")
    desk = kind.report("2026-03-04", source="desk", certainty="stated")
    (fact,) = kind.of(wire, filing, desk)
    assert fact.evidence == (filing.event_id, desk.event_id, wire.event_id)
    assert fact.surest.source == "8-K"
    assert (fact.known_at, fact.fact_id) == (wire.known_at, str(wire.event_id))


@EVERY
def test_two_filings_of_one_source_weeks_apart_stay_two_facts(kind: KindOfFact) -> None:
    filings = [kind.report(day, source="8-K", certainty="filing") for day in ("2026-03-01", "2026-03-22")]
    assert len(kind.of(*filings)) == 2
    wire = kind.report("2026-03-23", source="newswire", certainty="reported")
    first, second = kind.of(*filings, wire)
    assert (first.evidence, second.evidence) == (
        (filings[0].event_id,),
        (filings[1].event_id, wire.event_id),
    )


@EVERY
def test_two_sources_weeks_apart_report_two_facts(kind: KindOfFact) -> None:
    filing = kind.report("2026-03-01", source="8-K", certainty="filing")
    wire = kind.report("2026-03-22", source="newswire", certainty="reported")
    assert len(kind.of(filing, wire)) == 2


@EVERY
def test_a_report_repeated_changes_nothing(kind: KindOfFact) -> None:
    report = kind.report("2026-03-01", source="8-K", certainty="filing")
    assert world_of(report, report) == world_of(report)


@EVERY
def test_a_source_may_say_which_fact_it_means(kind: KindOfFact) -> None:
    first = kind.report("2026-03-01", source="8-K", fact_id="the one")
    again = kind.report("2026-05-01", source="8-K", fact_id="the one")
    (fact,) = kind.of(first, again)
    assert (fact.fact_id, fact.evidence) == ("the one", (again.event_id, first.event_id))
    other = kind.report("2026-03-02", source="newswire", fact_id="another one")
    assert [fact.fact_id for fact in kind.of(first, other)] == ["the one", "another one"]


@EVERY
def test_a_source_that_names_a_fact_may_join_what_others_left_unnamed(kind: KindOfFact) -> None:
    unnamed = kind.report("2026-03-01", source="newswire")
    named = kind.report("2026-03-02", source="8-K", fact_id="the one")
    later = kind.report("2026-05-02", source="10-Q", fact_id="the one")
    (fact,) = kind.of(unnamed, named, later)
    assert set(fact.evidence) == {unnamed.event_id, named.event_id, later.event_id}


@EVERY
def test_a_correction_replaces_what_it_corrects(kind: KindOfFact) -> None:
    filing = kind.report("2026-03-01", source="8-K", certainty="filing")
    wire = kind.report("2026-03-02", source="newswire", certainty="reported")
    correction = kind.report("2026-05-01", source="8-K", certainty="filing", corrects=str(filing.event_id))
    (fact,) = kind.of(filing, wire, correction)
    assert fact.evidence == (correction.event_id, wire.event_id)
    assert fact.known_at == wire.known_at


@EVERY
def test_an_amended_filing_amends_by_its_name(kind: KindOfFact) -> None:
    filing = kind.report("2026-03-01", source="8-K", certainty="filing")
    amendment = kind.report("2026-03-04", source="8-K/A", certainty="filing")
    again = kind.report("2026-03-06", source="8-K/A", certainty="filing")
    (fact,) = kind.of(filing, amendment, again)
    assert fact.evidence == (again.event_id, amendment.event_id, filing.event_id)


def test_one_waiver_that_four_sources_report_is_one_waiver() -> None:
    said: dict[str, Any] = {
        "occurred_at": "2026-11-02T21:00:00Z",
        "facility_id": "term-loan-a",
        "borrower": "Example Cloud",
        "lenders": ["Example Credit"],
    }
    reports = [
        waiver("2026-11-02", source=source, known_at=known_at, certainty=certainty, **said)
        for source, known_at, certainty in (
            ("8-K", "2026-11-02T21:00:00Z", "filing"),
            ("newswire", "2026-11-03T09:00:00Z", "reported"),
            ("desk", "2026-11-03T12:00:00Z", "stated"),
            ("8-K/A", "2026-11-04T12:00:00Z", "filing"),
        )
    ]
    rows = current(*reports)
    for subject in ("all", "borrower:Example Cloud", "lender:Example Credit"):
        row = rows["credit_waivers", subject]
        assert (row.value, row.level) == (1.0, "watch")
        assert set(row.evidence) == {report.event_id for report in reports}
    assert ("bubble_break", "all") not in rows
    assert "1 case of relief" in rows["credit_waivers", "all"].text


def test_a_fact_is_of_the_kind_that_its_surest_source_says() -> None:
    rumour = waiver("2026-03-01", "default", source="newswire", certainty="reported")
    filing = waiver("2026-03-02", "amendment", source="8-K", certainty="filing")
    for journal in ((rumour, filing), (filing, rumour)):
        assert current(*journal)["credit_waivers", "all"].value == 0.5


def test_waivers_on_two_facilities_are_two_facts_and_so_are_those_of_two_borrowers() -> None:
    first = waiver("2026-03-01", source="8-K", facility_id="ddtl-1")
    second = waiver("2026-03-01", source="newswire", facility_id="ddtl-2")
    other = waiver("2026-03-01", source="desk", facility_id="ddtl-1", borrower="Oracle")
    assert len(world_of(first, second, other).relief.of("all")) == 3


@pytest.mark.parametrize("unnamed", ["unknown", "not stated", "CoreWeave", "-"])
def test_a_report_that_does_not_name_the_facility_is_of_the_one_that_another_source_names(
    unnamed: str,
) -> None:
    filing = waiver("2026-03-01", source="8-K", certainty="filing", facility_id="ddtl-1")
    wire = waiver("2026-03-02", source="newswire", certainty="reported", facility_id=unnamed)
    for journal in ((filing, wire), (wire, filing)):
        (fact,) = world_of(*journal).relief.of("all")
        assert fact.value.facility_id == "ddtl-1"


@pytest.mark.parametrize("order", [(0, 1, 2), (1, 0, 2)], ids=["named first", "unnamed first"])
def test_two_facilities_stay_two_facts_though_a_surer_source_names_neither(order: tuple[int, ...]) -> None:
    journal = (
        waiver("2026-03-01", source="newswire", certainty="reported", facility_id="ddtl-1"),
        waiver("2026-03-02", source="8-K", certainty="filing", facility_id="unknown"),
        waiver("2026-03-03", source="desk", certainty="stated", facility_id="ddtl-2"),
    )
    world = world_of(*(journal[index] for index in order))
    assert len(world.relief.of(borrower("CoreWeave"))) == 2
    assert [len(world.relief.of(facility(name))) for name in ("ddtl-1", "ddtl-2")] == [1, 1]


def test_resales_and_renegotiations_of_other_parties_or_contracts_are_other_facts() -> None:
    sold = resale("2026-03-01", source="8-K")
    world = world_of(
        sold,
        resale("2026-03-02", source="newswire", seller="Microsoft"),
        resale("2026-03-02", source="desk", contract_id="another"),
        renegotiation("2026-03-01", source="8-K"),
        renegotiation("2026-03-01", source="newswire", customer="Meta", supplier="Oracle"),
        renegotiation("2026-03-01", source="desk", contract_id="another"),
    )
    assert len(world.resales.of("all")) == 3
    assert len(world.renegotiations.of("all")) == 3


def test_repayments_and_deliveries_of_other_amounts_add_up() -> None:
    lent, paid = loan("2026-01-01", billions=5), repaid("2026-03-01")
    world = world_of(lent, paid, repaid("2026-03-02", source="newswire"))
    known = world.loans.loan("f")
    assert known is not None
    assert known.balance_usd == 4 * 10**9
    more = world_of(lent, paid, repaid("2026-03-02", billions=2, source="newswire"))
    known = more.loans.loan("f")
    assert known is not None
    assert known.balance_usd == 2 * 10**9


def test_promises_of_nearly_the_same_day_are_one_and_do_not_count_as_slip() -> None:
    filing = promise("2026-03-01", "2026-09-01", source="8-K", certainty="filing")
    wire = promise("2026-03-02", "2026-09-15", source="newswire", certainty="reported")
    (phase,) = world_of(filing, wire).sites.by_id["Abilene"].phases
    assert (phase.slip_days, phase.evidence) == (0, (filing.event_id, wire.event_id))
    later = promise("2026-03-02", "2026-12-01", source="newswire", certainty="reported")
    (phase,) = world_of(filing, later).sites.by_id["Abilene"].phases
    assert phase.slip_days == 91


def test_a_deal_is_what_its_surest_report_says_and_its_evidence_is_all_of_them() -> None:
    rumour = deal("2026-03-01", 12, source="newswire", certainty="reported")
    filing = deal("2026-03-02", 10, source="8-K", certainty="filing")
    for journal in ((rumour, filing), (filing, rumour)):
        world = world_of(*journal)
        known = world.book.deals["d"]
        assert known.announced == filing
        assert set(known.reports) == {rumour.event_id, filing.event_id}
        assert world.money.firm.announced_cents == 10 * 10**11


def test_a_deal_under_two_ids_is_one_where_its_sources_name_the_fact() -> None:
    first = deal("2026-03-01", fact_id="the round", source="8-K", certainty="filing")
    second = deal("2026-04-02", deal_id="e", fact_id="the round", source="newswire", certainty="reported")
    for journal in ((first, second), (second, first)):
        world = world_of(*journal)
        assert world.money.firm.announced_cents == 10 * 10**11
        assert len(world.book.deals) == 1


def test_a_payment_that_two_sources_report_is_paid_once() -> None:
    journal = (deal("2026-01-01"), payment("2026-03-01", source="8-K"), payment("2026-03-02", source="wire"))
    assert world_of(*journal).book.deals["d"].funded["l"].cents == 5 * 10**11


def test_a_promise_that_was_withdrawn_strands_money_for_good_and_is_late_no_more() -> None:
    financed = loan("2026-01-01", billions=6, site_id="Abilene")
    promised = promise("2026-01-01", "2026-06-01")
    gone = event("PowerWithdrawn", "2026-03-01", site_id="Abilene", reason="withdrawn")
    rows = current(financed, promised, gone, event("ClockTicked", "2027-06-01"))
    assert rows["power_delay", "site:Abilene"].value == 0.0
    assert rows["stranded_financing", "site:Abilene"].value == 6e9


def test_a_promise_that_was_completed_is_neither_late_nor_strands_money() -> None:
    financed = loan("2026-01-01", billions=6, site_id="Abilene")
    promised = promise("2026-01-01", "2026-06-01")
    done = event("PowerCompleted", "2026-05-01", site_id="Abilene", completed_on="2026-05-01")
    rows = current(financed, promised, done, event("ClockTicked", "2027-06-01"))
    assert rows["power_delay", "site:Abilene"].value == 0.0
    assert rows["stranded_financing", "site:Abilene"].value == 0.0


def test_of_a_promise_that_was_withdrawn_in_part_the_rest_stays_promised() -> None:
    part_of_it = event("PowerWithdrawn", "2026-03-01", site_id="Abilene", mw=150)
    site = world_of(promise("2026-01-01", "2026-06-01"), part_of_it).sites.by_id["Abilene"]
    assert (site.mw, site.is_waiting) == (50, True)
    rest = event("PowerWithdrawn", "2026-04-01", site_id="Abilene", mw=50)
    site = world_of(promise("2026-01-01", "2026-06-01"), part_of_it, rest).sites.by_id["Abilene"]
    assert not site.is_waiting


def test_a_promise_made_anew_after_it_was_withdrawn_stands() -> None:
    gone = event("PowerWithdrawn", "2026-03-01", site_id="Abilene")
    anew = promise("2026-04-01", "2027-01-01")
    site = world_of(promise("2026-01-01", "2026-06-01"), gone, anew).sites.by_id["Abilene"]
    assert site.is_waiting
