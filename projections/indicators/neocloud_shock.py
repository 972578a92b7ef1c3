"""A neocloud's shares fall in a day as far as others do in a year."""

from collections.abc import Iterable
from datetime import timedelta

from events.units import Unit
from events.words import day, percent, price
from projections.definition import S1, S4, Definition, Direction, Moment, Passage, Thresholds
from projections.facts.closes import NO_CLOSES, Close, Closes, change, newest_days
from projections.facts.world import Thing, World, WorldStep
from projections.indicator import Indicator, Measurement, View

# No market stays closed for longer, Easter and New Year included.
CONSECUTIVE = timedelta(days=6)

DEFINITION = Definition(
    id="neocloud_shock",
    title="Neocloud shock",
    unit=Unit.SHARE,
    direction=Direction.FALLING,
    thresholds=Thresholds(watch=-0.08, warning=-0.12, critical=-0.18),
    formula=(
        "price / close of the trading day before - 1, per share of a neocloud (CRWV, or those of the"
        " watchlists), for the newest trading day; a day before it that lies more than five calendar days"
        " back is not taken for the trading day before. A move stands for six days and is over then by"
        " itself. Prices are as they are printed: a share split"
        " looks like a fall."
    ),
    why="A neocloud lives on borrowed money: its shares are the first to doubt that demand will pay for it.",
    named_in=(
        Passage(S1, "CoreWeave's results of February 2026: the share lost 19 % after hours"),
        Passage(S4, "how the market took the news: CoreWeave's share lost 14 %"),
    ),
    family="prices",
    board="equities",
    stale_after=timedelta(days=7),
    input="price",
    # Within them the next trading day comes, whose move takes its place.
    moment=Moment("move", CONSECUTIVE),
)


def priced(step: WorldStep, symbols: tuple[str, ...]) -> Iterable[str]:
    """Return the neoclouds with another price in their last days."""
    return [
        symbol
        for symbol in symbols
        if symbol in step.world.watchlists.neoclouds
        and _last_days(step.before, symbol) != _last_days(step.world, symbol)
    ]


def left_out(step: WorldStep, _: tuple[str, ...]) -> Iterable[str]:
    """Return the shares with a price that are no neoclouds of the watchlists any more."""
    watched = step.world.watchlists.neoclouds
    before = step.before.watchlists.neoclouds
    return [symbol for symbol in before if symbol not in watched and symbol in step.world.prices.closes]


def measure(view: View, symbol: str) -> Measurement | None:
    """Measure the newest day of a neocloud; one that no watchlist names any more is calm."""
    if symbol not in view.world.watchlists.neoclouds:
        return Measurement(symbol, 0.0, (), f"{symbol} is no longer watched as a neocloud", settled=True)
    closes = _last_days(view.world, symbol)
    if not closes:
        return None
    new, old = closes[-1], closes[-2] if len(closes) > 1 else None
    return Measurement(
        subject=symbol,
        value=change(old, new) if old else 0.0,
        evidence=(new.event_id, old.event_id) if old else (new.event_id,),
        text=_text(symbol, old, new),
        heard_at=new.at,
        is_unknown=old is None,
    )


def _last_days(world: World, symbol: str) -> Closes:
    return newest_days(world.prices.closes.get(symbol, NO_CLOSES), CONSECUTIVE)


def _text(symbol: str, old: Close | None, new: Close) -> str:
    if old is None:
        return f"{symbol} stands at {price(new.price_usd)}; its close of the trading day before is not known"
    moved = change(old, new)
    direction = "fell by" if moved < 0 else "rose by"
    return (
        f"{symbol} {direction} {percent(abs(moved))} on {day(new.day)},"
        f" from {price(old.price_usd)} on {day(old.day)} to {price(new.price_usd)}"
    )


INDICATOR = Indicator(
    definition=DEFINITION, reads={Thing.SHARE: priced, Thing.WATCHLIST: left_out}, measure=measure
)
