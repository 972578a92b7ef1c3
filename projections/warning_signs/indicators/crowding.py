"""One name carries the gain of all."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from events.desk import WatchlistChanged
from events.prices import EquityBarClosed, EquityPriced
from projections.base import JournaledEvent
from projections.persistent import PersistentMap
from projections.warning_signs.baskets import BUILDERS, NOTHING_NAMED, basket, listed, with_watchlist
from projections.warning_signs.closes import (
    WITHIN,
    Close,
    Closes,
    Move,
    following,
    moves,
    newest,
    signed,
    with_price,
)
from projections.warning_signs.definition import (
    EVIDENCE_LIMIT,
    S2,
    Definition,
    Direction,
    Indicator,
    Measured,
    Measurement,
    Thresholds,
)
from projections.warning_signs.words import cited, count, day, percent

WINDOW = timedelta(days=90)
# Of one or two shares one always makes half of the gain.
FEWEST = 3
SUBJECT = "basket"

DEFINITION = Definition(
    id="crowding",
    title="Crowding into one name",
    unit="share",
    direction=Direction.RISING,
    thresholds=Thresholds(watch=0.4, warning=0.6, critical=0.8),
    named_by=S2,
    formula=(
        "Largest return of a share over 90 days divided by the sum of the returns of all, equally weighted"
        " and at most 1: the top name makes all of the gain where the others together add nothing or lose."
        " Over the watchlists' symbols, else the builders' basket, as far as they have a close within the"
        " week up to both days; only where at least three have and their sum is a gain. A share that a"
        " watchlist adds is followed from then on."
    ),
    why="When one share carries a market, its fall takes the market along, as Cisco's did.",
    stale_after=timedelta(days=7),
    window=WINDOW,
    # It follows every move of the market, and many of them are over at once.
    for_at_least=timedelta(minutes=15),
)

FIRST: PersistentMap[str, Closes] = following(BUILDERS)


@dataclass(frozen=True, slots=True)
class State:
    """The basket, the closes of its shares, the window, and what the watchlists name."""

    symbols: tuple[str, ...] = BUILDERS
    closes: PersistentMap[str, Closes] = FIRST
    window: timedelta = WINDOW
    named_symbols: PersistentMap[str, tuple[str, ...]] = NOTHING_NAMED
    named_builders: PersistentMap[str, tuple[str, ...]] = NOTHING_NAMED


def apply(state: State, journaled: JournaledEvent) -> Measured[State]:
    """Measure the basket with each price of one of its shares, and when it changes."""
    match journaled.event:
        case EquityBarClosed() | EquityPriced() as priced:
            closes = with_price(state.closes, priced, state.window + WITHIN)
            if closes is state.closes:
                return state, ()
            state = State(state.symbols, closes, state.window, state.named_symbols, state.named_builders)
            return state, _measure(state, cited(priced))
        case WatchlistChanged() as changed:
            return _follow(state, changed)
        case _:
            return state, ()


def with_window(state: State, length: timedelta, _: datetime) -> Measured[State]:
    """Measure over another window from now on; a longer one is full once its days have passed."""
    state = replace(state, window=length)
    return state, _measure(state, "")


def _follow(state: State, event: WatchlistChanged) -> Measured[State]:
    named_symbols = with_watchlist(state.named_symbols, event, event.symbols)
    named_builders = with_watchlist(state.named_builders, event, event.builders)
    symbols = basket(named_symbols, basket(named_builders, BUILDERS))
    same = symbols == state.symbols
    state = State(symbols, following(symbols, state.closes), state.window, named_symbols, named_builders)
    return state, () if same else _measure(state, cited(event))


def _measure(state: State, where: str) -> tuple[Measurement, ...]:
    last = newest(state.closes, state.symbols)
    if last is None:
        return ()
    return (_measurement(state, moves(state.closes, state.symbols, last.day, state.window), last, where),)


def _measurement(state: State, priced: list[Move], last: Close, where: str) -> Measurement:
    if len(priced) < FEWEST:
        told = (
            f"who makes the gain cannot be told: of {count(len(state.symbols), 'share')}"
            f" ({listed(state.symbols)}) {len(priced)} have a price both on {day(last.day)} and"
            f" {state.window.days} days before, and at least {FEWEST} are needed"
        )
        return Measurement(SUBJECT, 0.0, (), told, where, last.at)
    total = sum(one.change for one in priced)
    mean = f"{signed(total / len(priced))} on average over {state.window.days} days"
    if total <= 0:
        told = f"the {len(priced)} shares of the basket gained nothing ({mean}), so no name makes their gain"
        return Measurement(SUBJECT, 0.0, (), told, where, last.at)
    largest = sorted(priced, key=lambda one: (-one.change, one.symbol))
    top = largest[0]
    share = round(min(1.0, top.change / total), 6)
    return Measurement(
        subject=SUBJECT,
        value=share,
        evidence=_evidence(largest),
        text=(
            f"{top.symbol} ({signed(top.change)}) makes {_tell_share(share)} of the gain of {len(priced)}"
            f" shares, {mean}"
        ),
        cited=where,
        heard_at=last.at,
    )


def _tell_share(share: float) -> str:
    return "all" if share == 1 else percent(share)


def _evidence(largest: list[Move]) -> tuple[UUID, ...]:
    both = (close.event_id for one in largest for close in (one.new, one.old))
    return tuple(dict.fromkeys(both))[:EVIDENCE_LIMIT]


CROWDING = Indicator(
    definition=DEFINITION,
    initial=State(),
    reads=(EquityBarClosed, EquityPriced, WatchlistChanged),
    apply=apply,
    with_window=with_window,
    heeds=lambda state: state.closes,
)
