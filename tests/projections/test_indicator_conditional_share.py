from typing import Any

from events.base import Event
from projections.base import Step
from projections.episodes.rows import IndicatorCurrentRow
from projections.warning_signs import WARNING_SIGNS
from projections.warning_signs.fold import WarningSigns
from tests.given import event, given, standing


def leg(amount_usd: float | None = None, name: str = "equity", **fields: Any) -> dict[str, Any]:
    stated = {} if amount_usd is None else {"amount_usd": amount_usd}
    return {"leg": name, "kind": "equity", "payer": "Amazon", "payee": "OpenAI", **stated, **fields}


def announced(*legs: dict[str, Any], **fields: Any) -> Event:
    return event(
        "DealAnnounced",
        "2026-02-27",
        deal_id="round",
        title="Amazon in OpenAI's round",
        legs=list(legs),
        **fields,
    )


TRANCHE = leg(35e9, "tranche", condition="AGI or an IPO")
AMAZON = announced(leg(15e9), TRANCHE, leg(100e9, "cloud", kind="purchase", payer="OpenAI", payee="AWS"))


def row(step: Step[WarningSigns]) -> IndicatorCurrentRow:
    return standing(WARNING_SIGNS, step, IndicatorCurrentRow)["conditional_share", "round"]


def share(*journal: Event) -> tuple[float, str]:
    found = row(given(WARNING_SIGNS, *journal))
    return found.value, found.level


def test_amazon_s_35_of_50_billion_stand_at_warning() -> None:
    assert share(AMAZON) == (0.7, "warning")
    found = row(given(WARNING_SIGNS, AMAZON))
    assert found.text == (
        '70.0 % of the financing in "Amazon in OpenAI\'s round" is conditional: $35B of $50B (AGI or an IPO)'
    )
    assert found.evidence == [AMAZON.event_id]


def test_money_that_was_paid_waits_for_nothing() -> None:
    paid = event("LegFunded", "2026-03-01", deal_id="round", leg="tranche", amount_usd=25e9)
    assert share(AMAZON, paid) == (0.2, "calm")


def test_more_money_than_was_promised_is_all_unconditional() -> None:
    paid = event("LegFunded", "2026-03-01", deal_id="round", leg="tranche", amount_usd=40e9)
    assert share(AMAZON, paid) == (0.0, "calm")


def test_a_deal_without_conditions_stands_calm() -> None:
    assert share(announced(leg(15e9))) == (0.0, "calm")


def test_a_deal_that_is_conditional_as_a_whole_is_critical() -> None:
    assert share(announced(TRANCHE)) == (1.0, "critical")


def test_purchases_and_legs_without_an_amount_do_not_count() -> None:
    purchase = leg(35e9, "cloud", kind="purchase", condition="demand")
    unstated = leg(None, "more", condition="an IPO")
    assert share(announced(leg(15e9), purchase, unstated)) == (0.0, "calm")


def test_a_condition_that_is_dropped_eases_the_share() -> None:
    revised = event("DealRevised", "2026-03-01", deal_id="round", legs=[leg(35e9, "tranche")])
    assert share(AMAZON, revised) == (0.0, "calm")


def test_a_deal_that_ends_or_binds_nobody_stands_calm() -> None:
    assert share(AMAZON, event("DealTerminated", "2026-03-01", deal_id="round")) == (0.0, "calm")
    assert share(announced(TRANCHE, stage="letter_of_intent")) == (0.0, "calm")


def test_an_amendment_may_come_before_its_deal() -> None:
    paid = event("LegFunded", "2026-02-01", deal_id="round", leg="tranche", amount_usd=25e9)
    assert share(paid, AMAZON) == (0.2, "calm")


def test_long_conditions_are_cut_short() -> None:
    found = row(given(WARNING_SIGNS, announced(leg(35e9, condition="and then " * 400))))
    assert len(found.text) < 400


CEILING = announced(leg(100e9, up_to=True))


def test_of_a_ceiling_all_is_conditional_until_some_is_paid() -> None:
    assert share(CEILING) == (1.0, "critical")
    assert row(given(WARNING_SIGNS, CEILING)).text == (
        '100.0 % of the financing in "Amazon in OpenAI\'s round" is conditional: $100B of $100B (up to $100B)'
    )
    paid = event("LegFunded", "2026-03-01", deal_id="round", leg="equity", amount_usd=40e9)
    found = row(given(WARNING_SIGNS, CEILING, paid))
    assert (found.value, found.level) == (0.6, "warning")
    assert found.text.endswith("$60B of $100B (up to $100B, $40B of it firm or paid)")
    assert found.evidence == [paid.event_id, CEILING.event_id]


def test_of_a_ceiling_with_a_low_end_the_rest_is_conditional() -> None:
    ceiling = announced(leg(100e9, up_to=True, amount_low_usd=30e9))
    assert share(ceiling) == (0.7, "warning")
    # What is paid first is taken to be of what was stated.
    paid = event("LegFunded", "2026-03-01", deal_id="round", leg="equity", amount_usd=20e9)
    assert share(ceiling, paid) == (0.7, "warning")


def test_a_ceiling_that_waits_for_a_condition_is_conditional_as_a_whole() -> None:
    waits = leg(100e9, up_to=True, amount_low_usd=30e9, condition="an IPO")
    assert share(announced(waits)) == (1.0, "critical")


def test_a_range_that_is_no_ceiling_is_not_conditional() -> None:
    assert share(announced(leg(100e9, amount_low_usd=30e9))) == (0.0, "calm")


def test_several_conditions_and_ceilings_are_told_once_each() -> None:
    journal = announced(leg(50e9), leg(30e9, "more", up_to=True), leg(20e9, "last", condition="an IPO"))
    assert row(given(WARNING_SIGNS, journal)).text.endswith("$50B of $100B (up to $30B; an IPO)")
