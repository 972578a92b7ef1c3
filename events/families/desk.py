"""What the desk decides: what to watch and how closely, and what to do about a signal.

These are events like any other, so that a replay knows which thresholds held when.
"""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from events.base import CompanyName, Event, GpuModelName, Name, SiteName, Symbol, Text, Time, Value
from events.words import after_colon, count, day

Companies = Annotated[tuple[CompanyName, ...], Field(max_length=500)]
Sites = Annotated[tuple[SiteName, ...], Field(max_length=500)]
GpuModels = Annotated[tuple[GpuModelName, ...], Field(max_length=500)]
Symbols = Annotated[tuple[Symbol, ...], Field(max_length=500)]
Threshold = Annotated[float, Field(allow_inf_nan=False)]
Days = Annotated[int, Field(ge=1, le=3660)]


class ThresholdOverride(Value):
    """Thresholds of one indicator in place of its defaults, for all its subjects or for one."""

    indicator: Name
    """The indicator, by its id."""
    subject: Name | None = None
    """One subject of it; all of them where left out."""
    watch: Threshold
    """From this value on it is watched, in the unit of the indicator."""
    warning: Threshold
    """From this value on it is a warning."""
    critical: Threshold
    """From this value on it is critical."""

    @model_validator(mode="after")
    def _in_one_direction(self) -> Self:
        if not (self.watch <= self.warning <= self.critical or self.watch >= self.warning >= self.critical):
            raise ValueError("watch, warning and critical must rise or fall in this order")
        return self


class WindowOverride(Value):
    """The length of an indicator's window (days) in place of its default."""

    indicator: Name
    """The indicator, by its id."""
    days: Days
    """The length of the window in days, 1 to 3,660."""


class Watched(Value):
    """What a watchlist names; what it leaves out is as the release has it."""

    watchlist: Name
    """The watchlist; the newest of one name holds."""
    symbols: Symbols = ()
    """Shares to watch."""
    companies: Companies = ()
    """Companies to watch."""
    lenders: Companies = ()
    """Lenders to watch."""
    sites: Sites = ()
    """Sites to watch."""
    gpu_models: GpuModels = ()
    """GPU models to watch."""
    builders: Symbols = ()
    """The basket of those who sell what is built with; the release's own where empty."""
    financiers: Symbols = ()
    """The basket of those who lend for it; the release's own where empty."""
    neoclouds: Symbols = ()
    """Shares whose one-day moves are shocks; the release's own where empty."""
    gigawatt_assumption: Literal["low", "mid", "high"] | None = None
    """Which dollar value of a gigawatt stands in where a leg states power alone; mid where left out."""


class WatchlistChanged(Watched, Event, key="watchlist", topic="desk"):
    """The watchlist is, from now on, this; what it leaves out is as the release has it."""

    event_type: Literal["WatchlistChanged"] = "WatchlistChanged"
    thresholds: Annotated[tuple[ThresholdOverride, ...], Field(max_length=500)] = ()
    """Thresholds in place of the defaults."""
    windows: Annotated[tuple[WindowOverride, ...], Field(max_length=100)] = ()
    """Windows in place of the defaults."""

    def describe(self) -> str:
        own = f"{count(len(self.thresholds), 'threshold')} and {count(len(self.windows), 'window')}"
        return f"The watchlist {self.watchlist} changed: {own} of its own"


class SignalAcknowledged(Event, key="signal_id", topic="desk"):
    """Somebody has seen a signal and takes it from here."""

    event_type: Literal["SignalAcknowledged"] = "SignalAcknowledged"
    signal_id: Name
    """The episode, by its id."""
    by: Name
    """Who has seen it."""
    note: Text | None = None
    """What they make of it."""

    def describe(self) -> str:
        return f"{self.by} has seen the signal {self.signal_id}{after_colon(self.note)}"


class SignalMuted(Event, key="indicator", topic="desk"):
    """Signals of an indicator, or of one subject of it, are not to be sent until a given time."""

    event_type: Literal["SignalMuted"] = "SignalMuted"
    indicator: Name
    """The indicator, by its id."""
    subject: Name | None = None
    """One subject of it; all of them where left out."""
    until: Time
    """When signals are sent again."""
    by: Name
    """Who decided it."""
    why: Text | None = None
    """The reason."""

    def describe(self) -> str:
        whose = f" of {self.subject}" if self.subject else ""
        return f"{self.by} muted {self.indicator}{whose} until {day(self.until)}{after_colon(self.why)}"
