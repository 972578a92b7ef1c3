import pytest

from events.base import Event
from projections.base import Step
from projections.episodes.rows import IndicatorCurrentRow, IndicatorRow, SignalRow
from projections.warning_signs import WARNING_SIGNS
from projections.warning_signs.fold import WarningSigns
from tests.given import event, given, noon, rows_of, standing


def bar(day: str, high: float, close: float, symbol: str = "ARM") -> Event:
    return event(
        "EquityBarClosed",
        day,
        symbol=symbol,
        interval_seconds=86_400,
        bucket=f"{day}T00:00:00Z",
        open_usd=close,
        high_usd=high,
        low_usd=close,
        close_usd=close,
        first_at=f"{day}T00:00:00Z",
        last_at=f"{day}T12:00:00Z",
    )


def loan(known_on: str, facility_id: str = "margin", symbol: str = "ARM", **shares: object) -> Event:
    return event(
        "LoanOriginated",
        known_on,
        facility_id=facility_id,
        borrower="SoftBank",
        principal_usd=6.5e9,
        collateral={"kind": "shares", "symbol": symbol, **shares},
        source="S1",
        source_url="https://www.youtube.com/watch?v=2reLd9KTyt8",
    )


def repaid(known_on: str, amount_usd: float, facility_id: str = "margin") -> Event:
    return event("LoanRepaid", known_on, facility_id=facility_id, amount_usd=amount_usd)


HIGH = bar("2025-10-29", 182.3, 170)
DECEMBER = bar("2025-12-15", 146, 145)
FEBRUARY = bar("2026-02-27", 128, 127)


def now(step: Step[WarningSigns]) -> dict[str, tuple[float, str]]:
    rows = standing(WARNING_SIGNS, step, IndicatorCurrentRow).values()
    return {row.subject: (round(row.value, 3), row.level) for row in rows}


def text(step: Step[WarningSigns], symbol: str = "ARM") -> str:
    return standing(WARNING_SIGNS, step, IndicatorCurrentRow)["pledged_equity_drawdown", symbol].text


def test_arm_stands_at_warning_30_percent_below_its_52_week_high() -> None:
    step = given(WARNING_SIGNS, HIGH, DECEMBER, loan("2025-12-30"), FEBRUARY)
    assert now(step) == {"ARM": (0.303, "warning")}
    assert [(row.step, row.level, row.known_at) for row in rows_of(step, SignalRow)] == [
        # The price of December is a quote, which stands beside no other price.
        ("opened", "warning", noon("2026-02-27")),
    ]
    assert text(step) == (
        "ARM is 30.3 % below its 52-week high of $182.30 (now $127.00);"
        " it secures a loan of $6.5B to SoftBank"
    )


def test_shares_that_secure_nothing_are_no_subject() -> None:
    step = given(
        WARNING_SIGNS,
        loan("2025-10-01"),
        bar("2025-10-29", 300, 300, "NVDA"),
        bar("2025-12-15", 1, 1, "NVDA"),
    )
    assert now(step) == {"ARM": (0.0, "calm")}
    assert text(step).startswith("no price of ARM is known yet; it secures a loan")


@pytest.mark.parametrize("order", [(0, 1, 2, 3), (3, 0, 1, 2), (0, 3, 2, 1), (2, 1, 0, 3)])
def test_prices_and_loans_may_come_in_any_order(order: tuple[int, ...]) -> None:
    journal = (HIGH, DECEMBER, FEBRUARY, loan("2025-12-30"))
    assert now(given(WARNING_SIGNS, *(journal[place] for place in order))) == {"ARM": (0.303, "warning")}


def test_the_loan_to_value_is_told_where_the_number_of_shares_is_known() -> None:
    step = given(WARNING_SIGNS, HIGH, FEBRUARY, loan("2026-02-27", quantity=100_000_000))
    assert "a loan of $6.5B to SoftBank (loan-to-value 51.2 %)" in text(step)
    less = given(
        WARNING_SIGNS, HIGH, FEBRUARY, loan("2026-02-27", quantity=100_000_000), repaid("2026-03-01", 2.5e9)
    )
    assert "a loan of $4B to SoftBank (loan-to-value 31.5 %)" in text(less)


def test_next_to_no_shares_break_nothing() -> None:
    assert "loan-to-value" not in text(
        given(WARNING_SIGNS, bar("2026-01-01", 1e-9, 1e-9), loan("2026-01-02", quantity=1e-320))
    )


def test_a_loan_that_is_repaid_clears_the_signal_and_keeps_the_row() -> None:
    journal = (HIGH, loan("2025-12-30"), FEBRUARY, repaid("2026-03-01", 6.5e9))
    step = given(WARNING_SIGNS, *journal)
    assert now(step) == {"ARM": (0.0, "calm")}
    cleared = rows_of(step, SignalRow)[-1]
    assert (cleared.step, cleared.message.split(":")[0]) == ("cleared", "Pledged shares falling (calm again)")
    assert set(cleared.evidence) == {one.event_id for one in journal[:3]}


def test_a_repayment_may_come_before_its_loan() -> None:
    assert now(given(WARNING_SIGNS, HIGH, FEBRUARY, repaid("2026-03-01", 6.5e9), loan("2025-12-30"))) == {
        "ARM": (0.0, "calm")
    }


def test_new_terms_may_pledge_other_shares() -> None:
    step = given(
        WARNING_SIGNS,
        *(HIGH, FEBRUARY, bar("2026-01-01", 200, 200, "NVDA"), bar("2026-02-27", 160, 160, "NVDA")),
        *(loan("2025-12-30"), loan("2026-02-28", symbol="NVDA")),
    )
    assert now(step) == {"ARM": (0.0, "calm"), "NVDA": (0.2, "watch")}


def test_many_loans_are_told_briefly() -> None:
    loans = [loan(f"2026-01-{day:02}", f"margin-{day}") for day in range(1, 6)]
    assert text(given(WARNING_SIGNS, *loans)).endswith(
        "it secures " + 3 * "a loan of $6.5B to SoftBank and " + "2 older loans"
    )


def test_a_share_that_turns_around_is_told_once() -> None:
    closes = (140, 127, 130, 127.5, 131, 127)
    bars = (bar(f"2026-02-{day:02}", close, close) for day, close in enumerate(closes, start=1))
    step = given(WARNING_SIGNS, HIGH, loan("2025-12-30"), *bars)
    assert [row.step for row in rows_of(step, SignalRow)] == ["opened", "escalated"]
    assert len(rows_of(step, IndicatorRow)) == 1 + len(closes)
