"""Those who sell what is built with, against those who lend for it."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from statistics import fmean
from uuid import UUID

from events.desk import WatchlistChanged
from events.prices import EquityBarClosed, EquityPriced
from projections.base import JournaledEvent
from projections.persistent import PersistentMap
from projections.warning_signs.baskets import (
    BUILDERS,
    FINANCIERS,
    NOTHING_NAMED,
    basket,
    listed,
    with_watchlist,
)
from projections.warning_signs.closes import (
    WITHIN,
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
from projections.warning_signs.words import cited, day

WINDOW = timedelta(days=90)

# Trouble lies either way, and each way is a signal of its own.
BUILDERS_AHEAD, FINANCIERS_AHEAD = "builders ahead", "financiers ahead"

DEFINITION = Definition(
    id="builders_vs_financiers",
    title="Builders against financiers",
    unit="share",
    direction=Direction.RISING,
    thresholds=Thresholds(watch=0.10, warning=0.20, critical=0.30),
    named_by=S2,
    formula=(
        "Mean return of the builders' shares over 90 days minus that of the financiers' (builders ahead),"
        " and the same with its sign turned (financiers ahead), so that either way raises a signal; over the"
        " shares that have a close within the week up to both days. A share that a watchlist adds is"
        " followed from then on."
    ),
    why=(
        "Builders are paid first and lenders are paid back last, so a gap between them shows who bears the"
        " risk of the boom."
    ),
    stale_after=timedelta(days=7),
    window=WINDOW,
    # It follows every move of the market, and many of them are over at once.
    for_at_least=timedelta(minutes=15),
)

FIRST: PersistentMap[str, Closes] = following((*BUILDERS, *FINANCIERS))


@dataclass(frozen=True, slots=True)
class State:
    """Both baskets, the closes of their shares, the window, and what the watchlists name."""

    builders: tuple[str, ...] = BUILDERS
    financiers: tuple[str, ...] = FINANCIERS
    closes: PersistentMap[str, Closes] = FIRST
    window: timedelta = WINDOW
    named_builders: PersistentMap[str, tuple[str, ...]] = NOTHING_NAMED
    named_financiers: PersistentMap[str, tuple[str, ...]] = NOTHING_NAMED


def apply(state: State, journaled: JournaledEvent) -> Measured[State]:
    """Compare the baskets with each price of one of their shares, and when they change."""
    match journaled.event:
        case EquityBarClosed() | EquityPriced() as priced:
            closes = with_price(state.closes, priced, state.window + WITHIN)
            if closes is state.closes:
                return state, ()
            # Written out, as this comes with every price: `replace` takes three times as long.
            state = State(
                state.builders,
                state.financiers,
                closes,
                state.window,
                state.named_builders,
                state.named_financiers,
            )
            return state, _measure(state, cited(priced))
        case WatchlistChanged() as changed:
            return _follow(state, changed)
        case _:
            return state, ()


def with_window(state: State, length: timedelta, _: datetime) -> Measured[State]:
    """Compare over another window from now on; a longer one is full once its days have passed."""
    state = replace(state, window=length)
    return state, _measure(state, "")


def _follow(state: State, event: WatchlistChanged) -> Measured[State]:
    named_builders = with_watchlist(state.named_builders, event, event.builders)
    named_financiers = with_watchlist(state.named_financiers, event, event.financiers)
    builders, financiers = basket(named_builders, BUILDERS), basket(named_financiers, FINANCIERS)
    closes = following(dict.fromkeys((*builders, *financiers)), state.closes)
    same = (builders, financiers) == (state.builders, state.financiers)
    state = State(builders, financiers, closes, state.window, named_builders, named_financiers)
    return state, () if same else _measure(state, cited(event))


def _measure(state: State, where: str) -> tuple[Measurement, ...]:
    last = newest(state.closes, (*state.builders, *state.financiers))
    if last is None:
        return ()
    builders = moves(state.closes, state.builders, last.day, state.window)
    financiers = moves(state.closes, state.financiers, last.day, state.window)
    if not (builders and financiers):
        text = _tell_missing(state, "financiers" if builders else "builders", last.day)
        ways = (BUILDERS_AHEAD, FINANCIERS_AHEAD)
        return tuple(Measurement(way, 0.0, (), text, where, last.at) for way in ways)
    builders_mean, financiers_mean = _mean(builders), _mean(financiers)
    ahead = round(builders_mean - financiers_mean, 6)
    evidence = _evidence(builders, financiers)
    text = (
        f"over {state.window.days} days the builders ({_names(builders)}) returned {signed(builders_mean)}"
        f" and are {_tell(ahead)} the financiers ({_names(financiers)}), which returned"
        f" {signed(financiers_mean)}"
    )
    return (
        Measurement(BUILDERS_AHEAD, ahead, evidence, text, where, last.at),
        # Not -0.0, which is written differently.
        Measurement(FINANCIERS_AHEAD, 0.0 - ahead, evidence, text, where, last.at),
    )


def _mean(of: list[Move]) -> float:
    return fmean([one.change for one in of])


def _evidence(builders: list[Move], financiers: list[Move]) -> tuple[UUID, ...]:
    # The shares that moved most say most; each with both of its closes.
    largest = sorted((*builders, *financiers), key=lambda one: (-abs(one.change), one.symbol))
    return tuple(dict.fromkeys(close.event_id for one in largest for close in (one.new, one.old)))[
        :EVIDENCE_LIMIT
    ]


def _tell(ahead: float) -> str:
    if not ahead:
        return "level with"
    return f"{abs(ahead) * 100:.1f} percentage points {'ahead of' if ahead >= 0 else 'behind'}"


def _names(of: list[Move]) -> str:
    return listed(tuple(one.symbol for one in of))


def _tell_missing(state: State, which: str, newest: date) -> str:
    symbols = state.builders if which == "builders" else state.financiers
    return (
        f"builders and financiers cannot be compared: none of the {which} ({listed(symbols)}) has a price"
        f" both on {day(newest)} and {state.window.days} days before"
    )


BUILDERS_VS_FINANCIERS = Indicator(
    definition=DEFINITION,
    initial=State(),
    reads=(EquityBarClosed, EquityPriced, WatchlistChanged),
    apply=apply,
    with_window=with_window,
    heeds=lambda state: state.closes,
)
