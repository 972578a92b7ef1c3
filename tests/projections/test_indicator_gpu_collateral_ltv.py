import pytest

from events.base import Event
from events.ledger import ledger
from projections.base import Step
from projections.episodes.rows import IndicatorCurrentRow, IndicatorRow, SignalRow
from projections.warning_signs import WARNING_SIGNS
from projections.warning_signs.fold import WarningSigns
from tests.given import (
    event,
    given,
    gpu_bar,
    rows_of,
    standing,
)


def loan(known_on: str = "2026-01-01", facility_id: str = "ddtl", **fields: object) -> Event:
    collateral = {"kind": "gpus", "model": "H100", "quantity": 300_000}
    return event(
        "LoanOriginated",
        known_on,
        facility_id=facility_id,
        borrower="CoreWeave, Inc.",
        **{"principal_usd": 7.5e9, "collateral": collateral, **fields},
    )


def repaid(known_on: str, amount_usd: float) -> Event:
    return event("LoanRepaid", known_on, facility_id="ddtl", amount_usd=amount_usd)


def rows(step: Step[WarningSigns]) -> dict[str, IndicatorCurrentRow]:
    found = standing(WARNING_SIGNS, step, IndicatorCurrentRow).items()
    return {subject: row for (indicator, subject), row in found if indicator == "gpu_collateral_ltv"}


def ltv(*journal: Event) -> tuple[float, str]:
    row = rows(given(WARNING_SIGNS, *journal))["ddtl"]
    return row.value, row.level


def test_a_price_that_falls_drives_the_loan_to_value_up() -> None:
    journal = (
        gpu_bar("2026-01-01", 30_000),
        loan(),
        gpu_bar("2026-02-01", 26_000),
        gpu_bar("2026-03-01", 23_000),
    )
    step = given(WARNING_SIGNS, *journal)
    values = [row.value for row in rows_of(step, IndicatorRow) if row.indicator == "gpu_collateral_ltv"]
    assert values == [round(7.5e9 / (300_000 * price), 6) for price in (30_000, 26_000, 23_000)]
    told = [
        (row.step, row.level) for row in rows_of(step, SignalRow) if row.indicator == "gpu_collateral_ltv"
    ]
    assert told == [("opened", "watch"), ("escalated", "warning"), ("escalated", "critical")]


@pytest.mark.parametrize(
    ("price", "value", "level"),
    [(50_000, 0.5, "calm"), (31_250, 0.8, "watch"), (25_000, 1.0, "warning"), (20_000, 1.25, "critical")],
)
def test_loan_and_price_may_come_in_any_order(price: float, value: float, level: str) -> None:
    assert ltv(loan(), gpu_bar("2026-01-02", price)) == (value, level)
    assert ltv(gpu_bar("2026-01-02", price), loan()) == (value, level)


def test_the_words_tell_both_sides_and_the_evidence_is_both() -> None:
    journal = (loan(), gpu_bar("2026-01-02", 25_000))
    row = rows(given(WARNING_SIGNS, *journal))["ddtl"]
    assert row.text == (
        "the loan of $7.5B to CoreWeave (ddtl) stands at 100.0 % of its collateral: 300,000 H100 at"
        " $25,000.00 are worth $7.5B"
    )
    assert row.evidence == [journal[1].event_id, journal[0].event_id]


def test_only_resale_prices_of_the_same_model_count_and_a_late_one_is_not_the_newest() -> None:
    others = (
        gpu_bar("2026-01-03", 1, basis="list"),
        gpu_bar("2026-01-03", 2, basis="rental_hour"),
        gpu_bar("2026-01-03", 3, model="A100"),
        gpu_bar("2026-01-01", 4),
    )
    assert ltv(loan(), gpu_bar("2026-01-02", 25_000), *others) == (1.0, "warning")


def test_what_is_paid_back_or_not_drawn_is_not_owed() -> None:
    price = gpu_bar("2026-01-02", 25_000)
    assert ltv(loan(), price, repaid("2026-01-03", 1.5e9)) == (0.8, "watch")
    assert ltv(loan(undrawn_usd=1.5e9), price) == (0.8, "watch")
    assert ltv(loan(undrawn_usd=1.5e9), price, repaid("2026-01-03", 3e9)) == (0.4, "calm")


def test_more_undrawn_money_than_the_loan_stands_beside_it() -> None:
    assert ltv(loan(undrawn_usd=11.5e9), gpu_bar("2026-01-02", 25_000)) == (1.0, "warning")


def test_a_loan_that_is_paid_back_clears_the_signal_and_is_measured_no_more() -> None:
    journal = (loan(), gpu_bar("2026-01-02", 25_000), repaid("2026-01-03", 7.5e9), gpu_bar("2026-01-04", 1))
    step = given(WARNING_SIGNS, *journal)
    assert rows(step)["ddtl"].text == "the loan ddtl is paid back"
    assert [row.step for row in rows_of(step, SignalRow) if row.subject == "ddtl"] == ["opened", "cleared"]
    assert ltv(repaid("2026-01-01", 7.5e9), loan(), gpu_bar("2026-01-02", 25_000)) == (0.0, "calm")


def test_a_loan_that_takes_other_collateral_is_calm() -> None:
    shares = loan("2026-01-03", collateral={"kind": "shares", "symbol": "CRWV"})
    assert ltv(loan(), gpu_bar("2026-01-02", 25_000), shares) == (0.0, "calm")


@pytest.mark.parametrize(
    ("journal", "lacks"),
    [
        ((loan(),), "without a resale price of H100"),
        (
            (loan(collateral={"kind": "gpus", "model": "H100"}), gpu_bar("2026-01-02", 25_000)),
            "without the number of H100 that secure it",
        ),
        (
            (loan(collateral={"kind": "gpus", "model": "H100", "quantity": 0}),),
            "without the number of H100 that secure it and a resale price of H100",
        ),
        (
            (
                loan(collateral={"kind": "gpus", "model": "H100", "quantity": 1e-320}),
                gpu_bar("2026-01-02", 1),
            ),
            "as its collateral is worth nothing",
        ),
    ],
)
def test_what_cannot_be_measured_is_calm_and_says_what_is_missing(
    journal: tuple[Event, ...], lacks: str
) -> None:
    row = rows(given(WARNING_SIGNS, *journal))["ddtl"]
    assert (row.value, row.level) == (0.0, "calm")
    assert row.text == f"the loan-to-value of the loan of $7.5B to CoreWeave (ddtl) cannot be told {lacks}"


def test_loans_on_nothing_and_on_shares_are_no_subject() -> None:
    journal = (
        loan(facility_id="none", collateral=None),
        loan(facility_id="shares", collateral={"kind": "shares", "symbol": "ARM"}),
    )
    assert rows(given(WARNING_SIGNS, *journal)) == {}


def test_the_ledger_s_loan_on_gpus_says_neither_how_many_nor_which() -> None:
    found = rows(given(WARNING_SIGNS, *ledger()))
    assert {subject: (row.value, row.level) for subject, row in found.items()} == {
        "blackstone-coreweave-spv": (0.0, "calm")
    }
    assert found["blackstone-coreweave-spv"].text == (
        "the loan-to-value of the loan of $7.5B to CoreWeave SPV (blackstone-coreweave-spv) cannot be told"
        " without the number of GPU that secure it and a resale price of GPU"
    )
