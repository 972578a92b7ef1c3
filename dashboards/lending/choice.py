"""Which loans a viewer chose: by borrower and by lender."""

from dashboards.building.sql import chosen
from dashboards.building.variables import chosen_from

UID = "ouroboros-credit"
NOT_STATED = "not stated"

LENDERS_SQL = f"""SELECT DISTINCT coalesce(lender, '{NOT_STATED}')
FROM (SELECT lenders FROM read.facility UNION ALL SELECT lenders FROM read.credit_event) loan
LEFT JOIN LATERAL unnest(loan.lenders) AS lender ON true"""
BORROWERS_SQL = "SELECT DISTINCT borrower FROM read.facility"

LENDER = chosen_from("lender", "Lender", LENDERS_SQL)
BORROWER = chosen_from("borrower", "Borrower", BORROWERS_SQL)


def is_chosen(row: str) -> str:
    """Ask whether the viewer chose the borrower and a lender of a row; a loan may name no lender."""
    return (
        f"{row}.borrower = ANY({chosen('borrower')})"
        f" AND coalesce(nullif({row}.lenders, '{{}}'), ARRAY['{NOT_STATED}']) && {chosen('lender')}"
    )
