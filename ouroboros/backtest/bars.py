"""What has a price, a share or a series of GPU prices, and the bars of a batch of both as columns."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from pydantic import Discriminator, Tag, model_validator

from events.base import Name, Symbol, Value
from events.errors import UsageError
from events.families.prices import Bar, EquityBarClosed, GpuBarClosed, GpuBasis
from events.gpu_series import gpu_series
from ouroboros.history.source import Entry, History
from projections.event_batch import EventBatch, Numbers, Texts, Times, Whole, from_utc

# So much may the clock of whoever made a price be ahead of that of whoever passed it on.
CLOCKS_DIFFER = timedelta(minutes=1)

_NUMBERS = ("open_usd", "high_usd", "low_usd", "close_usd")
_COLUMNS = ("event_id", "interval_seconds", "bucket", "last_at", *_NUMBERS)


class Gpu(Value):
    """A series of like GPU prices."""

    model: Name
    """The GPU, spelled as in its series: H100, or H100 SXM 80 GB where prices say form and memory."""
    basis: GpuBasis
    """What the price is for: resale, rental_hour or list."""
    condition: Name | None = None
    """In what state it is, such as refurbished. Left out: used for resale, new for list."""
    term: Name | None = None
    """For how long it is rented, such as one-year contract. Left out: on demand."""

    @model_validator(mode="before")
    @classmethod
    def _as_in_events(cls, given: Any) -> Any:
        if not isinstance(given, dict):
            return given
        basis = str(given.get("basis"))
        words = {name: given.get(name) for name in ("condition", "term")}
        if any(text is not None and not isinstance(text, str) for text in words.values()):
            return given
        series = gpu_series("", basis, **words)
        return {**given, "condition": series.condition, "term": series.term}

    def __str__(self) -> str:
        """Return it as it stands in a sentence."""
        return f"{self.model} ({', '.join(part for part in (self.basis, self.condition, self.term) if part)})"


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
            series = bar.series
            return Gpu(model=series.product, basis=bar.basis, condition=series.condition, term=series.term)


@dataclass(frozen=True, slots=True, eq=False)
class BatchBars:
    """Bars in the order of their batch: `at` is the position there, `code` the index in `priced`."""

    priced: tuple[Priced, ...]
    at: Whole
    code: Whole
    known_at: Times
    event_id: Texts
    interval_seconds: Whole
    bucket: Times
    last_at: Times
    open_usd: Numbers
    high_usd: Numbers
    low_usd: Numbers
    close_usd: Numbers

    def drawn_by(self, histories: Iterable[History]) -> NDArray[np.bool_]:
        """Return for each bar whether one of the histories has drawn it of single prices."""
        drawn = [history.drawn for history in histories if history.drawn]
        if not drawn:
            return np.zeros(len(self.at), dtype=bool)
        return np.array([any(text in ids for ids in drawn) for text in self.event_id.tolist()], dtype=bool)


def bars_of(batch: EventBatch) -> BatchBars:
    """Return the bars of a batch: columns of shares, and the events that are bars."""
    columns = batch.bars
    others = [
        (position, journaled.event)
        for position, journaled in batch.others.items()
        if isinstance(journaled.event, Bar)
    ]
    codes: dict[Priced, int] = {symbol: code for code, symbol in enumerate(columns.symbols)}
    code = [codes.setdefault(priced_by(bar), len(codes)) for _, bar in others]
    shares = np.flatnonzero(columns.code >= 0)
    at = np.concatenate((shares, np.array([position for position, _ in others], dtype=np.int64)))
    order = np.argsort(at, kind="stable")

    def column(name: str) -> NDArray[Any]:
        of_shares = getattr(columns, name)[shares]
        values = [_plain(getattr(bar, name)) for _, bar in others]
        return np.concatenate((of_shares, np.array(values, dtype=of_shares.dtype)))[order]

    return BatchBars(
        tuple(codes),
        at[order],
        np.concatenate((columns.code[shares], np.array(code, dtype=np.int64)))[order],
        batch.known_at[at[order]],
        *map(column, _COLUMNS),
    )


def _plain(value: Any) -> Any:
    """Convert a value of an event to one of a column: an id to text, a time to UTC."""
    match value:
        case datetime():
            return from_utc(value)
        case UUID():
            return str(value)
        case _:
            return value


def check_last_prices(batch: EventBatch, bars: BatchBars, history: History) -> None:
    """Raise UsageError with the address of a bar that was known before its last price: it looks ahead."""
    early = np.flatnonzero(bars.last_at > bars.known_at + np.timedelta64(CLOCKS_DIFFER))
    if not early.size:
        return
    journaled = batch.journaled(int(bars.at[early[0]]))
    bar = journaled.event
    assert isinstance(bar, Bar)  # noqa: S101  nothing else has columns of bars
    raise UsageError(
        f"{history.address(Entry(journaled.offset, journaled.index, bar))}: the bar of {priced_by(bar)} has"
        f" prices until {bar.last_at:%Y-%m-%d %H:%M} UTC, but is said to have been known at"
        f" {bar.known_at:%Y-%m-%d %H:%M}.",
        "A bar is known when it is over: correct its known_at, or say `take: facts` beside this place.",
    )
