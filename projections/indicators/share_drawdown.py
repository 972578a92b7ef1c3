"""How far any followed share lies below its high of the year."""

from collections.abc import Iterable
from datetime import timedelta

from events.units import Unit
from projections.definition import S0, S1, Definition, Passage, Thresholds
from projections.facts.world import Thing, WorldStep
from projections.facts.year import price_text
from projections.indicator import Indicator, Measurement, View, first

DEFINITION = Definition(
    id="share_drawdown",
    title="Fall of a share",
    unit=Unit.SHARE,
    thresholds=Thresholds(watch=0.20, warning=0.35, critical=0.50),
    formula=(
        "(high - price) / high, per share of a basket or watchlist, where high is the highest price of the 52"
        " weeks up to the newest price. Quotes that are estimated count for a share of which there is no"
        " other price. Prices are as they are printed: a share split looks like a fall."
    ),
    why="The market takes back what it paid for a boom long before companies report that it is over.",
    named_in=(
        Passage(S0, "the precedent: Cisco's market value fell by 80 % after it had financed its customers"),
        Passage(S1, "where ARM stands between its high and its low of 52 weeks"),
    ),
    family="prices",
    board="equities",
    stale_after=timedelta(days=7),
    input="price",
)


def priced(step: WorldStep, symbols: tuple[str, ...]) -> Iterable[str]:
    """Return the followed shares with a new price or high."""
    before, after = step.before.prices.shares, step.world.prices.shares
    followed = step.world.watchlists.shares
    return [
        symbol for symbol in symbols if symbol in followed and before.get(symbol) is not after.get(symbol)
    ]


def watched_anew(step: WorldStep, _: tuple[str, ...]) -> Iterable[str]:
    """Return the shares with a price that are followed now and were not, or the other way round."""
    changed = step.before.watchlists.shares ^ step.world.watchlists.shares
    return [symbol for symbol in sorted(changed) if symbol in step.world.prices.shares]


def measure(view: View, symbol: str) -> Measurement | None:
    """Measure a share against its year; one that no watchlist names any more is calm."""
    if symbol not in view.world.watchlists.shares:
        return Measurement(symbol, 0.0, (), f"{symbol} is no longer followed", settled=True)
    year = view.world.prices.shares.get(symbol)
    if year is None:
        return None
    return Measurement(
        subject=symbol,
        value=year.drawdown,
        evidence=first((year.event_id, year.high.event_id)),
        text=price_text(symbol, year),
        heard_at=year.at,
    )


INDICATOR = Indicator(
    definition=DEFINITION, reads={Thing.SHARE: priced, Thing.WATCHLIST: watched_anew}, measure=measure
)
