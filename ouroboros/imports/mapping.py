"""The mappings that `ouroboros import` takes: what the columns mean. Those left out are guessed by name."""

from datetime import time
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, Field, model_validator

from events.base import Certainty, Day, Link, Name, Symbol, Value
from events.families.deals import Currency, LegKind
from events.families.prices import GpuBasis, Seconds
from ouroboros.imports.tables import Layout

NOON = 12


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError("there is no such time zone; write it like America/New_York or UTC") from None
    return name


def _afternoon(closes_at: time) -> time:
    if closes_at.hour < NOON:
        raise ValueError(
            f"{closes_at:%H:%M} is before noon, when a day's last price is not known yet: say when the"
            " exchange closes, by the clock of its own time_zone, or 23:59 if it never does"
        )
    return closes_at


Zone = Annotated[str, Field(max_length=100), AfterValidator(_zone)]
Closing = Annotated[time, AfterValidator(_afternoon)]
Column = Annotated[str, Field(min_length=1, max_length=200)]
Factor = Annotated[float, Field(gt=0, le=1e12, allow_inf_nan=False)]
Words = Annotated[dict[str, Name], Field(max_length=2_000)]
DateFormat = Annotated[str, Field(min_length=1, max_length=40)]


class _Columns(Value):
    """What every kind of table may have a column for."""

    published: Column | None = None
    """When the row was published, a day (known at its end) or a time. Left out: when its own day was over."""


class _Mapping(Value):
    source: Name | None = None
    """Who says so. Left out: the name of the file."""
    source_url: Link | None = None
    """Where it is written."""
    certainty: Certainty = Certainty.REPORTED
    """How sure it is."""
    delimiter: Literal[",", ";", "|", "tab"] | None = None
    """What stands between two cells. Left out: what stands between the names of the columns."""
    skip_lines: Annotated[int, Field(ge=0, le=1_000)] = 0
    """Lines above the names of the columns, such as a title."""
    sheet: Name | None = None
    """The sheet of an Excel workbook. Left out: the only one with anything in it."""
    add: Annotated[dict[Column, Annotated[str, Field(max_length=500)]], Field(max_length=50)] = Field(
        default={}
    )
    """Columns that the file lacks, a constant or made of others, such as `Due: "{Year}-{Month}-01"`."""
    decimal_comma: bool = False
    """Whether a comma is the decimal sign, and a point groups thousands."""
    date_format: DateFormat | dict[Column, DateFormat] | None = None
    """How days are written, such as %m/%d/%Y, or that for each column. Left out: as the rows prove."""
    published: Day | None = None
    """The day on which the whole file was published: its rows are known when that day is over."""
    time_zone: Zone | None = None
    """Where days and clocks without a zone belong, such as America/New_York. Times without a zone need it."""
    currency: Currency = "USD"
    """The currency of amounts, by ISO 4217."""
    usd_per_unit: Factor | None = None
    """What one unit of `currency` is worth in USD. Needed where that is not the dollar."""
    only: dict[str, tuple[str, ...]] = Field(default={}, max_length=20)
    """Rows that count: what must stand in a column, one of these. Others are left out and counted."""
    replace: Annotated[dict[Annotated[str, Field(min_length=1)], str], Field(max_length=100)] = Field(
        default={}
    )
    """Texts to replace in all such names, once for the file: {"NASDAQ:": "", " US Equity": "", /: -}."""
    names: Words = Field(default={})
    """What the file calls a share, model or company, and what it is called here."""

    @model_validator(mode="after")
    def _currency_has_a_rate(self) -> Self:
        if self.currency != "USD" and self.usd_per_unit is None:
            raise ValueError(f"amounts in {self.currency} need usd_per_unit")
        return self

    @property
    def layout(self) -> Layout:
        """Return how the file is laid out."""
        return Layout(self.delimiter, self.skip_lines, self.sheet, self.decimal_comma, self.add)

    @property
    def zone(self) -> ZoneInfo | None:
        """Return the time zone, if one is named."""
        return ZoneInfo(self.time_zone) if self.time_zone else None

    @property
    def usd(self) -> float:
        """Return what one unit of the currency is worth in USD."""
        return self.usd_per_unit or 1.0


class Split(Value):
    """A share split: prices before it are divided by the ratio, volumes multiplied."""

    day: Day
    """The first day with the new price."""
    ratio: Factor
    """New shares for one old one: 2 for a two-for-one."""
    symbol: Symbol | None = None
    """The share. Left out: every one in the file."""


