"""Falling prices of used and rented GPUs: the collateral of the boom."""

from collections.abc import Iterable
from datetime import timedelta

from events.units import Unit
from events.words import day, percent, price
from projections.definition import S2, Definition, Passage, Thresholds
from projections.facts.world import Thing, WorldStep
from projections.facts.year import Year
from projections.indicator import Indicator, Measurement, View, first

DEFINITION = Definition(
    id="gpu_resale_drawdown",
    title="GPU price drawdown",
    unit=Unit.SHARE,
    thresholds=Thresholds(watch=0.10, warning=0.20, critical=0.35),
    formula=(
        "(high - close) / high, per model and basis (resale or rental by the hour; new ones are left"
        " out), where high is the highest price of the year up to the newest close."
    ),
    why="Loans are secured by these GPUs, and a falling price is the first sign that compute is plentiful.",
    named_in=(
        Passage(S2, "the five signs that the boom is ending, the first of them: used GPUs become cheap"),
    ),
    family="prices",
    board="gpu_prices",
    stale_after=timedelta(days=14),
    input="price",
)

PRICES = {"resale": "resale price", "rental_hour": "rental price per hour"}


def used_or_rented(_: WorldStep, series: tuple[str, ...]) -> Iterable[str]:
    """Return the series of used and rented GPUs, not those of new ones."""
    return [name for name in series if _split(name)[1] in PRICES]


def measure(view: View, series: str) -> Measurement | None:
    """Measure a series against its year."""
    year = view.world.prices.gpus.get(series)
    if year is None:
        return None
    return Measurement(
        subject=series,
        value=year.drawdown,
        evidence=first((year.event_id, year.high.event_id)),
        text=_text(series, year),
        heard_at=year.at,
    )


def _split(series: str) -> tuple[str, str]:
    """Return the model and the basis of a series."""
    model, _, basis = series.rpartition(" ")
    return model, basis


def _text(series: str, year: Year) -> str:
    model, basis = _split(series)
    what = f"the {PRICES[basis]} of the {model}"
    if not year.drawdown:
        return f"{what} is at its high of the past year, {price(year.price_usd)}"
    return (
        f"{what} is {percent(year.drawdown)} below its high of the past year:"
        f" {price(year.high.price_usd)} on {day(year.high.day)}, now {price(year.price_usd)}"
    )


INDICATOR = Indicator(definition=DEFINITION, reads={Thing.GPU: used_or_rented}, measure=measure)
