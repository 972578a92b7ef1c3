"""Who lent to whom and what happened to it; which power was promised, and when it comes."""

from ouroboros.pages.markup import Column, Html, join, section, table
from ouroboros.report.rows import CreditEventRow, FacilityRow, Facts, SiteRow
from ouroboros.report.words import dollars, moment, number, on_day, written_at

_LOANS = (
    Column("Loan"),
    Column("Borrower"),
    Column("Lenders"),
    Column("Size", number=True),
    Column("Owed", number=True),
    Column("Not drawn", number=True),
    Column("Secured by"),
    Column("Off balance sheet"),
    Column("Favours", number=True),
)
_EVENTS = (
    Column("Loan"),
    Column("Known at (UTC)"),
    Column("Borrower"),
    Column("What"),
    Column("Weight", number=True),
    Column("Amount", number=True),
    Column("In words", long=True),
    Column("Source"),
)
_SITES = (
    Column("Site"),
    Column("Operator"),
    Column("Promised MW", number=True),
    Column("First promised for"),
    Column("Now expected on"),
    Column("Slip, days", number=True),
    Column("Overdue, days", number=True),
    Column("Delivered MW", number=True),
    Column("Generators seen / permitted", number=True),
)


def lending_section(facts: Facts) -> Html:
    """Show loans and the newest of what happened to them."""
    return section(
        "credit",
        "Credit",
        table("Loans", _LOANS, [_loan(one) for one in facts.standing.facilities], "facilities"),
        table(
            "What happened to loans", _EVENTS, [_event(one) for one in facts.credit_events], "credit_events"
        ),
    )


def power_section(facts: Facts) -> Html:
    """Show the sites that wait for power, the latest first."""
    sites = sorted(
        facts.standing.sites, key=lambda one: (-one.overdue_days, -(one.slip_days or 0), one.site_id)
    )
    return section("power", "Power", table("Promised power", _SITES, [_site(one) for one in sites], "sites"))


def _loan(one: FacilityRow) -> list[str]:
    return [
        one.facility_id,
        one.borrower or "",
        ", ".join(one.lenders),
        dollars(one.principal_usd),
        dollars(one.balance_usd),
        dollars(one.undrawn_usd),
        " ".join(
            filter(None, (number(one.collateral_quantity), one.collateral or "", one.collateral_kind or ""))
        ),
        "yes" if one.off_balance_sheet else "no",
        str(one.waivers),
    ]


def _event(one: CreditEventRow) -> list[str]:
    return [
        one.facility_id,
        moment(one.known_at),
        one.borrower or "",
        one.kind.replace("_", " "),
        number(one.severity),
        dollars(one.amount_usd),
        one.detail or "",
        written_at(one.source_url),
    ]


def _site(one: SiteRow) -> list[str]:
    seen, permitted = one.observed_units, one.permitted_units
    units = [number(count) or "not known" for count in (seen, permitted)]
    return [
        one.site_id,
        one.operator or "",
        number(one.mw),
        on_day(one.first_expected_on),
        on_day(one.expected_on),
        number(one.slip_days) if one.expected_on else "",
        number(one.overdue_days) if one.expected_on else "",
        number(one.delivered_mw) if one.mw or one.delivered_mw else "",
        join([" / ".join(units)]) if seen is not None or permitted is not None else "",
    ]