class BarColumns(_Columns):
    """Columns of bars."""

    symbol: Column | None = None
    """The share. Without one: `symbol` of the mapping, or the beginning of the file's name."""
    date: Column | None = None
    """The day."""
    time: Column | None = None
    """The time of a minute bar, or its time of day beside `date`."""
    open: Column | None = None
    """The first price. Without one: the close."""
    high: Column | None = None
    """The highest price. Without one: the higher of open and close."""
    low: Column | None = None
    """The lowest price. Without one: the lower of open and close."""
    close: Column | None = None
    """The last price. Without one the adjusted close is taken."""
    volume: Column | None = None
    """Shares traded."""


class _Bars(_Mapping):
    columns: BarColumns = BarColumns()
    """Which columns hold what."""
    symbol: Symbol | None = None
    """The share that the whole file is about."""
    keep: Literal["first", "last", "most_volume"] = "first"
    """Which row holds of several for one share and time. Left out: the first, and the others are refused."""


class DailyBars(_Bars):
    """Daily prices of shares, each known when the exchange closed."""

    kind: Literal["daily_bars"]
    """What the file holds."""
    time_zone: Zone
    """The time zone of the exchange, such as America/New_York."""
    closes_at: Closing = time(16)
    """When the exchange closes, in its time zone: that is when a day's prices are known."""
    split_adjusted: bool = False
    """Whether prices are adjusted for splits, so that large moves are none."""
    splits: Annotated[tuple[Split, ...], Field(max_length=1_000)] = ()
    """Splits that the prices are not adjusted for."""


class MinuteBars(_Bars):
    """Prices of shares within the day, each known when its interval ended."""

    kind: Literal["minute_bars"]
    """What the file holds."""
    interval_seconds: Seconds = 60
    """The length of a bar in seconds."""
    stamped: Literal["start", "end"] = "start"
    """Whether a row names the start or the end of its interval."""


class GpuColumns(_Columns):
    """Columns of GPU prices: a row is of one model, or has a column for each."""

    model: Column | None = None
    """The GPU model."""
    date: Column
    """The day, or the month."""
    price: Column | None = None
    """The price of one GPU, or of one GPU for an hour."""
    models: Annotated[dict[Column, Name], Field(min_length=1, max_length=500)] | None = None
    """In place of `model` and `price`: columns that hold prices, each with the model that they are of."""
    quantity: Column | None = None
    """GPUs that changed hands. Without one a row counts for one."""
    venue: Column | None = None
    """Where: the shop, marketplace or cloud. Each has one vote in the index of a day."""
    form: Column | None = None
    """How the GPU is built in, such as SXM or PCIe."""
    memory_gb: Column | None = None
    """Its memory, in GB."""
    condition: Column | None = None
    """In what state it is."""
    term: Column | None = None
    """For how long it is rented, such as a one-year contract."""
    revision: Column | None = None
    """The number of the revision, where a publisher numbers them; goes with `published`."""

    @model_validator(mode="after")
    def _revisions_are_known(self) -> Self:
        if self.revision is not None and self.published is None:
            raise ValueError("revision needs published: the column that says when each was published")
        return self

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if (self.models is None) == (self.model is None) or (self.model is None) != (self.price is None):
            raise ValueError("name the columns model and price, or under models the column of each model")
        return self


class GpuPrices(_Mapping):
    """Prices of GPUs: a venue's rows of a model and period make one bar, known when the period was over."""

    kind: Literal["gpu_prices"]
    """What the file holds."""
    time_zone: Zone
    """Where the days begin and end, such as UTC."""
    basis: GpuBasis
    """What the prices are for."""
    period: Literal["day", "month"] = "day"
    """What `date` names."""
    average: bool = False
    """Whether a row is a publisher's average, not a single offer; a later one of the same day replaces it."""
    venue: Name | None = None
    """Where, where no column says so."""
    form: Name | None = None
    """How the GPUs are built in, where no column says so."""
    condition: Name | None = None
    """In what state they are, where no column says so."""
    term: Name | None = None
    """For how long they are rented, where no column says so."""
    columns: GpuColumns
    """Which columns hold what."""


PowerStatus = Literal["promised", "withdrawn", "cancelled", "completed", "resized"]


