"""Falling prices of shares that secure loans: the way to a margin call."""

from collections.abc import Iterable
from datetime import timedelta

from events.families.credit import ShareCollateral
from events.units import Unit
from events.words import count, percent
from events.words import short_dollars as dollars
from projections.definition import S1, Definition, Passage, Thresholds
from projections.facts.loans import Loan, shares
from projections.facts.world import Thing, WorldStep
from projections.facts.year import Year, price_text
from projections.indicator import Indicator, Measurement, View, first

DEFINITION = Definition(
    id="pledged_equity_drawdown",
    title="Pledged shares falling",
    unit=Unit.SHARE,
    thresholds=Thresholds(watch=0.15, warning=0.30, critical=0.45),
    formula=(
        "(high - price) / high, per share that secures a loan not yet repaid, where high is the highest"
        " price of the 52 weeks up to the newest price. Quotes that are estimated count for a share of which"
        " there is no other price."
    ),
    why="A lender can call for more collateral, and a borrower without cash must sell what it holds.",
    named_in=(
        Passage(S1, "how SoftBank pays for OpenAI: its margin loan on ARM shares, and where ARM stands"),
    ),
    family="credit",
    board="equities",
    stale_after=timedelta(days=7),
    input="price",
)

# A sentence names so many loans; the others it counts.
MOST_NAMED = 3
GROUP = shares("")


def priced(step: WorldStep, symbols: tuple[str, ...]) -> Iterable[str]:
    """Return the shares with a new price or high that secure a loan."""
    before, after = step.before.prices.shares, step.world.prices.shares
    groups = step.world.loans.groups
    return [
        symbol
        for symbol in symbols
        if shares(symbol) in groups and before.get(symbol) is not after.get(symbol)
    ]


def pledged(_: WorldStep, groups: tuple[str, ...]) -> Iterable[str]:
    """Return the shares of the groups of loans that shares secure."""
    return [group.removeprefix(GROUP) for group in groups if group.startswith(GROUP)]


def measure(view: View, symbol: str) -> Measurement:
    """Measure a share against its year, and name the loans that it secures."""
    loans = view.world.loans.owed_in(shares(symbol))
    if not loans:
        return Measurement(symbol, 0.0, (), f"no loan is secured by {symbol} any more", settled=True)
    year, newest = view.world.prices.shares.get(symbol), loans[-1]
    prices = (year.event_id, year.high.event_id) if year else ()
    return Measurement(
        subject=symbol,
        value=year.drawdown if year else 0.0,
        evidence=first((*prices, *(event_id for loan in reversed(loans) for event_id in loan.fact.evidence))),
        text=f"{_price_text(symbol, year)}; it secures {_loans_text(loans, year)}",
        cited=newest.fact.cited,
        heard_at=year.at if year else newest.terms.known_at,
        is_unknown=year is None,
    )


def _price_text(symbol: str, year: Year | None) -> str:
    return f"no price of {symbol} is known yet" if year is None else price_text(symbol, year)


def _loans_text(loans: list[Loan], year: Year | None) -> str:
    texts = [_loan_text(loan, year) for loan in loans[-MOST_NAMED:]]
    if len(loans) > MOST_NAMED:
        texts.append(count(len(loans) - MOST_NAMED, "older loan"))
    return " and ".join(texts)


def _loan_text(loan: Loan, year: Year | None) -> str:
    text = f"a loan of {dollars(loan.balance_usd)} to {loan.terms.borrower}"
    collateral = loan.terms.collateral
    quantity = collateral.quantity if isinstance(collateral, ShareCollateral) else None
    pledged_usd = quantity * year.price_usd if quantity and year else 0.0
    return f"{text} (loan-to-value {percent(float(loan.balance_usd) / pledged_usd)})" if pledged_usd else text


INDICATOR = Indicator(
    definition=DEFINITION, reads={Thing.SHARE: priced, Thing.LOANS: pledged}, measure=measure
)
