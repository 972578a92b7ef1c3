from typing import Any

import pytest

from events.base import Event
from events.ledger import ledger
from projections.base import Step
from projections.episodes.rows import IndicatorCurrentRow, SignalRow
from projections.warning_signs import WARNING_SIGNS
from projections.warning_signs.fold import WarningSigns
from tests.given import event, given, rows_of, standing


def loan(
    debt: float,
    equity: float | None = None,
    facility_id: str = "f",
    known_on: str = "2026-01-01",
    **fields: Any,
) -> Event:
    stated = {} if equity is None else {"equity_usd": equity * 1e9}
    common = {"borrower": "SPV", "off_balance_sheet": True, **stated, **fields}
    return event("LoanOriginated", known_on, facility_id=facility_id, principal_usd=debt * 1e9, **common)


def repaid(billions: float, facility_id: str = "f") -> Event:
    return event("LoanRepaid", "2026-02-01", facility_id=facility_id, amount_usd=billions * 1e9)


def rows(step: Step[WarningSigns]) -> dict[str, IndicatorCurrentRow]:
    found = standing(WARNING_SIGNS, step, IndicatorCurrentRow).items()
    return {subject: row for (indicator, subject), row in found if indicator == "offbalance_leverage"}


def leverage(*journal: Event) -> tuple[float, str]:
    row = rows(given(WARNING_SIGNS, *journal))["SPV"]
    return row.value, row.level


def test_hyperion_s_26_of_29_billion_stand_at_warning() -> None:
    step = given(WARNING_SIGNS, *ledger())
    found = rows(step)
    assert {subject: (row.value, row.level) for subject, row in found.items()} == {
        "Meta Hyperion SPV": (round(26 / 29, 6), "warning"),
        "CoreWeave SPV": (0.0, "calm"),
    }
    assert round(found["Meta Hyperion SPV"].value, 3) == 0.897
    assert found["Meta Hyperion SPV"].text == (
        "89.7 % of the $29B in Meta Hyperion SPV is debt: $26B beside $3B of equity;"
        " $26B of debt stand outside of balance sheets in all"
    )
    (signal,) = [row for row in rows_of(step, SignalRow) if row.indicator == "offbalance_leverage"]
    assert (signal.subject, signal.step, signal.level) == ("Meta Hyperion SPV", "opened", "warning")
    assert signal.evidence == found["Meta Hyperion SPV"].evidence


def test_a_vehicle_whose_equity_nobody_states_is_not_taken_for_one_of_pure_debt() -> None:
    assert rows(given(WARNING_SIGNS, *ledger()))["CoreWeave SPV"].text == (
        "how far CoreWeave SPV is leveraged cannot be told: it owes $7.5B, and no equity beside that is"
        " stated; $33.5B of debt stand outside of balance sheets in all"
    )


@pytest.mark.parametrize(
    ("debt", "equity", "level"),
    [(6.9, 3.1, "calm"), (7, 3, "watch"), (8.5, 1.5, "warning"), (9.5, 0.5, "critical")],
)
def test_the_share_of_debt_decides_the_level(debt: float, equity: float, level: str) -> None:
    assert leverage(loan(debt, equity)) == (round(debt / 10, 6), level)


def test_a_vehicle_s_loans_add_up_beside_the_equity_that_was_last_stated() -> None:
    first, second = loan(6, 4), loan(10, 4, "g", "2026-01-02")
    assert leverage(first, second) == leverage(second, first) == (0.8, "watch")
    assert leverage(first, loan(10, None, "g", "2026-01-02")) == (0.8, "watch")
    written_down = loan(10, 1, "g", "2026-01-02")
    assert leverage(first, written_down) == leverage(written_down, first) == (round(16 / 17, 6), "warning")


def test_loans_under_two_names_of_one_vehicle_add_up() -> None:
    step = given(
        WARNING_SIGNS,
        loan(6, 4, borrower="Meta Hyperion SPV"),
        loan(10, 4, "g", "2026-01-02", borrower="Beignet Investor LLC"),
    )
    assert {subject: row.value for subject, row in rows(step).items()} == {"Meta Hyperion SPV": 0.8}


def test_what_is_paid_back_is_no_debt() -> None:
    assert leverage(loan(26, 3), repaid(19)) == leverage(repaid(19), loan(26, 3)) == (0.7, "watch")
    step = given(WARNING_SIGNS, loan(26, 3), repaid(26))
    assert [row.step for row in rows_of(step, SignalRow)] == ["opened", "cleared"]
    assert rows(step)["SPV"].text == (
        "SPV owes nothing outside of balance sheets any more;"
        " $0 of debt stand outside of balance sheets in all"
    )


def test_a_loan_that_comes_onto_a_balance_sheet_is_taken_out() -> None:
    assert leverage(loan(26, 3), loan(26, 3, known_on="2026-01-02", off_balance_sheet=False)) == (0.0, "calm")


def test_a_loan_that_changes_hands_leaves_its_old_borrower() -> None:
    found = rows(given(WARNING_SIGNS, loan(26, 3), loan(26, 3, borrower="Other")))
    assert {subject: row.value for subject, row in found.items()} == {"SPV": 0.0, "Other": round(26 / 29, 6)}
    assert "; $26B of debt stand" in found["Other"].text


def test_debt_on_a_balance_sheet_is_no_subject() -> None:
    step = given(WARNING_SIGNS, loan(26, 3, off_balance_sheet=False), loan(1, 1, "g"), repaid(1))
    assert rows(step).keys() == {"SPV"}
    assert rows(step)["SPV"].text.endswith("; $1B of debt stand outside of balance sheets in all")
