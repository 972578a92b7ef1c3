"""What a study says: which history, which signals, what they should foretell, what to do about them."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Any, Literal, NamedTuple, Self

from pydantic import BeforeValidator, Field, StringConstraints, model_validator

from events.base import Name, Symbol, Text, Time, Value
from events.families.desk import Days, ThresholdOverride, WindowOverride
from events.families.prices import GpuBasis
from ouroboros.backtest.bars import Gpu, Priced

MOST_VARIANTS = 64
# What the parameters of the study itself are called among the variants.
AS_STATED = "as stated"

SignalLevel = Literal["watch", "warning", "critical"]
Share = Annotated[float, Field(gt=0, lt=1, allow_inf_nan=False)]
Path = Annotated[str, Field(min_length=1, max_length=1_000)]
# A name of a study is part of the name of its folder.
StudyName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")]


def _as_day(given: Any) -> Any:
    """Take a day as its midnight in UTC; anything else is judged as a time with its zone."""
    if isinstance(given, str) and len(given) == 10:
        try:
            return datetime.combine(date.fromisoformat(given), time(), UTC)
        except ValueError:
            return given
    return given


Beginning = Annotated[Time, BeforeValidator(_as_day)]


class Draws(NamedTuple):
    """How often chance is drawn, and from which number on."""

    number: int
    seed: int


class HistoryPart(Value):
    """A source of events."""

    read: Path
    """archive, journal or ledger; a folder that `ouroboros import` or `ouroboros export` wrote; or a file."""
    mapping: Path | None = None
    """What the columns of a CSV file mean: a mapping file, or the name of a built-in one."""
    take: Literal["everything", "facts", "prices"] = "everything"
    """What counts of it: everything, prices of shares and GPUs alone, or all but these."""


class Period(Value):
    """The time that is judged; what happened before is known, what comes after is not read."""

    starts: Beginning
    """Its beginning: a day, which begins at midnight UTC, or a time with its time zone."""
    ends: Beginning
    """The first time after it, written the same way."""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.ends <= self.starts:
            raise ValueError("the period ends before it starts")
        return self


class Condition(Value):
    """An indicator at a level or above, for at least one of the subjects that fit a pattern."""

    indicator: Name
    """The indicator, by its id."""
    level: SignalLevel
    """The mildest level that counts."""
    subject: Name = "*"
    """Which subjects count: a name, or a pattern in which * stands for any text."""


class SignalRule(Value):
    """A signal: up while at least so many of its conditions hold."""

    of: Annotated[tuple[Condition, ...], Field(min_length=1, max_length=20)]
    """The conditions."""
    at_least: Annotated[int, Field(ge=1, le=20)] = 1
    """How many of them must hold at the same time."""
    probability: Annotated[float, Field(ge=0, le=1)] | None = None
    """The probability that the outcome follows, where one is claimed: it is scored after Brier."""

    @model_validator(mode="after")
    def _possible(self) -> Self:
        if self.at_least > len(self.of):
            raise ValueError(f"at_least is {self.at_least}, of only {len(self.of)} conditions")
        return self


class Outcome(Value):
    """What the signals are to foretell: a price that falls, or rises, by so much within so many days."""

    symbol: Symbol | None = None
    """The share."""
    model: Name | None = None
    """The GPU model, in place of a share."""
    basis: GpuBasis | None = None
    """What the price of the GPU is for: resale, rental_hour or list."""
    condition: Name | None = None
    """In what state the GPU is. Left out: used for resale, new for list."""
    term: Name | None = None
    """For how long the GPU is rented. Left out: on demand."""
    falls: Share | None = None
    """By which part it falls: 0.2 for 20 %."""
    rises: Annotated[float, Field(gt=0, le=100, allow_inf_nan=False)] | None = None
    """By which part it rises: 0.2 for 20 %."""
    within_days: Days
    """Within how many days of 24 hours."""

    @model_validator(mode="after")
    def _one_way_of_one_price(self) -> Self:
        if (self.falls is None) == (self.rises is None):
            raise ValueError("say falls or rises, one of the two")
        if (self.symbol is None) == (self.model is None):
            raise ValueError("say symbol for a share, or model and basis for a GPU")
        if (self.model is None) != (self.basis is None):
            raise ValueError("model and basis belong together: say resale, rental_hour or list as the basis")
        if self.model is None and (self.condition or self.term):
            raise ValueError("condition and term are of the prices of GPUs, not of shares")
        return self

    @property
    def priced(self) -> Priced:
        """Return what the price is of."""
        if self.model is None or self.basis is None:
            return self.symbol or ""
        return Gpu(model=self.model, basis=self.basis, condition=self.condition, term=self.term)

    @property
    def window(self) -> timedelta:
        """Return the time within which it must come."""
        return timedelta(days=self.within_days)


class Action(Value):
    """What is held while a signal is up, or while it is not."""

    while_up: Name | None = None
    """Held while this signal is up."""
    while_down: Name | None = None
    """Held while this signal is not up."""
    long: Annotated[tuple[Symbol, ...], Field(max_length=100)] = ()
    """Shares that are bought, in equal parts."""
    short: Annotated[tuple[Symbol, ...], Field(max_length=100)] = ()
    """Shares that are sold short, in equal parts."""
    exposure: Annotated[float, Field(gt=0, le=5, allow_inf_nan=False)] = 1.0
    """Long and short positions together, as a part of the capital."""
    delay_hours: Annotated[float, Field(ge=0, le=8_760, allow_inf_nan=False)] = 0.0
    """How many hours after the signal an order can be placed; it trades at the next opening price."""
    costs_bps: Annotated[float, Field(ge=0, le=1_000, allow_inf_nan=False)]
    """Costs of a trade in basis points (hundredths of a percent) of what is traded, each way."""

    @model_validator(mode="after")
    def _sound(self) -> Self:
        if (self.while_up is None) == (self.while_down is None):
            raise ValueError("say while_up or while_down, one of the two")
        if not (self.long or self.short):
            raise ValueError("it holds nothing: name shares under long or short")
        twice = sorted({symbol for symbol in self.symbols if self.symbols.count(symbol) > 1})
        if twice:
            raise ValueError(f"{', '.join(twice)} stands there more than once")
        return self

    @property
    def symbols(self) -> tuple[str, ...]:
        """Return all shares, in the order of the study."""
        return (*self.long, *self.short)

    @property
    def signal(self) -> str:
        """Return the signal that it follows."""
        return self.while_up or self.while_down or ""

    @property
    def weight(self) -> float:
        """Return the part of the capital that goes into each share."""
        return self.exposure / len(self.symbols)

    @property
    def delay(self) -> timedelta:
        """Return the time between a signal and an order."""
        return timedelta(hours=self.delay_hours)


class Variant(Value):
    """The same rules with other parameters, in place of the study's own."""

    name: Name
    """What it is called in the results."""
    thresholds: Annotated[tuple[ThresholdOverride, ...], Field(max_length=100)] = ()
    """Thresholds in place of those of the release or the watchlist."""
    windows: Annotated[tuple[WindowOverride, ...], Field(max_length=100)] = ()
    """Windows in place of those of the release or the watchlist."""
    levels: dict[Name, SignalLevel] = Field(default={})
    """Levels in place of those of the conditions, by signal."""


