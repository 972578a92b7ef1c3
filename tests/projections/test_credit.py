from decimal import Decimal

from projections.credit.fold import CREDIT, CreditEventRow, FacilityRow
from tests.given import event, given, noon, rows_of

LOAN = event(
    "LoanOriginated",
    "2025-10-06",
    facility_id="spv-1",
    borrower="CoreWeave",
    lenders=["Blackstone"],
    principal_usd=7.5e9,
    collateral={"kind": "gpus", "model": "H100", "quantity": 100_000},
)
WAIVER = event(
    "CreditWaiverReported",
    "2026-01-02",
    facility_id="spv-1",
    borrower="CoreWeave",
    kind="waiver",
    source_url="https://example.com/8-k",
)


def test_a_loan_stands_with_its_collateral() -> None:
    (facility,) = rows_of(given(CREDIT, LOAN), FacilityRow)
    assert (facility.borrower, facility.lenders, facility.principal_usd) == (
        "CoreWeave",
        ["Blackstone"],
        Decimal("7500000000.00"),
    )
    assert (facility.collateral_kind, facility.collateral, facility.collateral_quantity) == (
        "gpus",
        "H100",
        100_000,
    )


def test_a_waiver_is_history_with_its_severity_and_the_lenders_of_its_facility() -> None:
    history = rows_of(given(CREDIT, LOAN, WAIVER), CreditEventRow)
    assert [(row.kind, row.severity, row.lenders, row.known_at) for row in history] == [
        ("originated", 0.0, ["Blackstone"], noon("2025-10-06")),
        ("waiver", 1.0, ["Blackstone"], noon("2026-01-02")),
    ]
    assert history[1].source_url == "https://example.com/8-k"


def test_a_default_weighs_more_than_an_amendment() -> None:
    step = given(
        CREDIT,
        *(
            event("CreditWaiverReported", facility_id="f", borrower="b", kind=kind)
            for kind in ("amendment", "waiver", "pik_toggle", "forbearance", "default")
        ),
    )
    severities = [row.severity for row in rows_of(step, CreditEventRow)]
    assert severities == sorted(severities)
    assert len(set(severities)) == 5


def test_a_repayment_that_comes_before_its_loan_is_kept() -> None:
    repaid = event("LoanRepaid", "2025-10-07", facility_id="spv-1", amount_usd=5e8)
    last = rows_of(given(CREDIT, repaid, LOAN), FacilityRow)[-1]
    assert (last.principal_usd, last.repaid_usd) == (Decimal("7500000000.00"), Decimal("500000000.00"))


def test_names_of_one_company_are_one_borrower_and_one_lender() -> None:
    loan = event(
        "LoanOriginated",
        facility_id="f",
        borrower="CoreWeave, Inc.",
        lenders=["Blackstone Inc.", "Blackstone Credit & Insurance", "A Fund Nobody Knows, LLC"],
        principal_usd=5,
    )
    waiver = event(
        "CreditWaiverReported",
        "2026-01-02",
        facility_id="f",
        borrower="COREWEAVE",
        lenders=["JPMorgan Chase & Co."],
        kind="waiver",
    )
    first = event("CreditWaiverReported", facility_id="g", borrower="Meta Platforms", kind="waiver")
    step = given(CREDIT, loan, waiver, first)
    known = ["Blackstone", "A Fund Nobody Knows, LLC"]
    assert [(row.borrower, row.lenders) for row in rows_of(step, CreditEventRow)] == [
        ("CoreWeave", known),
        ("CoreWeave", ["JPMorgan"]),
        ("Meta", []),
    ]
    assert [(row.borrower, row.lenders) for row in rows_of(step, FacilityRow)] == [
        ("CoreWeave", known),
        ("CoreWeave", known),
        ("Meta", []),
    ]


def test_what_comes_late_is_stamped_with_the_clock_of_the_fold() -> None:
    late = event("LoanRepaid", "2025-11-01", facility_id="spv-1", amount_usd=5e8)
    history = rows_of(given(CREDIT, LOAN, WAIVER, late), CreditEventRow)
    assert history[-1].known_at == noon("2026-01-02")
