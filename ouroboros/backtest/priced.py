"""What has a price: a share by its symbol, or a GPU model on a basis."""

from typing import Annotated

from pydantic import Discriminator, Tag

from events.base import Name, Symbol, Value
from events.families.prices import Bar, EquityBarClosed, GpuBarClosed, GpuBasis


class Gpu(Value):
    """A GPU model and what its price is for."""

    model: Name
    """The GPU model, spelled as in the events."""
    basis: GpuBasis
    """What the price is for: resale, rental_hour or list."""

    def __str__(self) -> str:
        """Return it as it stands in a sentence."""
        return f"{self.model} ({self.basis})"


SHARE, GPU = "share", "gpu"
# Which of the two a text of a file is, so that what is wrong with it is said of that alone.
Priced = Annotated[
    Annotated[Symbol, Tag(SHARE)] | Annotated[Gpu, Tag(GPU)],
    Discriminator(lambda given: GPU if isinstance(given, dict | Gpu) else SHARE),
]


def priced_by(bar: Bar) -> Priced:
    """Return what a bar has prices of."""
    match bar:
        case EquityBarClosed():
            return bar.symbol
        case GpuBarClosed():
            return Gpu(model=bar.model, basis=bar.basis)
