"""Loans that are worth more than the GPUs behind them."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal

from events.families.credit import GpuCollateral, LoanOriginated
from events.units import Unit
from events.words import percent, price
from events.words import short_dollars as dollars
from projections.definition import S2, Definition, Passage, Thresholds
from projections.facts.gpu_index import IndexDay
from projections.facts.loans import Loan, Repayment, gpus
from projections.facts.prices import resale_due, resale_price
from projections.facts.reports import Fact
from projections.facts.world import Thing, WorldStep
from projections.indicator import Indicator, Measurement, View, first

DEFINITION = Definition(
    id="gpu_collateral_ltv",
    title="Loan-to-value of GPU loans",
    unit=Unit.SHARE,
    thresholds=Thresholds(watch=0.80, warning=0.95, critical=1.05),
    formula=(
        "Per facility that GPUs secure: what is drawn and not paid back (principal, less the undrawn part of"
        " it, less repayments) divided by the number of GPUs times the newest resale index of their model"
        " (see gpu_resale_drawdown), the lowest of those of one month where it has several forms or"
        " conditions. Unknown where the number or the price is not known."
    ),
    why="GPUs lose value while the loan stands, and what they no longer cover the lender loses.",
    named_in=(
        Passage(S2, "loans secured by GPUs, with CoreWeave's vehicle and Blackstone's $7.5B: GPUs wear out"),
    ),
    family="credit",
    board="credit",
    stale_after=timedelta(days=14),
    input="price",
    # A tenth is as much as lies between two levels here, and no loan may stay critical below warning.
    hysteresis=0.03,
)

# What is worth less than a cent covers nothing that could be measured.
LEAST_USD = 0.01


def changed(step: WorldStep, facility_ids: tuple[str, ...]) -> Iterable[str]:
    """Return the facilities with other terms or repayments than before, that GPUs secure or secured."""
    found = []
    for facility_id in facility_ids:
        before, after = step.before.loans.loan(facility_id), step.world.loans.loan(facility_id)
        if before != after and (_collateral(before) or _collateral(after)):
            found.append(facility_id)
    return found


def secured_by(step: WorldStep, names: tuple[str, ...]) -> Iterable[str]:
    """Return the facilities, not paid back, that are secured by GPUs with a new resale price."""
    known = (world.prices.gpus.get(name) for name in names for world in (step.before, step.world))
    resold = (index.series for index in known if index and index.series.basis == "resale")
    products = dict.fromkeys(name for series in resold for name in (series.model, series.product))
    priced = [product for product in products if _has_new_price(step, product)]
    return [loan.terms.facility_id for product in priced for loan in step.world.loans.owed_in(gpus(product))]


def due(view: View, facility_id: str) -> datetime | None:
    """Return when a day of offers is over, and there is another price."""
    collateral = _collateral(view.world.loans.loan(facility_id))
    return resale_due(view.world.prices, collateral.model, view.now) if collateral else None


def measure(view: View, facility_id: str) -> Measurement | None:
    """Set what is drawn of a loan against what its GPUs are worth."""
    loans = view.world.loans
    loan = loans.loan(facility_id)
    if loan is None:
        return None
    collateral = _collateral(loan)
    if collateral is None:
        return _settled(loan, "is no longer secured by GPUs", loan.fact)
    if not loan.balance_usd:
        repayments = loans.repayments.of(facility_id)
        return _settled(loan, "is paid back", repayments[-1] if repayments else loan.fact)
    newest = resale_price(view.world.prices, collateral.model, view.now)
    worth_usd = (collateral.quantity or 0.0) * (newest.price_usd if newest else 0.0)
    is_known = worth_usd >= LEAST_USD
    value = round(float(loan.drawn_usd) / worth_usd, 6) if is_known else 0.0
    whose = f"the loan of {dollars(loan.drawn_usd)} to {loan.terms.borrower} ({facility_id})"
    if newest and is_known:
        text = (
            f"{whose} stands at {percent(value)} of its collateral: {_worth(collateral, newest, worth_usd)}"
        )
    else:
        text = f"the loan-to-value of {whose} cannot be told {_missing(collateral, newest)}"
    return Measurement(
        subject=facility_id,
        value=value,
        evidence=first((*((newest.event_id,) if newest else ()), *loan.fact.evidence)),
        text=text,
        cited=loan.fact.cited,
        heard_at=newest.at if newest else loan.terms.known_at,
        is_unknown=not is_known,
    )


def _settled(loan: Loan, what: str, fact: Fact[LoanOriginated] | Fact[Repayment]) -> Measurement:
    facility_id = loan.terms.facility_id
    text = f"the loan {facility_id} {what}"
    return Measurement(facility_id, 0.0, first(fact.evidence), text, fact.cited, settled=True)


def _worth(collateral: GpuCollateral, newest: IndexDay, worth_usd: float) -> str:
    gpus_at_price = f"{collateral.quantity:,.0f} {collateral.model} at {price(newest.price_usd)}"
    return f"{gpus_at_price} are worth {dollars(Decimal(worth_usd))}"


def _missing(collateral: GpuCollateral, newest: IndexDay | None) -> str:
    missing = [
        *([] if collateral.quantity else [f"the number of {collateral.model} that secure it"]),
        *([] if newest else [f"a resale price of {collateral.model}"]),
    ]
    return f"without {' and '.join(missing)}" if missing else "as its collateral is worth nothing"


def _collateral(loan: Loan | None) -> GpuCollateral | None:
    collateral = loan.terms.collateral if loan else None
    return collateral if isinstance(collateral, GpuCollateral) else None


def _has_new_price(step: WorldStep, product: str) -> bool:
    """Return whether the newest price is another, or will be; one that comes late may raise a high."""
    now = step.journaled.now
    before, after = (
        (resale_price(world.prices, product, now), resale_due(world.prices, product, now))
        for world in (step.before, step.world)
    )
    return before != after


INDICATOR = Indicator(
    definition=DEFINITION,
    reads={Thing.FACILITY: changed, Thing.GPU: secured_by},
    measure=measure,
    due=due,
)
