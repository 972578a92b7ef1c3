"""Any event in one short line for people: who did what, with numbers, units and names."""

from collections.abc import Sequence
from decimal import Decimal
from typing import assert_never, cast

from events.base import Event
from events.catalog import OneOfAll
from events.clock import ClockTicked
from events.contracts import (
    CapacityResold,
    CommitmentRevised,
    ContractEvent,
    ContractRenegotiated,
    Terms,
)
from events.credit import (
    CreditEvent,
    CreditWaiverReported,
    GpuCollateral,
    LoanOriginated,
    LoanRepaid,
    ShareCollateral,
    WaiverKind,
)
from events.deals import DealAnnounced, DealEvent, DealRevised, DealTerminated, Leg, LegFunded, LegKind
from events.desk import DeskEvent, SignalAcknowledged, SignalMuted, WatchlistChanged
from events.errors import cut
from events.financials import (
    CapexGuided,
    FinancialEvent,
    RevenueReported,
    UnitCostReported,
    UtilizationReported,
    ValuationMarked,
)
from events.headlines import HeadlinePublished
from events.power import GenerationObserved, PowerDelivered, PowerEvent, PowerScheduled
from events.prices import Bar, EquityBarClosed, EquityPriced, GpuBarClosed, GpuPriced, Tick
from events.words import count, day, listed, percent, power, price, short_dollars

LONGEST = 200

FLOWS_TOLD = 2
NOTHING = Decimal(0)
KINDS = {
    LegKind.EQUITY: "in equity",
    LegKind.DEBT: "in debt",
    LegKind.CREDITS: "in credits",
    LegKind.GUARANTEE: "in guarantees",
    LegKind.PURCHASE: "in purchases",
    LegKind.LEASE: "in leases",
}
WAIVERS = {
    WaiverKind.AMENDMENT: "got an amendment from",
    WaiverKind.WAIVER: "got a waiver from",
    WaiverKind.PIK_TOGGLE: "pays interest in kind to",
    WaiverKind.FORBEARANCE: "got forbearance from",
    WaiverKind.DEFAULT: "is in default towards",
}
STAGES = {"letter_of_intent": "now a letter of intent", "definitive": "now definitive"}
GPU_PRICES = {
    "resale": "{} resold at {}",
    "rental_hour": "{} rented at {} an hour",
    "list": "{} listed at {}",
}
VALUATIONS = {
    "pre_money": "before new money",
    "post_money": "with its new money",
    "secondary_sale": "in a sale of old shares",
    "market": "by the market",
}


def headline(event: Event) -> str:
    """Tell an event in one line of at most 200 characters, without a full stop of its own."""
    # No event is of another type than those of the catalog.
    return cut(" ".join(_tell(cast(OneOfAll, event)).split()), LONGEST)


def _tell(event: OneOfAll) -> str:  # noqa: PLR0911
    match event:
        # Bars first: nearly all events are.
        case EquityBarClosed() | GpuBarClosed() | EquityPriced() | GpuPriced():
            return _tell_price(event)
        case DealAnnounced() | DealRevised() | LegFunded() | DealTerminated():
            return _tell_deal(event)
        case ContractRenegotiated() | CapacityResold() | CommitmentRevised():
            return _tell_contract(event)
        case LoanOriginated() | CreditWaiverReported() | LoanRepaid():
            return _tell_credit(event)
        case PowerScheduled() | PowerDelivered() | GenerationObserved():
            return _tell_power(event)
        case (
            RevenueReported() | CapexGuided() | UtilizationReported() | UnitCostReported() | ValuationMarked()
        ):
            return _tell_financials(event)
        case HeadlinePublished():
            return event.title
        case WatchlistChanged() | SignalAcknowledged() | SignalMuted():
            return _tell_desk(event)
        case ClockTicked():
            return f"Time reached {event.known_at:%Y-%m-%d %H:%M:%S} UTC"
        case _:
            assert_never(event)


