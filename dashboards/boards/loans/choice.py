"""Which loans a viewer chose: by borrower and by lender."""

from dashboards.grafana.fields import Override, field, renamed, width
from dashboards.grafana.indicators import board_link
from dashboards.grafana.sql import chosen
from dashboards.grafana.variables import chosen_from

NOT_STATED = "not stated"

LENDERS_SQL = f"""SELECT DISTINCT coalesce(lender, '{NOT_STATED}')
FROM (SELECT lenders FROM read.facility UNION ALL SELECT lenders FROM read.credit_event) loan
LEFT JOIN LATERAL unnest(loan.lenders) AS lender ON true"""
BORROWERS_SQL = "SELECT DISTINCT borrower FROM read.facility"

LENDER = chosen_from("lender", "Lender", LENDERS_SQL)
BORROWER = chosen_from("borrower", "Borrower", BORROWERS_SQL)


def is_chosen(row: str) -> str:
    """Return whether the viewer chose the borrower and a lender of a row; a loan may name no lender."""
    return (
        f"{row}.borrower = ANY({chosen('borrower')})"
        f" AND coalesce(nullif({row}.lenders, '{{}}'), ARRAY['{NOT_STATED}']) && {chosen('lender')}"
    )


PLEDGED_SHARES = f"""(
    SELECT f.collateral FROM read.facility f WHERE f.collateral_kind = 'shares' AND {is_chosen("f")})"""


def borrower_column(pixels: int = 130) -> Override:
    """Return the looks of the column of borrowers, each with a link to its loans."""
    to_loans = board_link("Its loans", "credit", "borrower")
    return field("borrower", renamed("Borrower"), width(pixels), to_loans)
