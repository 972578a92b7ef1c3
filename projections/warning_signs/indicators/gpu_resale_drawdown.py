"""Falling prices of used and rented GPUs: the collateral of the boom."""

from dataclasses import dataclass
from datetime import timedelta

from rpds import HashTrieMap

from events.prices import GpuBarClosed
from projections.base import JournaledEvent
from projections.persistent import PersistentMap
from projections.warning_signs.definition import (
    S2,
    Definition,
    Direction,
    Indicator,
    Measured,
    Measurement,
    Thresholds,
)
from projections.warning_signs.drawdown import Window, with_price
from projections.warning_signs.words import cited, day, percent, price

DEFINITION = Definition(
    id="gpu_resale_drawdown",
    title="GPU price drawdown",
    unit="share",
    direction=Direction.RISING,
    thresholds=Thresholds(watch=0.10, warning=0.20, critical=0.35),
    named_by=S2,
    formula=(
        "(high - close) / high, per model and basis (resale or rental by the hour; new ones are left"
        " out), where high is the highest price of the year up to the newest close."
    ),
    why="Loans are secured by these GPUs, and a falling price is the first sign that compute is plentiful.",
    stale_after=timedelta(days=14),
)

NO_WINDOWS: PersistentMap[str, Window] = HashTrieMap()


@dataclass(frozen=True, slots=True)
class State:
    """The year of each series, by subject."""

    windows: PersistentMap[str, Window] = NO_WINDOWS


def apply(state: State, journaled: JournaledEvent) -> Measured[State]:
    """Measure the series of a bar against its year."""
    bar = journaled.event
    if not isinstance(bar, GpuBarClosed) or bar.basis == "list":
        return state, ()
    subject = f"{bar.model} {bar.basis}"
    before = state.windows.get(subject)
    window = with_price(before, bar)
    if window is before:
        return state, ()
    measurement = Measurement(
        subject=subject,
        value=window.drawdown,
        evidence=tuple(dict.fromkeys((window.event_id, window.high.event_id))),
        text=_tell(bar, window),
        cited=cited(bar),
        heard_at=window.at,
    )
    return State(state.windows.insert(subject, window)), (measurement,)


def _tell(bar: GpuBarClosed, window: Window) -> str:
    what = "resale price" if bar.basis == "resale" else "rental price per hour"
    if not window.drawdown:
        return f"the {what} of the {bar.model} is at its high of the past year, {price(window.price_usd)}"
    return (
        f"the {what} of the {bar.model} is {percent(window.drawdown)} below its high of the past year:"
        f" {price(window.high.price_usd)} on {day(window.high.day)}, now {price(window.price_usd)}"
    )


GPU_RESALE_DRAWDOWN = Indicator(DEFINITION, State(), (GpuBarClosed,), apply)