def _tell_price(event: Bar | Tick) -> str:
    match event:
        case EquityBarClosed():
            return f"{event.symbol} closed at {price(event.close_usd)}"
        case GpuBarClosed():
            return GPU_PRICES[event.basis].format(event.model, price(event.close_usd))
        case EquityPriced():
            return f"{event.symbol} traded at {price(event.price_usd)}"
        case GpuPriced():
            return GPU_PRICES[event.basis].format(event.model, price(event.price_usd))
        case _:
            assert_never(event)


def _tell_deal(event: DealEvent) -> str:
    match event:
        case DealAnnounced():
            letter = "Letter of intent: " if event.stage == "letter_of_intent" else ""
            return f"{letter}{_flows(event.legs)} ({event.title})"
        case DealRevised():
            changes = filter(
                None,
                (
                    STAGES.get(event.stage or ""),
                    _flows(event.legs),
                    f"without {listed(event.removed_legs)}" if event.removed_legs else None,
                ),
            )
            return f"The deal {event.deal_id} was revised{_why('; '.join(changes))}{_why(event.why)}"
        case LegFunded():
            return f"{short_dollars(event.amount_usd)} was paid on {event.leg} of the deal {event.deal_id}"
        case DealTerminated():
            return f"The deal {event.deal_id} ended{_why(event.why)}"
        case _:
            assert_never(event)


def _flows(legs: Sequence[Leg]) -> str:
    """Add up the legs that have payer, payee and kind in common."""
    flows: dict[tuple[str, str, LegKind], list[Leg]] = {}
    for leg in legs:
        flows.setdefault((leg.payer, leg.payee, leg.kind), []).append(leg)
    told = [
        f"{payer} to {payee}: {_money(of_flow)} {KINDS[kind]}{_condition(of_flow)}"
        for (payer, payee, kind), of_flow in flows.items()
    ]
    others = len(told) - FLOWS_TOLD
    return "; ".join([*told[:FLOWS_TOLD], *([f"and {others} more"] if others > 0 else [])])


def _money(legs: Sequence[Leg]) -> str:
    amounts = [leg.amount_usd for leg in legs if leg.amount_usd is not None]
    if not amounts:
        capacity_mw = sum(leg.capacity_mw or 0 for leg in legs)
        return power(capacity_mw) if capacity_mw else "an unstated amount"
    is_ceiling = any(leg.up_to or leg.amount_low_usd is not None for leg in legs)
    bound = "up to " if is_ceiling else "at least " if len(amounts) < len(legs) else ""
    return f"{bound}{short_dollars(sum(amounts, NOTHING))}"


def _condition(legs: Sequence[Leg]) -> str:
    conditional = [leg.amount_usd for leg in legs if leg.condition]
    if len(conditional) == len(legs):
        return " on a condition"
    conditional_usd = sum((amount for amount in conditional if amount is not None), NOTHING)
    return f", {short_dollars(conditional_usd)} of it on a condition" if conditional_usd else ""


def _tell_contract(event: ContractEvent) -> str:
    match event:
        case ContractRenegotiated():
            change = " became ".join(filter(None, (_terms(event.before), _terms(event.after))))
            parties = f"{event.customer} and {event.supplier}"
            return f"{parties} renegotiated {event.contract_id}{_why(change)}{_why(event.why)}"
        case CapacityResold():
            capacity = f"{power(event.capacity_mw)} of capacity" if event.capacity_mw else "capacity"
            buyer = f" to {event.buyer}" if event.buyer else ""
            money = f" for {short_dollars(event.amount_usd)}" if event.amount_usd else ""
            return f"{event.seller} resells {capacity}{buyer}{money}"
        case CommitmentRevised():
            before_usd, after_usd = event.before_usd, event.after_usd
            did = "cut" if after_usd < before_usd else "raised" if after_usd > before_usd else "kept"
            ends = f" until {day(event.ends)}" if event.ends else ""
            money = f"from {short_dollars(before_usd)} to {short_dollars(after_usd)}"
            return f"{event.company} {did} a commitment {money}{ends}{_why(event.why)}"
        case _:
            assert_never(event)


def _terms(terms: Terms) -> str:
    told = (
        short_dollars(terms.amount_usd) if terms.amount_usd else None,
        power(terms.capacity_mw) if terms.capacity_mw else None,
        f"until {day(terms.ends)}" if terms.ends else None,
        terms.text and terms.text.rstrip("."),
    )
    return ", ".join(filter(None, told))


