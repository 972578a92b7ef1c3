"""Those who sell what is built with, against those who lend for it."""

from collections.abc import Iterable
from datetime import date, timedelta
from statistics import fmean
from uuid import UUID

from events.units import Unit
from events.words import day
from projections.definition import S2, Definition, Passage, Thresholds
from projections.facts.closes import Move, listed, moves, newest, of_shares, signed
from projections.facts.prices import closed_anew
from projections.facts.watchlists import Watchlists
from projections.facts.world import Thing, World, WorldStep
from projections.indicator import Indicator, Measurement, View, first

# Trouble lies either way, and each way is a signal of its own.
BUILDERS_AHEAD, FINANCIERS_AHEAD = WAYS = ("builders ahead", "financiers ahead")

DEFINITION = Definition(
    id="builders_vs_financiers",
    title="Builders against financiers",
    unit=Unit.SHARE,
    thresholds=Thresholds(watch=0.10, warning=0.20, critical=0.30),
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
    named_in=(
        Passage(S2, "the hedge: to own those who sell what is built with, against those who lend for it"),
    ),
    family="prices",
    board="equities",
    stale_after=timedelta(days=7),
    input="price",
    window=timedelta(days=90),
    # It follows every move of the market, and many of them are over at once.
    for_at_least=timedelta(minutes=15),
)


def subjects(_: World) -> Iterable[str]:
    """Return both ways."""
    return WAYS


def priced(step: WorldStep, symbols: tuple[str, ...]) -> Iterable[str]:
    """Return both ways where a share of a basket closed anew."""
    shares = _shares(step.world.watchlists)
    closed = closed_anew(step.before.prices, step.world.prices, symbols)
    return WAYS if any(symbol in shares for symbol in closed) else ()


def watched_anew(step: WorldStep, _: tuple[str, ...]) -> Iterable[str]:
    """Return both ways where the watchlists name other baskets than before."""
    before, after = step.before.watchlists, step.world.watchlists
    same = (before.builders, before.financiers) == (after.builders, after.financiers)
    return () if same else WAYS


def measure(view: View, way: str) -> Measurement | None:
    """Measure how far builders are ahead of financiers, or financiers of builders."""
    watchlists = view.world.watchlists
    closes = of_shares(view.world.prices.closes, _shares(watchlists))
    last = newest(closes)
    if last is None:
        return None
    builders = moves(closes, watchlists.builders, last.day, view.window)
    financiers = moves(closes, watchlists.financiers, last.day, view.window)
    if not (builders and financiers):
        text = _missing(watchlists, "financiers" if builders else "builders", last.day, view.window)
        return Measurement(way, 0.0, (), text, heard_at=last.at, is_unknown=True)
    ahead = round(_mean(builders) - _mean(financiers), 6)
    return Measurement(
        subject=way,
        # Not -0.0, which is written differently.
        value=ahead if way == BUILDERS_AHEAD else 0.0 - ahead,
        evidence=_evidence(builders, financiers),
        text=_text(builders, financiers, ahead, view.window),
        heard_at=last.at,
    )


def _shares(watchlists: Watchlists) -> tuple[str, ...]:
    return (*watchlists.builders, *watchlists.financiers)


def _mean(basket: list[Move]) -> float:
    return fmean([move.change for move in basket])


def _evidence(builders: list[Move], financiers: list[Move]) -> tuple[UUID, ...]:
    # The shares that moved most say most; each with both of its closes.
    largest = sorted((*builders, *financiers), key=lambda move: (-abs(move.change), move.symbol))
    return first(close.event_id for move in largest for close in (move.new, move.old))


def _text(builders: list[Move], financiers: list[Move], ahead: float, window: timedelta) -> str:
    return (
        f"over {window.days} days the builders ({_names(builders)}) returned {signed(_mean(builders))}"
        f" and are {_gap_text(ahead)} the financiers ({_names(financiers)}), which returned"
        f" {signed(_mean(financiers))}"
    )


def _gap_text(ahead: float) -> str:
    if not ahead:
        return "level with"
    return f"{abs(ahead) * 100:.1f} percentage points {'ahead of' if ahead >= 0 else 'behind'}"


def _names(basket: list[Move]) -> str:
    return listed(tuple(move.symbol for move in basket))


def _missing(watchlists: Watchlists, basket: str, newest_day: date, window: timedelta) -> str:
    symbols = watchlists.builders if basket == "builders" else watchlists.financiers
    return (
        f"builders and financiers cannot be compared: none of the {basket} ({listed(symbols)}) has a price"
        f" both on {day(newest_day)} and {window.days} days before"
    )


INDICATOR = Indicator(
    definition=DEFINITION,
    reads={Thing.SHARE: priced, Thing.WATCHLIST: watched_anew},
    measure=measure,
    subjects=subjects,
)
