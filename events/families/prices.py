"""Prices: single prints as feeds send them, and the bars that the sequencer makes of them."""

from datetime import datetime
from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator

from events.base import Event, GpuModelName, Name, Price, Quantity, Symbol, Time
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


class GpuPriced(Event, key="model", topic="gpu.prices"):
    """A GPU was sold, rented by the hour, or listed at a price."""

    event_type: Literal["GpuPriced"] = "GpuPriced"
    model: GpuModelName
    """The GPU model, such as `H100`."""
    basis: GpuBasis
    """What the price is for: a used GPU, an hour's rent, or a new GPU, asked or paid."""
    price_usd: Price
    """The price of one GPU, or of one GPU for an hour."""
    quantity: Quantity = 1
    """GPUs that changed hands."""
    venue: Name | None = None
    """Where."""
    condition: Name | None = None
    """In what state, such as `used`."""

    def describe(self) -> str:
        return _GPU_PRICES[self.basis].format(self.model, price(self.price_usd))


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


class GpuBarClosed(_Bar, key="model", topic="gpu.prices"):
    """The prices of one GPU model on one basis in one interval."""

    event_type: Literal["GpuBarClosed"] = "GpuBarClosed"
    model: GpuModelName
    """The GPU model, such as `H100`."""
    basis: GpuBasis
    """What the prices are for: a used GPU, an hour's rent, or a new GPU, asked or paid."""
    quantity: Volume = 0
    """GPUs that changed hands in all."""

    def describe(self) -> str:
        return _GPU_PRICES[self.basis].format(self.model, price(self.close_usd))


Tick = EquityPriced | GpuPriced
Bar = EquityBarClosed | GpuBarClosed


def bucket_second(time: datetime, interval_seconds: int) -> int:
    """Return the second since 1970 with which the bar begins that holds a time."""
    second = int(time.timestamp())
    return second - second % interval_seconds
