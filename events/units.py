"""The units of measured values: how each is written in sentences, by Grafana and by the database."""

from collections.abc import Callable
from enum import StrEnum
from typing import NamedTuple

from events.words import count, percent, short_cents


class _Spelling(NamedTuple):
    """How Grafana shows a unit, and how a value times `factor` is written with words around it."""

    grafana: str
    decimals: int
    factor: float = 1
    before: str = ""
    after: str = ""
    after_one: str | None = None


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
        spelling = _SPELLINGS[self]
        before, after = (text.replace("%", "%%") for text in (spelling.before, spelling.after))
        return f"{before}%.{spelling.decimals}f{after}"

    def sql(self, value: str) -> str:
        """Return the SQL that writes a value, itself SQL, with its unit: 30.3 %, $1.2B, 1 sign."""
        spelling = _SPELLINGS[self]
        number = f"trim_scale(round(({value} * {spelling.factor:g})::numeric, {spelling.decimals}))"
        after = f"'{spelling.after}'"
        if spelling.after_one is not None:
            after = f"CASE {value} WHEN 1 THEN '{spelling.after_one}' ELSE {after} END"
        return f"'{spelling.before}' || {number} || {after}"

    def write(self, value: float) -> str:
        """Return a value with its unit, as a sentence has it: 30.3 %, $1.2B, 45 days, 1 sign."""
        return _WRITERS[self](value)

    def threshold(self, value: float) -> str:
        """Return a threshold as people say it: 80 %, $5B, 30 days, or above 1 where it lies just beyond 1."""
        if self is Unit.USD:
            return _dollars(value)
        spelling = _SPELLINGS[self]
        exact = value * spelling.factor
        number = round(exact, spelling.decimals)
        beyond = "above " if exact - number > 1e-9 else ""
        after = spelling.after_one if number == 1 and spelling.after_one is not None else spelling.after
        return f"{beyond}{spelling.before}{number:g}{after}"


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
    Unit.SHARE: _Spelling("percentunit", 1, factor=100, after=" %"),
    Unit.RATIO: _Spelling("suffix:times", 2, after=" times"),
    Unit.USD: _Spelling("currencyUSD", 2, factor=1e-9, before="$", after="B"),
    Unit.DAYS: _Spelling("suffix:days", 0, after=" days", after_one=" day"),
    Unit.COUNT: _Spelling("none", 0),
    Unit.WEIGHTED_COUNT: _Spelling("none", 2, after=" points", after_one=" point"),
    Unit.SIGNS: _Spelling("none", 0, after=" signs", after_one=" sign"),
    Unit.COMPANIES: _Spelling("none", 0, after=" companies", after_one=" company"),
}
