"""The mappings that `ouroboros import` takes: what the columns mean. Those left out are guessed by name."""

from datetime import time
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, Field, model_validator

from events.base import Certainty, Day, Link, Name, Symbol, Value
from events.families.deals import Currency, LegKind
from events.families.prices import GpuBasis, Seconds

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


class _Mapping(Value):
    source: Name | None = None
    """Who says so. Left out: the name of the file."""
    source_url: Link | None = None
    """Where it is written."""
    certainty: Certainty = Certainty.REPORTED
    """How sure it is."""
    delimiter: Literal[",", ";", "|", "tab"] = ","
    """What stands between two cells."""
    decimal_comma: bool = False
    """Whether a comma is the decimal sign, and a point groups thousands."""
    date_format: Annotated[str, Field(max_length=40)] | None = None
    """How days are written, such as %m/%d/%Y. Left out: any form that has one meaning only."""
    time_zone: Zone | None = None
    """Where days and clocks without a zone belong, such as America/New_York. Times without a zone need it."""
    currency: Currency = "USD"
    """The currency of amounts, by ISO 4217."""
    usd_per_unit: Factor | None = None
    """What one unit of `currency` is worth in USD. Needed where that is not the dollar."""
    only: dict[str, tuple[str, ...]] = Field(default={}, max_length=20)
    """Rows that count: what must stand in a column, one of these. Others are left out and counted."""
    names: Words = Field(default={})
    """What the file calls a share, model or company, and what it is called here."""

    @model_validator(mode="after")
    def _currency_has_a_rate(self) -> Self:
        if self.currency != "USD" and self.usd_per_unit is None:
            raise ValueError(f"amounts in {self.currency} need usd_per_unit")
        return self

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


class BarColumns(Value):
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


class GpuColumns(Value):
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
    known_at: Column | None = None
    """When the price was published, a day or a time. Without one: when its day or month was over."""
    revision: Column | None = None
    """The number of the revision, where a publisher numbers them; goes with known_at."""

    @model_validator(mode="after")
    def _revisions_are_known(self) -> Self:
        if self.revision is not None and self.known_at is None:
            raise ValueError("revision needs known_at: the column that says when each revision was published")
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


class PowerColumns(Value):
    """Columns of a schedule; a row has the new day in `expected_on`, or both days in `change`."""

    site: Column
    """The site."""
    published: Column
    """The day of the list in which it stands."""
    published_before: Column | None = None
    """The day of the list before, in which the old day of `change` stood."""
    change: Column | None = None
    """The old day, an arrow, the new day."""
    expected_on: Column | None = None
    """The promised day."""
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
    """Who runs the sites, where no column says so."""
    columns: PowerColumns
    """Which columns hold what."""

    @model_validator(mode="after")
    def _says_what_and_who(self) -> Self:
        if (self.columns.change is None) == (self.columns.expected_on is None):
            raise ValueError("name the column `change` or the column `expected_on`, one of the two")
        if self.columns.operator is None and self.operator is None:
            raise ValueError("name the operator, or its column")
        return self


class DealColumns(Value):
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
    kinds: dict[str, LegKind] = Field(max_length=100)
    """What the words of the file mean."""
    statuses: dict[str, Certainty | Literal["letter_of_intent"]] = Field(default={}, max_length=100)
    """What the words of the file mean: a certainty, or that it commits nobody."""
    plain_unit: Literal["one", "thousand", "million", "billion"] = "one"
    """What an amount without a unit is counted in."""


Mapping = Annotated[
    DailyBars | MinuteBars | GpuPrices | PowerSchedule | DealList, Field(discriminator="kind")
]
