"""The units of measured values: how each is written, and how Grafana names and prints it."""

from collections.abc import Callable
from enum import StrEnum
from typing import NamedTuple

from events.words import count, percent, short_cents


class _Spelling(NamedTuple):
    """How Grafana shows a unit, and how the template of a notification prints it, times `factor`."""

    grafana: str
    decimals: int
    factor: float
    printf: str


class Unit(StrEnum):
    """What a value of an indicator counts; its value is what `read.indicator_definition` says."""

    SHARE = "share"
    RATIO = "ratio"
    USD = "USD"
    DAYS = "days"
    COUNT = "count"
    WEIGHTED_COUNT = "weighted count"
    SIGNS = "signs"
    COMPANIES = "companies"

    @property
    def grafana(self) -> str:
        """Return the id of the unit in Grafana."""
        return _SPELLINGS[self].grafana

    @property
    def decimals(self) -> int:
        """Return how many decimals a value is shown with."""
        return _SPELLINGS[self].decimals

    @property
    def factor(self) -> float:
        """Return what a value is multiplied by before `printf` prints it."""
        return _SPELLINGS[self].factor

    @property
    def printf(self) -> str:
        """Return the format with which a notification prints a value times `factor`."""
        return _SPELLINGS[self].printf

    def write(self, value: float) -> str:
        """Return a value with its unit, as a sentence has it: 30.3 %, $1.2B, 45 days, 1 sign."""
        return _WRITERS[self](value)


def _dollars(value: float) -> str:
    return ("-" if value < 0 else "") + short_cents(round(abs(value) * 100))


def _plain(value: float) -> str:
    return f"{value:g}"


_WRITERS: dict[Unit, Callable[[float], str]] = {
    Unit.SHARE: percent,
    Unit.RATIO: lambda value: f"{value:.2f} times",
    Unit.USD: _dollars,
    Unit.DAYS: lambda value: f"{value:g} {'day' if value == 1 else 'days'}",
    Unit.COUNT: _plain,
    Unit.WEIGHTED_COUNT: _plain,
    Unit.SIGNS: lambda value: count(int(value), "sign"),
    Unit.COMPANIES: lambda value: count(int(value), "company", "companies"),
}

_SPELLINGS = {
    Unit.SHARE: _Spelling("percentunit", 1, 100, "%.1f %%"),
    Unit.RATIO: _Spelling("suffix:times", 2, 1, "%.2f times"),
    Unit.USD: _Spelling("currencyUSD", 1, 1e-9, "$%.1fB"),
    Unit.DAYS: _Spelling("suffix:days", 0, 1, "%.0f days"),
    Unit.COUNT: _Spelling("none", 0, 1, "%.0f"),
    Unit.WEIGHTED_COUNT: _Spelling("none", 1, 1, "%.1f"),
    Unit.SIGNS: _Spelling("none", 0, 1, "%.0f"),
    Unit.COMPANIES: _Spelling("none", 0, 1, "%.0f"),
}