class PowerColumns(_Columns):
    """Columns of a schedule; a row has the new day in `expected_on`, or both days in `change`."""

    site: Column
    """The site."""
    phase: Column | None = None
    """The part of the site that has a day of its own: a unit, a building, a stage."""
    published: Column | None = None
    """The day of the list in which it stands. Without one: `published` of the mapping, or --published."""
    published_before: Column | None = None
    """The day of an earlier list, or of the request, in which `expected_before` or the old day stood."""
    expected_before: Column | None = None
    """The day that was promised then; where `expected_on` is empty it stands."""
    change: Column | None = None
    """The old day, an arrow, the new day."""
    expected_on: Column | None = None
    """The promised day, or the month, which is over on its last day."""
    completed_on: Column | None = None
    """The day on which all of the power was there."""
    withdrawn_on: Column | None = None
    """The day on which the promise was withdrawn."""
    status: Column | None = None
    """What became of it, in a word of `statuses`. Left out: a column named status, if there is one."""
    operator: Column | None = None
    """The company that runs the site."""
    mw: Column | None = None
    """The power that was promised, in MW."""


class PowerSchedule(_Mapping):
    """Promised days of power, list by list: each promise known at the end of the day of its list."""

    kind: Literal["power_schedule"]
    """What the file holds."""
    time_zone: Zone
    """Where the days of the lists end, such as America/Chicago."""
    operator: Name | None = None
    """Who runs the sites, where no column says so. Left out: it is not known."""
    totals: bool = False
    """Whether MW are all that a site has by that day, so that each row adds what it has more than before."""
    statuses: dict[str, PowerStatus] = Field(default={}, max_length=100)
    """What the words of the file mean; usual ones are known. What is `resized` has new MW and no new day."""
    columns: PowerColumns
    """Which columns hold what."""

    @model_validator(mode="after")
    def _says_what(self) -> Self:
        if (self.columns.change is None) == (self.columns.expected_on is None) and not (
            self.totals and self.columns.change is None
        ):
            raise ValueError("name the column `change` or the column `expected_on`, one of the two")
        if self.totals and self.columns.mw is None:
            raise ValueError("totals need the column `mw`")
        if self.columns.published is not None and self.columns.published == self.columns.expected_on:
            raise ValueError(
                f"{self.columns.published} cannot be the day of the list and the promised day: say on which"
                " day the whole list was published (published: 2026-09-30), and totals: true if it"
                " has what is there"
            )
        return self


class DealColumns(_Columns):
    """Columns of a list of deals."""

    payer: Column
    """The company that pays."""
    payee: Column
    """The company that is paid."""
    kind: Column
    """What the money is for, in a word of `kinds`."""
    amount: Column
    """The amount in words: $30-50B, Up to $100B, 10+ GW."""
    date: Column
    """The day on which it became known."""
    published: Column | None = None
    """The day of the list, from which on what changed is known."""
    starts: Column | None = None
    """The first day of its term."""
    ends: Column | None = None
    """The last day of its term."""
    term: Column | None = None
    """How long it runs, in words: 5 years, 18 months."""
    status: Column | None = None
    """How sure it is, in a word of `statuses`."""
    title: Column | None = None
    """What people call it."""
    url: Column | None = None
    """Where it is written."""


class DealList(_Mapping):
    """Deals, a leg a row, known at the end of their day."""

    kind: Literal["deals"]
    """What the file holds."""
    time_zone: Zone
    """Where the days end."""
    columns: DealColumns
    """Which columns hold what."""
    id_columns: Annotated[tuple[Column, ...], Field(min_length=1, max_length=10)]
    """The columns that tell one deal from the others; their cells make its id."""
    published: Day | None = None
    """The day of the list, from which on what changed is known. Left out: the day in the name of the file."""
    facts: Words = Field(default={})
    """Deals that are known by another id already: the id that a row makes, and the one that is known."""
    kinds: dict[str, LegKind] = Field(max_length=100)
    """What the words of the file mean."""
    statuses: dict[str, Certainty | Literal["letter_of_intent"]] = Field(default={}, max_length=100)
    """What the words of the file mean: a certainty, or that it commits nobody."""
    plain_unit: Literal["one", "thousand", "million", "billion"] = "one"
    """What an amount without a unit is counted in."""


Mapping = Annotated[
    DailyBars | MinuteBars | GpuPrices | PowerSchedule | DealList, Field(discriminator="kind")
]