class WalkForward(Value):
    """Choose the best variant on the past, judge it on what comes next, move on."""

    splits: Annotated[int, Field(ge=1, le=50)]
    """Into how many parts the period is cut after the first one, which is only learned from."""


class Study(Value):
    """A study as it stands in a file."""

    study: StudyName
    """Its name: small letters, digits and hyphens; part of the name of the folder of results."""
    title: Name | None = None
    """What people call it."""
    why: Text = ""
    """What it is to find out."""
    history: Annotated[tuple[HistoryPart, ...], Field(min_length=1, max_length=20)]
    """Where events come from: sources that are read as one history; what stands in several counts once."""
    universe: Annotated[tuple[Priced, ...], Field(min_length=1, max_length=500)]
    """What prices are used: shares by their symbols, GPUs by model and basis."""
    bar_seconds: Annotated[int, Field(ge=1, le=86_400)] = 86_400
    """The length of the bars that are traded and judged on, in seconds: a day unless said otherwise."""
    large_moves_are_real: bool = False
    """Whether moves of a half from one bar to the next are neither splits nor errors."""
    period: Period
    """The time that is judged."""
    watchlist: Path | None = None
    """A watchlist file whose thresholds, windows and baskets hold all the time."""
    signals: Annotated[dict[Name, SignalRule], Field(min_length=1, max_length=50)]
    """The signals, by name."""
    outcome: Outcome
    """What they are to foretell."""
    action: Action | None = None
    """What is done about one of them."""
    variants: Annotated[tuple[Variant, ...], Field(max_length=MOST_VARIANTS)] = ()
    """Other parameters to try."""
    walk_forward: WalkForward | None = None
    """Whether a choice among the variants would have held on what came next."""
    draws: Annotated[int, Field(ge=100, le=100_000)] = 2_000
    """How many random dates, and how many resampled histories, are drawn."""
    seed: Annotated[int, Field(ge=0, le=2**32 - 1)] = 1
    """From which number chance is drawn: the same seed gives the same results."""

    @property
    def chance(self) -> Draws:
        """Return how chance is drawn."""
        return Draws(self.draws, self.seed)
