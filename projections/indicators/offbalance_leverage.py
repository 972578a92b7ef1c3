"""Vehicles outside of any balance sheet that are nearly all debt."""

from collections.abc import Iterable
from decimal import Decimal

from events.units import Unit
from events.words import percent, short_dollars
from projections.definition import S2, Definition, Passage, Thresholds
from projections.facts.loans import NOTHING, Loan, Loans, vehicle
from projections.facts.world import Thing, WorldStep
from projections.indicator import Indicator, Measurement, View, first
from projections.persistent import items_of

DEFINITION = Definition(
    id="offbalance_leverage",
    title="Leverage outside of balance sheets",
    unit=Unit.SHARE,
    thresholds=Thresholds(watch=0.70, warning=0.85, critical=0.95),
    formula=(
        "Per borrower of loans that are on no sponsor's balance sheet: debt not paid back divided by debt"
        " plus equity, where equity is what the newest of these loans that names any says of the vehicle."
        " 0 where no equity is stated: a vehicle of which nothing is said is not taken for one of pure debt."
    ),
    why="A thin layer of equity takes the first loss; what goes beyond it falls on lenders that few can see.",
    family="credit",
    board="credit",
    named_in=(Passage(S2, "the vehicle that builds Hyperion for Meta: $26B of its $29B are debt"),),
    # A tenth is nearly as much as lies between two levels here.
    hysteresis=0.03,
)

VEHICLE = vehicle("")


def measure(view: View, subject: str) -> Measurement | None:
    """Divide what a vehicle owes by that and its equity."""
    loans = view.world.loans.owed_in(vehicle(subject))
    debt_usd, equity_usd = _debt_usd(loans), _equity_usd(loans)
    evidence = first(event_id for loan in reversed(loans) for event_id in loan.fact.evidence)
    in_all = (
        f"; {short_dollars(_in_all_usd(view.world.loans))} of debt stand outside of balance sheets in all"
    )
    if not loans:
        paid = f"{subject} owes nothing outside of balance sheets any more"
        return Measurement(subject, 0.0, (), paid + in_all)
    if equity_usd is None:
        unknown = (
            f"how far {subject} is leveraged cannot be told: it owes {short_dollars(debt_usd)}, and no equity"
            " beside that is stated"
        )
        return Measurement(subject, 0.0, evidence, unknown + in_all, is_unknown=True)
    total_usd = debt_usd + equity_usd
    share = round(float(debt_usd / total_usd), 6)
    text = (
        f"{percent(share)} of the {short_dollars(total_usd)} in {subject} is debt: {short_dollars(debt_usd)}"
    )
    text += f" beside {short_dollars(equity_usd)} of equity"
    return Measurement(subject, share, evidence, text + in_all)


def _vehicles(_: WorldStep, groups: tuple[str, ...]) -> Iterable[str]:
    return (group.removeprefix(VEHICLE) for group in groups if group.startswith(VEHICLE))


def _debt_usd(loans: list[Loan]) -> Decimal:
    return sum((loan.balance_usd for loan in loans), NOTHING)


def _in_all_usd(loans: Loans) -> Decimal:
    vehicles = (group for group, _ in items_of(loans.groups) if group.startswith(VEHICLE))
    return sum((_debt_usd(loans.owed_in(group)) for group in vehicles), NOTHING)


def _equity_usd(loans: list[Loan]) -> Decimal | None:
    """Return what was last said of the vehicle's equity: its loans share it, so it is not added up."""
    stated = [loan.terms for loan in loans if loan.terms.equity_usd is not None]
    return max(stated, key=lambda terms: terms.known_at).equity_usd if stated else None


INDICATOR = Indicator(DEFINITION, {Thing.LOANS: _vehicles}, measure)
