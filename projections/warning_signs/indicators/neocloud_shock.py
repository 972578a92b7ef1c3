"""A neocloud's shares fall in a day as far as others do in a year."""

from dataclasses import dataclass
from datetime import timedelta

from events.desk import WatchlistChanged
from events.prices import EquityBarClosed, EquityPriced
from projections.base import JournaledEvent
from projections.persistent import PersistentMap
from projections.warning_signs.baskets import NEOCLOUDS, NOTHING_NAMED, basket, with_watchlist
from projections.warning_signs.closes import Closes, change, following, with_price
from projections.warning_signs.definition import (
    Definition,
    Direction,
    Indicator,
    Measured,
    Measurement,
    Thresholds,
)
from projections.warning_signs.words import cited, day, percent, price

# No market stays closed for longer, Easter and New Year included.
CONSECUTIVE = timedelta(days=6)

DEFINITION = Definition(
    id="neocloud_shock",
    title="Neocloud shock",
    unit="share",
    direction=Direction.FALLING,
    thresholds=Thresholds(watch=-0.08, warning=-0.12, critical=-0.18),
    named_by="S1 and S4",
    formula=(
        "price / close of the trading day before - 1, per share of a neocloud (CRWV, or those of the"
        " watchlists), for the newest trading day; a day before it that lies more than five calendar days"
        " back is not taken for the trading day before. Prices are as they are printed: a share split"
        " looks like a fall."
    ),
    why="A neocloud lives on borrowed money: its shares are the first to doubt that demand will pay for it.",
    stale_after=timedelta(days=7),
)

FIRST: PersistentMap[str, Closes] = following(NEOCLOUDS)


@dataclass(frozen=True, slots=True)
class State:
    """The last closes of each neocloud, and what the watchlists name."""

    closes: PersistentMap[str, Closes] = FIRST
    named: PersistentMap[str, tuple[str, ...]] = NOTHING_NAMED


def apply(state: State, journaled: JournaledEvent) -> Measured[State]:
    """Measure the day of a neocloud with each of its prices."""
    match journaled.event:
        case EquityBarClosed() | EquityPriced() as priced:
            closes = with_price(state.closes, priced, CONSECUTIVE)
            if closes is state.closes:
                return state, ()
            state = State(closes, state.named)
            return state, (_measurement(priced.symbol, closes[priced.symbol], cited(priced)),)
        case WatchlistChanged() as changed:
            return _follow(state, changed)
        case _:
            return state, ()


def _follow(state: State, event: WatchlistChanged) -> Measured[State]:
    """Follow the neoclouds of the watchlists; one that is left out is calm from then on."""
    named = with_watchlist(state.named, event, event.neoclouds)
    symbols = basket(named, NEOCLOUDS)
    gone = sorted(symbol for symbol, closes in state.closes.items() if closes and symbol not in symbols)
    state = State(following(symbols, state.closes), named)
    return state, tuple(
        Measurement(
            symbol, 0.0, (), f"{symbol} is no longer watched as a neocloud", cited(event), settled=True
        )
        for symbol in gone
    )


def _measurement(symbol: str, closes: Closes, where: str) -> Measurement:
    new = closes[-1]
    if len(closes) == 1:
        told = f"{symbol} stands at {price(new.price_usd)}; its close of the trading day before is not known"
        return Measurement(symbol, 0.0, (new.event_id,), told, where, new.at)
    old = closes[-2]
    moved = change(old, new)
    direction = "fell by" if moved < 0 else "rose by"
    return Measurement(
        subject=symbol,
        value=moved,
        evidence=(new.event_id, old.event_id),
        text=(
            f"{symbol} {direction} {percent(abs(moved))} on {day(new.day)},"
            f" from {price(old.price_usd)} on {day(old.day)} to {price(new.price_usd)}"
        ),
        cited=where,
        heard_at=new.at,
    )


NEOCLOUD_SHOCK = Indicator(
    definition=DEFINITION,
    initial=State(),
    reads=(EquityBarClosed, EquityPriced, WatchlistChanged),
    apply=apply,
    heeds=lambda state: state.closes,
)
