"""Those who sell what is built with, against those who lend for it."""

from collections.abc import Iterable
from datetime import timedelta

from events.units import Unit
from projections.definition import S2, Definition, Passage, Thresholds
from projections.facts.closes import NEEDED, Basket, basket, closes_in, newest, of_shares, signed
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
        f" shares that have a close within the week up to both days, where {NEEDED} of either basket have;"
        " unknown otherwise. Quotes that are estimated count for a share of which there are no other closes."
        " A share that a watchlist adds is followed from then on."
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
    builders = basket(closes, watchlists.builders, last.day, view.window)
    financiers = basket(closes, watchlists.financiers, last.day, view.window)
    evidence = first(closes_in((*builders.moves, *financiers.moves)))
    if not (builders.is_known and financiers.is_known):
        text = _missing(builders, financiers)
        return Measurement(way, 0.0, evidence, text, heard_at=last.at, is_unknown=True)
    ahead = round(builders.mean - financiers.mean, 6)
    return Measurement(
        subject=way,
        # Not -0.0, which is written differently.
        value=ahead if way == BUILDERS_AHEAD else 0.0 - ahead,
        evidence=evidence,
        text=_text(builders, financiers, ahead, view.window),
        heard_at=last.at,
    )


def _shares(watchlists: Watchlists) -> tuple[str, ...]:
    return (*watchlists.builders, *watchlists.financiers)


def _text(builders: Basket, financiers: Basket, ahead: float, window: timedelta) -> str:
    return (
        f"over {window.days} days the builders ({builders.rests_on}) returned {signed(builders.mean)}"
        f" and are {_gap_text(ahead)} the financiers ({financiers.rests_on}), which returned"
        f" {signed(financiers.mean)}"
    )


def _gap_text(ahead: float) -> str:
    if not ahead:
        return "level with"
    return f"{abs(ahead) * 100:.1f} percentage points {'ahead of' if ahead >= 0 else 'behind'}"


def _missing(builders: Basket, financiers: Basket) -> str:
    baskets = (("builders", builders), ("financiers", financiers))
    missing = (basket.missing(name) for name, basket in baskets if not basket.is_known)
    return f"builders and financiers cannot be compared: {'; '.join(missing)}"


INDICATOR = Indicator(
    definition=DEFINITION,
    reads={Thing.SHARE: priced, Thing.WATCHLIST: watched_anew},
    measure=measure,
    subjects=subjects,
)
