"""Falling prices of used and rented GPUs: the collateral of the boom."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from events.units import Unit
from events.words import count, day, percent, price
from projections.definition import S2, Definition, Passage, Thresholds
from projections.facts.gpu_index import LEAST_OFFERS, Fall, GpuIndex, IndexDay, fall_of
from projections.facts.world import Thing, WorldStep
from projections.indicator import Indicator, Measurement, View, first

THRESHOLDS = Thresholds(watch=0.10, warning=0.20, critical=0.35)
DEFINITION = Definition(
    id="gpu_resale_drawdown",
    title="GPU price drawdown",
    unit=Unit.SHARE,
    thresholds=THRESHOLDS,
    formula=(
        "(high - index) / high, per series of like prices: one model, form, memory, condition and term,"
        " resale or rental by the hour (new ones are left out). The index of a day is the median over venues"
        " of the median of each venue's prices of the day; the newest is that of the last day that is over"
        f" with at least {LEAST_OFFERS} offers or a publisher's average, high the highest of the year up to"
        f" it. A high of fewer offers counts only where the fall from it stays below"
        f" {percent(THRESHOLDS.warning)}."
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


def used_or_rented(step: WorldStep, names: tuple[str, ...]) -> Iterable[str]:
    """Return the series of used and rented GPUs, not of new ones, that say something else than before."""
    now, found = step.journaled.now, []
    for name in names:
        before, after = step.before.prices.gpus.get(name), step.world.prices.gpus.get(name)
        known = after or before
        if known and known.series.basis in PRICES and (not before or _said(before, now) != _said(after, now)):
            found.append(name)
    return found


def measure(view: View, name: str) -> Measurement | None:
    """Measure the newest index of a series against the highest of its year."""
    index = view.world.prices.gpus.get(name)
    if index is None:
        return None
    fall = fall_of(index, view.now, THRESHOLDS.warning)
    if fall is None:
        newest = index.days[-1]
        text = f"the {_priced(index)} says nothing yet: {_offers(newest)} on {day(newest.day)}"
        return Measurement(name, 0.0, (newest.event_id,), text, heard_at=newest.at, is_unknown=True)
    return Measurement(
        subject=name,
        value=fall.share,
        evidence=first((fall.now.event_id, fall.high.event_id)),
        text=_text(index, fall),
        heard_at=fall.now.at,
    )


def due(view: View, name: str) -> datetime | None:
    """Return when a day of offers is over, and says something."""
    index = view.world.prices.gpus.get(name)
    return index.due(view.now) if index else None


def _said(index: GpuIndex | None, now: datetime) -> tuple[Fall | date, datetime | None] | None:
    return (fall_of(index, now, THRESHOLDS.warning) or index.days[-1].day, index.due(now)) if index else None


def _text(index: GpuIndex, fall: Fall) -> str:
    now = f"{price(fall.now.price_usd)} on {day(fall.now.day)} ({_offers(fall.now)})"
    if not fall.share:
        return f"the {_priced(index)} is at its high of the past year, {now}"
    return (
        f"the {_priced(index)} is {percent(fall.share)} below its high of the past year:"
        f" {price(fall.high.price_usd)} on {day(fall.high.day)} ({_offers(fall.high)}), now {now}"
    )


def _priced(index: GpuIndex) -> str:
    series = index.series
    more = ", ".join(part for part in (series.condition, series.term) if part)
    return f"median {PRICES[series.basis]} of the {series.product}{f' ({more})' if more else ''}"


def _offers(day_of_index: IndexDay) -> str:
    if day_of_index.is_average and day_of_index.venues == 1:
        return "a publisher's figure"
    offers, venues = count(day_of_index.offers, "offer"), count(day_of_index.venues, "venue")
    return f"{offers} of {venues}{', publishers among them' if day_of_index.is_average else ''}"


INDICATOR = Indicator(definition=DEFINITION, reads={Thing.GPU: used_or_rented}, measure=measure, due=due)