def _tell_credit(event: CreditEvent) -> str:
    match event:
        case LoanOriginated():
            lenders = f" from {listed(event.lenders)}" if event.lenders else ""
            books = ", on no sponsor's balance sheet" if event.off_balance_sheet else ""
            money = f"{short_dollars(event.principal_usd)}{lenders}{_collateral(event)}{books}"
            return f"{event.borrower} borrowed {money} ({event.facility_id})"
        case CreditWaiverReported():
            lenders = listed(event.lenders) if event.lenders else "its lenders"
            money = f" ({short_dollars(event.amount_usd)})" if event.amount_usd else ""
            did = f"{WAIVERS[event.kind]} {lenders} on {event.facility_id}{money}"
            return f"{event.borrower} {did}{_why(event.detail)}"
        case LoanRepaid():
            return f"{short_dollars(event.amount_usd)} of the loan {event.facility_id} was paid back"
        case _:
            assert_never(event)


def _collateral(loan: LoanOriginated) -> str:
    match loan.collateral:
        case None:
            return ""
        case GpuCollateral(model=model, quantity=quantity):
            return f" against {quantity:,.0f} {model}" if quantity else f" against {model}"
        case ShareCollateral(symbol=symbol, quantity=quantity):
            return f" against {quantity:,.0f} {symbol} shares" if quantity else f" against {symbol} shares"
        case _ as unknown:
            assert_never(unknown)


def _tell_power(event: PowerEvent) -> str:
    match event:
        case PowerScheduled():
            what = power(event.mw) if event.mw else "power"
            when = f"on {day(event.expected_on)}" if event.expected_on else "on a day not named"
            return f"{event.operator} expects {what} at {event.site_id} {when}"
        case PowerDelivered():
            return f"{power(event.mw)} reached {event.site_id} on {day(event.delivered_on)}"
        case GenerationObserved():
            each = f" of {power(event.unit_mw)}" if event.unit_mw else ""
            permitted = f"{event.permitted_units:,} permitted" if event.permitted_units is not None else ""
            seen = f"{event.operator} has {count(event.observed_units, 'generator')}{each} at {event.site_id}"
            return f"{seen}, {permitted}" if permitted else seen
        case _:
            assert_never(event)


def _tell_financials(event: FinancialEvent) -> str:
    company = event.company
    match event:
        case RevenueReported():
            earned = f"{short_dollars(event.amount_usd)} of {event.segment} revenue"
            return f"{company} reported {earned} for {_period(event)}"
        case CapexGuided():
            low, high = short_dollars(event.low_usd), short_dollars(event.high_usd)
            money = low if event.low_usd == event.high_usd else f"{low} to {high}"
            return f"{company} means to invest {money} from {_period(event)}"
        case UtilizationReported():
            return f"{company}: {percent(event.utilization)} of the capacity is in use"
        case UnitCostReported():
            cost, earned = short_dollars(event.cost_usd), short_dollars(event.revenue_usd)
            return f"{company} spent {cost} on serving what earned {earned}"
        case ValuationMarked():
            return f"{company} was valued at {short_dollars(event.valuation_usd)} {VALUATIONS[event.basis]}"
        case _:
            assert_never(event)


def _period(event: RevenueReported | CapexGuided) -> str:
    return f"{day(event.period_starts)} to {day(event.period_ends)}"


def _tell_desk(event: DeskEvent) -> str:
    match event:
        case WatchlistChanged():
            own = f"{count(len(event.thresholds), 'threshold')} and {count(len(event.windows), 'window')}"
            return f"The watchlist {event.watchlist} changed: {own} of its own"
        case SignalAcknowledged():
            return f"{event.by} has seen the signal {event.signal_id}{_why(event.note)}"
        case SignalMuted():
            whose = f" of {event.subject}" if event.subject else ""
            return f"{event.by} muted {event.indicator}{whose} until {day(event.until)}{_why(event.why)}"
        case _:
            assert_never(event)


def _why(told: str | None) -> str:
    return f": {told}" if told else ""
