"""What happens in the courses: events on made-up names, a figure at a time."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from events.base import Event
from tests.e2e.course import FIRST_DAY
from tests.given import event

FIRST, EVE = str(FIRST_DAY), str(FIRST_DAY - timedelta(days=1))
YEAR = {"period_starts": "2023-01-01", "period_ends": "2023-12-31"}


def usd(billions: float) -> int:
    return round(billions * 1e9)


def watched(**shares: list[str]) -> Event:
    """Name shares in a watchlist, before their first price: they are followed from then on."""
    return event("WatchlistChanged", EVE, watchlist=f"fictional {' '.join(shares)}", **shares)


def gpu_price(day: str, model: str, basis: str, price_usd: float) -> Event:
    prices = dict.fromkeys(("open_usd", "high_usd", "low_usd", "close_usd"), price_usd)
    times = {"bucket": f"{day}T00:00:00Z", "first_at": f"{day}T00:00:00Z", "last_at": f"{day}T12:00:00Z"}
    series = {"model": model, "basis": basis, "interval_seconds": 86_400}
    return event("GpuBarClosed", day, **series, **prices, **times)


def waivers(day: str, kinds: Iterable[str]) -> Iterable[Event]:
    parties = {"borrower": "Fictional Neocloud", "lenders": ["Fictional Credit Fund"]}
    for kind in kinds:
        source_url = f"https://example.com/{day}/{kind}"
        loan = {"facility_id": f"fictional-{day}", "source_url": source_url, **parties}
        yield event("CreditWaiverReported", day, kind=kind, **loan)


def power_promised(day: str, days_late: int) -> Iterable[Event]:
    expected_on = date(2030, 1, 1) + timedelta(days=days_late)
    site = {"site_id": "Fictional Late Site", "operator": "Fictional Late Operator", "mw": 100}
    yield event("PowerScheduled", day, expected_on=str(expected_on), **site)


def circling(kind: str, day: str, billions: float) -> Event:
    """Let two companies pay each other, beside a thousand billion that only goes out."""
    out = pays("Fictional Investor", "Fictional Founder", billions) | {"leg": "out"}
    back = pays("Fictional Founder", "Fictional Investor", billions) | {"leg": "back"}
    aside = pays("Fictional Saver", "Fictional Builder", 1000) | {"leg": "aside"}
    return deal(kind, day, "fictional-circle", out, back, aside)


def financing_orders(kind: str, day: str, financed: float) -> Event:
    """Let a vendor finance a customer that orders for a billion from it."""
    orders = pays("Fictional Customer", "Fictional Vendor", 1) | {"kind": "purchase", "leg": "orders"}
    money = pays("Fictional Vendor", "Fictional Customer", financed) | {"leg": "money"}
    return deal(kind, day, "fictional-orders", money, orders)


def on_condition(kind: str, day: str, conditional: float) -> Event:
    parties = ("Fictional Backer", "Fictional Laboratory")
    sure = pays(*parties, 1 - conditional) | {"leg": "sure"}
    later = pays(*parties, conditional) | {"leg": "later", "condition": "a listing"}
    return deal(kind, day, "fictional-round", sure, later)


def pays(payer: str, payee: str, billions: float) -> dict[str, Any]:
    return {"kind": "equity", "payer": payer, "payee": payee, "amount_usd": usd(billions)}


def deal(kind: str, day: str, deal_id: str, *legs: dict[str, Any]) -> Event:
    title = {"title": deal_id.replace("-", " ")} if kind == "DealAnnounced" else {}
    return event(kind, day, deal_id=deal_id, legs=list(legs), **title)


def gpu_loan(day: str, loan_to_value: float) -> Iterable[Event]:
    yield event(
        "LoanOriginated",
        day,
        facility_id="fictional-gpu-loan",
        borrower="Fictional Renter",
        principal_usd=usd(loan_to_value),
        collateral={"kind": "gpus", "model": "Fictional GPU One", "quantity": 100_000},
    )
    yield gpu_price(day, "Fictional GPU One", "resale", 10_000)


def vehicle(day: str, debt: float) -> Iterable[Event]:
    money = {"principal_usd": usd(debt), "equity_usd": usd(1 - debt), "off_balance_sheet": True}
    yield event("LoanOriginated", day, facility_id="fictional-debt", borrower="Fictional Vehicle", **money)


def site_loan(day: str, billions: float) -> Iterable[Event]:
    parties = {"borrower": "Fictional Site Company", "site_id": "Fictional Stranded Site"}
    yield event(
        "LoanOriginated", day, facility_id="fictional-site-loan", principal_usd=usd(billions), **parties
    )


def stranded_promise(expected_on: str, known_on: str = FIRST) -> Event:
    """Promise power for a day; a day later is late enough to strand money, and for nothing else."""
    site = {"site_id": "Fictional Stranded Site", "operator": "Fictional Stranded Operator", "mw": 100}
    return event("PowerScheduled", known_on, expected_on=expected_on, **site)


def renegotiated(day: str, contracts: int) -> Iterable[Event]:
    for number in range(contracts):
        parties = {"supplier": "Fictional Supplier", "customer": "Fictional Tenant"}
        contract_id = f"fictional-{day}-{number}"
        yield event("ContractRenegotiated", day, contract_id=contract_id, before={}, after={}, **parties)


def resold(day: str, sellers: int) -> Iterable[Event]:
    for number in range(sellers):
        seller = f"Fictional Seller {day} {number}"
        yield event("CapacityResold", day, contract_id=seller, seller=seller)


def commitment(company: str, day: str, before: float, after: float, **more: Any) -> Event:
    stated = {"before_usd": usd(before), "after_usd": usd(after), **more}
    return event("CommitmentRevised", day, contract_id=f"of {company}", company=company, **stated)


def revenue(day: str, billions: float) -> Iterable[Event]:
    yield event("RevenueReported", day, company="Fictional Buyer", amount_usd=usd(billions), **YEAR)


def guided(day: str, billions: float) -> Iterable[Event]:
    bounds = dict.fromkeys(("low_usd", "high_usd"), usd(billions))
    yield event("CapexGuided", day, company="Fictional Spender", **bounds, **YEAR)


def generators(day: str, observed: int) -> Iterable[Event]:
    site = {"site_id": "Fictional Turbine Site", "operator": "Fictional Turbine Operator"}
    yield event("GenerationObserved", day, observed_units=observed, permitted_units=20, **site)
