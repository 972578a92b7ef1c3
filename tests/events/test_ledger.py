from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from importlib.resources import files
from pathlib import Path
from typing import TypeVar

import orjson
import pytest

from events.base import Certainty, Event
from events.codec import decode_document, encode
from events.errors import UnreadableEvent
from events.families.contracts import CapacityResold, CommitmentRevised
from events.families.credit import (
    CreditWaiverReported,
    GpuCollateral,
    LoanOriginated,
    ShareCollateral,
    WaiverKind,
)
from events.families.deals import DealAnnounced, Leg, LegFunded
from events.families.financials import ValuationMarked
from events.families.headlines import HeadlinePublished
from events.families.power import GenerationObserved, PowerDelivered, PowerScheduled
from events.families.prices import EquityPriced, GpuPriced
from events.ledger import _event, ledger

WHAT_IF = Path(__file__).resolve().parents[2] / "docs" / "examples" / "what_if.jsonl"

LEDGER = ledger()
# What the sources leave open is stated by others, each named.
OTHERS = {"gpu_prices.jsonl", "public.jsonl"}
SOURCES = {"S0", "S1", "S2", "S3", "S4", "CoreWeave 8-K"}
YEAR = timedelta(days=365)
BILLION = Decimal(10**9)
E = TypeVar("E", bound=Event)


def of(kind: type[E], events: Iterable[Event] = LEDGER) -> list[E]:
    return [event for event in events if isinstance(event, kind)]


def deal(deal_id: str) -> dict[str, Leg]:
    (announced,) = [event for event in of(DealAnnounced) if event.deal_id == deal_id]
    return {leg.leg: leg for leg in announced.legs}


def total(legs: Iterable[Leg]) -> Decimal:
    return sum((leg.amount_usd or Decimal(0) for leg in legs), Decimal(0))


# The files


def test_the_ledger_comes_in_the_order_in_which_one_could_know_it() -> None:
    times = [event.known_at for event in LEDGER]
    assert times == sorted(times)


def test_no_fact_is_there_twice() -> None:
    assert len({event.event_id for event in LEDGER}) == len(LEDGER)
    assert len({encode(event.model_copy(update={"event_id": None})) for event in LEDGER}) == len(LEDGER)


def test_each_file_holds_one_source_or_those_of_others_in_order_and_nothing_is_left_out() -> None:
    counted = 0
    for resource in files("events.ledger").iterdir():
        if not resource.name.endswith(".jsonl"):
            continue
        documents = [orjson.loads(line) for line in resource.read_text(encoding="utf-8").splitlines()]
        times = [document["known_at"] for document in documents]
        assert times == sorted(times), resource.name
        source = "CoreWeave 8-K" if resource.name == "filings.jsonl" else resource.name[:2].upper()
        stated_by = {document["source"] for document in documents}
        assert SOURCES.isdisjoint(stated_by) if resource.name in OTHERS else stated_by == {source}, (
            resource.name
        )
        prices = [document for document in documents if document["event_type"] == "GpuPriced"]
        assert prices == (documents if resource.name == "gpu_prices.jsonl" else [])
        counted += len(documents)
    assert counted == len(LEDGER)


def test_the_recorded_sources_are_linked_and_no_other_is() -> None:
    links = {(event.source, event.source_url) for event in LEDGER if event.source in SOURCES}
    assert links == {
        ("S0", None),
        ("S1", "https://www.youtube.com/watch?v=2reLd9KTyt8"),
        ("S2", "https://www.youtube.com/watch?v=xsqn2XJDcwM"),
        ("S3", None),
        ("S4", None),
        ("CoreWeave 8-K", None),
    }


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("{", "not JSON"),
        ('{"event_type": "Nonsense"}', "not known"),
        ('{"event_type": "ClockTicked"}', "known_at"),
    ],
)
def test_a_bad_line_is_named(line: str, why: str) -> None:
    with pytest.raises(UnreadableEvent, match=rf"(?s)^s9\.jsonl, line 7: .*{why}"):
        _event(line, "s9.jsonl, line 7")


# Facts by hand


def test_seventy_percent_of_amazon_s_money_for_openai_is_conditional() -> None:
    legs = deal("amazon-openai-2026")
    assert total(legs.values()) == 50 * BILLION
    conditional = [leg for leg in legs.values() if leg.condition]
    assert total(conditional) / total(legs.values()) == Decimal("0.7")
    assert [leg.leg for leg in conditional] == ["equity-conditional"]


