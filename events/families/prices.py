"""Prices: single prints as feeds send them, and the bars that the sequencer makes of them."""

from datetime import datetime
from statistics import median
from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator

from events.base import Event, GpuModelName, Name, Price, Quantity, Symbol, Time, Value
from events.gpu_series import GpuSeries, gpu_series
from events.words import price

GpuBasis = Literal["resale", "rental_hour", "list"]
DAY_SECONDS = 86_400
Seconds = Annotated[int, Field(ge=1, le=DAY_SECONDS)]
_GPU_PRICES: dict[GpuBasis, str] = {
    "resale": "{} resold at {}",
    "rental_hour": "{} rented at {} an hour",
    "list": "{} listed at {}",
}
# A sum of quantities: it has no upper bound, or the prints of hostile feeds would add up to no bar.
Volume = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class EquityPriced(Event, key="symbol", topic="equity.prices"):
    """A share traded or closed at a price."""

    event_type: Literal["EquityPriced"] = "EquityPriced"
    symbol: Symbol
    """The share."""
    price_usd: Price
    """The price of one share."""
    size: Quantity = 0
    """Shares traded."""

    def describe(self) -> str:
        return f"{self.symbol} traded at {price(self.price_usd)}"


Gigabytes = Annotated[float, Field(gt=0, le=1e6, allow_inf_nan=False)]
Revision = Annotated[int, Field(ge=0, le=1_000_000)]
MOST_OFFERS = 10**12
Offers = Annotated[int, Field(ge=1, le=MOST_OFFERS)]


# Beyond so many venues a bar tells them apart no more.
MOST_VENUES = 200


class VenuePrice(Value):
    """The prices of a GPU at one venue in one interval, or the average of one publisher."""

    venue: Name | None = None
    """The venue, or the publisher of an average; left out where it is not known."""
    median_usd: Price
    """The median of its prices; of averages the newest."""
    offers: Offers = 1
    """How many prices it is the median of."""
    is_average: bool = False
    """Whether it is a publisher's average of many prices."""
    revision: Revision | None = None
    """Which revision of the average it is."""


class _GpuPrice(Event):
    """What a GPU price, or a bar of such prices, is a price of."""

    model: GpuModelName
    """The GPU model, such as `H100`."""
    basis: GpuBasis
    """What the price is for: a used GPU, an hour's rent, or a new GPU, asked or paid."""
    form: Name | None = None
    """How it is built in: SXM, PCIe, NVL."""
    memory_gb: Gigabytes | None = None
    """Its memory, in GB."""
    condition: Name | None = None
    """In what state, such as `refurbished`. Left out: used for resale, new for list."""
    term: Name | None = None
    """For how long it is rented, such as `one-year contract` or `spot`. Left out: on demand."""

    @property
    def series(self) -> GpuSeries:
        """Return the series of like prices that it belongs to."""
        return gpu_series(
            self.model,
            self.basis,
            form=self.form,
            memory_gb=self.memory_gb,
            condition=self.condition,
            term=self.term,
        )

    def _described(self, price_usd: float) -> str:
        series = self.series
        more = ", ".join(part for part in (series.condition, series.term) if part)
        text = _GPU_PRICES[self.basis].format(series.product, price(price_usd))
        return f"{text} ({more})" if more else text


class GpuPriced(_GpuPrice, key="model", topic="gpu.prices"):
    """A GPU was sold, rented by the hour, or listed at a price."""

    event_type: Literal["GpuPriced"] = "GpuPriced"
    price_usd: Price
    """The price of one GPU, or of one GPU for an hour."""
    quantity: Quantity = 1
    """GPUs that changed hands."""
    venue: Name | None = None
    """Where: a shop, a marketplace, a cloud. Each has one vote in the index of a day."""
    is_average: bool = False
    """Whether a publisher's average of many prices, which a later one of the same day replaces."""
    revision: Revision | None = None
    """Which revision of the average it is, where its publisher numbers them."""

    @property
    def votes_as(self) -> str | None:
        """Return whose price it is in an index: the venue's, or the publisher's of an average."""
        return self.venue or (self.source if self.is_average else None)

    def describe(self) -> str:
        return self._described(self.price_usd)


class _Bar(Event):
    """Prices from `bucket` on for `interval_seconds`; a second bar of one bucket adds to the first."""

    HAPPENED: ClassVar[tuple[str, ...]] = ("occurred_at", "bucket", "first_at", "last_at")

    interval_seconds: Seconds
    """The length of the bar in seconds, at most a day."""
    bucket: Time
    """The beginning of the bar; at most a day after `known_at`."""
    open_usd: Price
    """The first price."""
    high_usd: Price
    """The highest price."""
    low_usd: Price
    """The lowest price."""
    close_usd: Price
    """The last price."""
    first_at: Time
    """When the first price was made."""
    last_at: Time
    """When the last price was made; not before `first_at`, at most a day after `known_at`."""

    @model_validator(mode="after")
    def _sound(self) -> Self:
        if not self.low_usd <= min(self.open_usd, self.close_usd):
            raise ValueError("low_usd lies above open_usd or close_usd")
        if not self.high_usd >= max(self.open_usd, self.close_usd):
            raise ValueError("high_usd lies below open_usd or close_usd")
        if self.last_at < self.first_at:
            raise ValueError("last_at lies before first_at")
        return self


class EquityBarClosed(_Bar, key="symbol", topic="equity.prices"):
    """The prints of one share in one interval."""

    event_type: Literal["EquityBarClosed"] = "EquityBarClosed"
    symbol: Symbol
    """The share."""
    volume: Volume = 0
    """Shares traded in all."""

    def describe(self) -> str:
        return f"{self.symbol} closed at {price(self.close_usd)}"


class GpuBarClosed(_Bar, _GpuPrice, key="model", topic="gpu.prices"):
    """The prices of one series of GPU prices in one interval, venue by venue."""

    event_type: Literal["GpuBarClosed"] = "GpuBarClosed"
    quantity: Volume = 0
    """GPUs that changed hands in all."""
    venues: Annotated[tuple[VenuePrice, ...], Field(max_length=MOST_VENUES)] | None = None
    """What was asked where. Left out: the last price, of as many offers as GPUs; of none, an average."""

    @property
    def votes(self) -> tuple[VenuePrice, ...]:
        """Return the price of each venue."""
        if self.venues:
            return self.venues
        # Bars of earlier releases name no venues; where no GPUs changed hands, it is an index.
        offers, is_average = min(MOST_OFFERS, max(1, int(self.quantity))), self.quantity == 0
        return (VenuePrice(median_usd=self.close_usd, offers=offers, is_average=is_average),)

    @property
    def middle_usd(self) -> float:
        """Return the median over the venues (USD)."""
        return median(vote.median_usd for vote in self.votes)

    def describe(self) -> str:
        return self._described(self.middle_usd)


Tick = EquityPriced | GpuPriced
Bar = EquityBarClosed | GpuBarClosed


def bucket_second(time: datetime, interval_seconds: int) -> int:
    """Return the second since 1970 with which the bar begins that holds a time."""
    second = int(time.timestamp())
    return second - second % interval_seconds
