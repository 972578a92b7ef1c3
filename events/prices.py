"""Prices: single prints as feeds send them, and the bars that the sequencer makes of them."""

from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator

from events.base import Event, Moment, Name, Price, Quantity, Symbol

GpuBasis = Literal["resale", "rental_hour", "list"]
Seconds = Annotated[int, Field(ge=1, le=86_400)]
# A sum of quantities: it has no upper bound, or the prints of hostile feeds would add up to no bar.
Volume = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class EquityPriced(Event):
    """A share traded or closed at a price."""

    KEY: ClassVar[str] = "symbol"
    TOPIC: ClassVar[str] = "equity.prices"

    event_type: Literal["EquityPriced"] = "EquityPriced"
    schema_version: Literal[1] = 1
    symbol: Symbol
    price_usd: Price
    size: Quantity = 0


class GpuPriced(Event):
    """A GPU was sold, rented by the hour, or listed at a price."""

    KEY: ClassVar[str] = "model"
    TOPIC: ClassVar[str] = "gpu.prices"

    event_type: Literal["GpuPriced"] = "GpuPriced"
    schema_version: Literal[1] = 1
    model: Name
    basis: GpuBasis
    price_usd: Price
    quantity: Quantity = 1
    venue: Name | None = None
    condition: Name | None = None


class _Bar(Event):
    """Prices from `bucket` on for `interval_seconds`; a second bar of one bucket adds to the first."""

    interval_seconds: Seconds
    bucket: Moment
    open_usd: Price
    high_usd: Price
    low_usd: Price
    close_usd: Price
    first_at: Moment
    last_at: Moment

    @model_validator(mode="after")
    def _sound(self) -> Self:
        if not self.low_usd <= min(self.open_usd, self.close_usd):
            raise ValueError("low_usd lies above open_usd or close_usd")
        if not self.high_usd >= max(self.open_usd, self.close_usd):
            raise ValueError("high_usd lies below open_usd or close_usd")
        return self


class EquityBarClosed(_Bar):
    """The prints of one share in one interval."""

    KEY: ClassVar[str] = "symbol"
    TOPIC: ClassVar[str] = "equity.prices"

    event_type: Literal["EquityBarClosed"] = "EquityBarClosed"
    schema_version: Literal[1] = 1
    symbol: Symbol
    volume: Volume = 0


class GpuBarClosed(_Bar):
    """The prices of one GPU model on one basis in one interval."""

    KEY: ClassVar[str] = "model"
    TOPIC: ClassVar[str] = "gpu.prices"

    event_type: Literal["GpuBarClosed"] = "GpuBarClosed"
    schema_version: Literal[1] = 1
    model: Name
    basis: GpuBasis
    quantity: Volume = 0


Tick = EquityPriced | GpuPriced
Bar = EquityBarClosed | GpuBarClosed