def test_debt_is_26_of_the_29_billion_of_hyperion_s_vehicle() -> None:
    legs = deal("meta-hyperion-spv")
    assert (legs["debt"].amount_usd, legs["debt"].payer) == (26 * BILLION, "PIMCO")
    assert (legs["equity"].amount_usd, legs["equity"].payer) == (3 * BILLION, "Blue Owl")
    (loan,) = [loan for loan in of(LoanOriginated) if loan.borrower == "Meta Hyperion SPV"]
    assert loan.equity_usd is not None
    assert round(loan.principal_usd / (loan.principal_usd + loan.equity_usd), 3) == Decimal("0.897")
    assert (loan.off_balance_sheet, loan.site_id) == (True, "Meta Hyperion")


def test_arm_has_fallen_by_thirty_percent_from_the_high_of_its_year() -> None:
    prices = {event.occurred_at: event.price_usd for event in of(EquityPriced) if event.symbol == "ARM"}
    latest = max(prices)
    high = max(price for time, price in prices.items() if time > latest - timedelta(weeks=52))
    assert min(prices.values()) == 80
    assert (latest.date(), prices[latest], high) == (date(2026, 2, 27), 127, 182.3)
    assert round(1 - prices[latest] / high, 3) == 0.303


def test_prices_in_round_dollars_are_estimates_and_no_closes() -> None:
    rounded = {
        (event.symbol, event.occurred_at.date())
        for event in of(EquityPriced)
        if event.certainty is Certainty.ESTIMATED
    }
    podcast = {(event.symbol, event.occurred_at.date()) for event in of(EquityPriced) if event.source == "S2"}
    assert rounded == podcast | {("ARM", date(2025, 12, 15))}
    assert ("CAT", date(2025, 10, 6)) in podcast


def test_meta_plans_to_resell_and_has_sold_nothing_yet() -> None:
    (plan,) = of(CapacityResold)
    assert (plan.seller, plan.stage, plan.amount_usd) == ("Meta", "planned", None)
    assert plan.known_at.date() == date(2026, 7, 1)
    assert {event.known_at.date() for event in LEDGER if event.source == "S4"} == {date(2026, 7, 1)}


def test_what_softbank_may_still_draw_is_no_part_of_what_it_drew() -> None:
    loans = {loan.facility_id: loan for loan in of(LoanOriginated) if loan.borrower == "SoftBank"}
    assert [(loan.principal_usd, loan.undrawn_usd) for loan in loans.values()] == [
        (Decimal("6.5") * BILLION, None),
        (Decimal("11.5") * BILLION, Decimal("11.5") * BILLION),
    ]


def test_each_price_has_a_day_of_its_own() -> None:
    days = [(event.symbol, event.occurred_at.date()) for event in of(EquityPriced)]
    assert len(set(days)) == len(days)


def test_the_later_figure_for_gev_is_no_fact() -> None:
    assert [event.price_usd for event in of(EquityPriced) if event.symbol == "GEV"] == [330]


def test_a_letter_of_intent_is_no_deal_yet() -> None:
    intents = [event for event in of(DealAnnounced) if event.stage == "letter_of_intent"]
    assert [(intent.deal_id, intent.known_at.date(), total(intent.legs)) for intent in intents] == [
        ("nvidia-openai-letter-2025", date(2025, 9, 22), 100 * BILLION)
    ]


def test_only_what_was_paid_is_funded() -> None:
    assert [(paid.deal_id, paid.leg, paid.amount_usd) for paid in of(LegFunded)] == [
        ("softbank-openai-2025", "equity", Decimal("41.1") * BILLION),
        ("amazon-openai-2026", "equity-paid", 15 * BILLION),
    ]
    for paid in of(LegFunded):
        assert paid.amount_usd == deal(paid.deal_id)[paid.leg].amount_usd


def test_openai_owes_amazon_138_billion_and_nvidia_five_gigawatts_without_a_price() -> None:
    cloud = deal("openai-amazon-cloud")
    assert total(cloud.values()) == 138 * BILLION
    assert cloud["expansion"].capacity_mw == 2000
    assert cloud["expansion"].starts is not None
    assert cloud["expansion"].ends == cloud["expansion"].starts.replace(
        year=cloud["expansion"].starts.year + 8
    )
    compute = deal("openai-nvidia-compute")
    assert {name: (leg.capacity_mw, leg.amount_usd) for name, leg in compute.items()} == {
        "inference": (3000, None),
        "training": (2000, None),
    }


def test_that_microsoft_s_credits_come_home_is_our_own_inference() -> None:
    inferred = [event for event in of(DealAnnounced) if event.certainty is Certainty.ESTIMATED]
    assert [event.key for event in inferred] == ["openai-microsoft-azure"]
    (there, back) = (*deal("microsoft-openai-credits").values(), *deal("openai-microsoft-azure").values())
    assert (there.payer, there.payee, there.amount_usd) == (back.payee, back.payer, back.amount_usd)
    assert back.condition


