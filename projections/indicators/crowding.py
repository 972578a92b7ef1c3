"""One name carries the gain of all."""

from collections.abc import Iterable
from datetime import timedelta

from events.units import Unit
from events.words import percent
from projections.definition import S2, Definition, Passage, Thresholds
from projections.facts.closes import NEEDED, Basket, Move, basket, closes_in, newest, of_shares, signed
from projections.facts.prices import closed_anew
from projections.facts.world import Thing, World, WorldStep
from projections.indicator import Indicator, Measurement, View, first

# Of one or two shares one always makes half of the gain.
FEWEST = 3
SUBJECT = "basket"

DEFINITION = Definition(
    id="crowding",
    title="Crowding into one name",
    unit=Unit.SHARE,
    thresholds=Thresholds(watch=0.4, warning=0.6, critical=0.8),
    formula=(
        "Largest return of a share over 90 days divided by the sum of the returns of all, equally weighted"
        " and at most 1: the top name makes all of the gain where the others together add nothing or lose."
        " Over the watchlists' symbols, else the builders' basket, as far as they have a close within the"
        f" week up to both days; unknown where not {NEEDED} have, and at least three. Where their sum is no"
        " gain it is 0. A share that a watchlist adds is followed from then on."
    ),
    why="When one share carries a market, its fall takes the market along, as Cisco's did.",
    named_in=(Passage(S2, "the question which company is the Cisco of this boom"),),
    family="prices",
    board="equities",
    stale_after=timedelta(days=7),
    input="price",
    window=timedelta(days=90),
    # It follows every move of the market, and many of them are over at once.
    for_at_least=timedelta(minutes=15),
)


def subjects(_: World) -> Iterable[str]:
    """Return the one subject, the basket."""
    return (SUBJECT,)


def priced(step: WorldStep, symbols: tuple[str, ...]) -> Iterable[str]:
    """Return the basket where a share of it closed anew."""
    crowd = step.world.watchlists.crowd
    closed = closed_anew(step.before.prices, step.world.prices, symbols)
    return (SUBJECT,) if any(symbol in crowd for symbol in closed) else ()


def watched_anew(step: WorldStep, _: tuple[str, ...]) -> Iterable[str]:
    """Return the basket where the watchlists name other shares than before."""
    return (SUBJECT,) if step.before.watchlists.crowd != step.world.watchlists.crowd else ()


def measure(view: View, _: str) -> Measurement | None:
    """Measure how much of the basket's gain its top name makes."""
    crowd = view.world.watchlists.crowd
    closes = of_shares(view.world.prices.closes, crowd)
    last = newest(closes)
    if last is None:
        return None
    measured = basket(closes, crowd, last.day, view.window)
    found, evidence = measured.moves, first(closes_in(measured.moves))
    if len(found) < FEWEST or not measured.is_known:
        missing = measured.missing("basket", f"{NEEDED}, and at least {FEWEST},")
        text = f"who makes the gain cannot be told: {missing}"
        return Measurement(SUBJECT, 0.0, evidence, text, heard_at=last.at, is_unknown=True)
    total = sum(move.change for move in found)
    mean = f"{signed(total / len(found))} on average over {view.window.days} days"
    if total <= 0:
        text = f"{_shares_text(measured)} of the basket gained nothing ({mean}), so no name makes their gain"
        return Measurement(SUBJECT, 0.0, evidence, text, heard_at=last.at)
    top = min(found, key=lambda move: (-move.change, move.symbol))
    share = round(min(1.0, top.change / total), 6)
    return Measurement(
        subject=SUBJECT,
        value=share,
        evidence=first((top.new.event_id, top.old.event_id, *evidence)),
        text=f"{_share_text(top, share)} of the gain of {_shares_text(measured)}, {mean}",
        heard_at=last.at,
    )


def _share_text(top: Move, share: float) -> str:
    return f"{top.name} ({signed(top.change)}) makes {'all' if share == 1 else percent(share)}"


def _shares_text(measured: Basket) -> str:
    found, of = len(measured.moves), len(measured.symbols)
    return f"all {found} shares" if found == of else f"{found} of the {of} shares"


INDICATOR = Indicator(
    definition=DEFINITION,
    reads={Thing.SHARE: priced, Thing.WATCHLIST: watched_anew},
    measure=measure,
    subjects=subjects,
)