def test_loans_stand_with_what_secures_them() -> None:
    secured = {loan.borrower: loan.collateral for loan in of(LoanOriginated) if loan.collateral}
    assert secured == {
        "SoftBank": ShareCollateral(symbol="ARM"),
        "CoreWeave SPV": GpuCollateral(model="GPU"),
    }


def test_the_cut_of_the_commitment_is_more_than_half() -> None:
    (revised,) = of(CommitmentRevised)
    assert round(1 - revised.after_usd / revised.before_usd, 3) == Decimal("0.571")


def test_openai_s_round_is_what_its_valuation_grew_by() -> None:
    marks = {mark.basis: mark.valuation_usd for mark in of(ValuationMarked) if mark.company == "OpenAI"}
    rounds = ("amazon-openai-2026", "nvidia-openai-2026", "softbank-openai-2026")
    assert marks["post_money"] - marks["pre_money"] == sum(
        total(deal(deal_id).values()) for deal_id in rounds
    )


def test_xai_runs_more_than_twice_what_it_may() -> None:
    (seen,) = of(GenerationObserved)
    assert (seen.permitted_units, seen.observed_units, seen.unit_mw) == (15, 35, 35)


def test_coreweave_has_half_of_the_power_that_it_plans() -> None:
    (active,) = of(PowerDelivered)
    (plan,) = [event for event in of(PowerScheduled) if event.site_id == active.site_id]
    assert (active.mw, plan.mw, plan.expected_on) == (850, 1700, date(2026, 12, 31))


def test_abilene_s_turbines_are_350_mw_and_no_site_of_stargate_has_a_date() -> None:
    stargate = [event for event in of(PowerScheduled) if event.operator == "Stargate"]
    assert {event.site_id: (event.mw, event.expected_on) for event in stargate} == {
        "Stargate Abilene": (600, None),
        "Stargate Abilene turbines": (350, None),
    }


def test_coreweave_s_lenders_gave_way_twice_by_its_filings_and_once_by_the_press() -> None:
    by_the_press, first, second = of(CreditWaiverReported)
    assert (by_the_press.kind, by_the_press.lenders) == (WaiverKind.WAIVER, ("Blackstone",))
    assert by_the_press.occurred_at.date() == date(2024, 12, 31)
    assert (first.kind, first.amount_usd) == (WaiverKind.AMENDMENT, 3 * BILLION)
    assert (second.kind, second.amount_usd) == (WaiverKind.WAIVER, None)
    assert [waiver.occurred_at.date() for waiver in (first, second)] == [
        date(2025, 9, 29),
        date(2025, 12, 31),
    ]
    assert {waiver.certainty for waiver in (first, second)} == {Certainty.FILING}


# The example of a scenario


def what_if() -> list[Event]:
    return [decode_document(orjson.loads(line)) for line in WHAT_IF.read_text(encoding="utf-8").splitlines()]


def test_the_scenario_is_valid_in_order_and_plainly_fictional() -> None:
    scenario = what_if()
    times = [event.known_at for event in scenario]
    assert times == sorted(times)
    assert times[0] >= datetime(2026, 7, 1, tzinfo=UTC)
    assert len({event.event_id for event in scenario}) == len(scenario)
    assert {(event.source, event.source_url) for event in scenario} == {("what-if", None)}
    assert {event.certainty for event in scenario} == {Certainty.ESTIMATED}
    texts = [event.title for event in of(HeadlinePublished, scenario)]
    texts += [event.detail or "" for event in of(CreditWaiverReported, scenario)]
    assert all(text.startswith("Fictional: ") for text in texts)


def test_the_scenario_has_what_it_promises() -> None:
    scenario = what_if()
    gpus = [event.price_usd for event in of(GpuPriced, scenario)]
    assert gpus == sorted(gpus, reverse=True)
    assert 1 - gpus[-1] / gpus[0] == pytest.approx(0.4)
    shares = [event.price_usd for event in of(EquityPriced, scenario)]
    assert shares[-1] == min(shares) == 95
    first, second = [event.expected_on for event in of(PowerScheduled, scenario)]
    assert first is not None
    assert second == first + timedelta(days=120)
    (loan,) = of(LoanOriginated, scenario)
    waivers = of(CreditWaiverReported, scenario)
    assert {waiver.facility_id for waiver in waivers} == {loan.facility_id}
    assert [waiver.kind.value for waiver in waivers] == ["waiver", "waiver", "forbearance"]
