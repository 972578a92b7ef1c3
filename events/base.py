"""What every event has in common, and the kinds of values that events are made of."""

from abc import abstractmethod
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, ClassVar, Literal, Self
from uuid import UUID

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)

from events.errors import cut

# Ids that are derived, from content or offset, are derived in here.
EVENT_ID_NAMESPACE = UUID("6f9b2c1e-6a4d-5b0e-9d53-0b0f1e5e8c11")

LONGEST_HEADLINE = 200

EARLIEST_YEAR, LATEST_YEAR = 1990, 2100
_OUTSIDE = f"lies outside of the years {EARLIEST_YEAR} to {LATEST_YEAR}"


# Clocks and time zones of feeds are off now and then: so long after `known_at` a thing may have happened.
GRACE = timedelta(days=1)


def latest(known_at: datetime, like: date) -> date:
    """Return the latest time, or day, at which what was known at `known_at` can have happened."""
    time = known_at + GRACE
    return time if isinstance(like, datetime) else time.date()


def _in_utc(time: datetime) -> datetime:
    try:
        time = time.astimezone(UTC)
    except OverflowError:
        # Near the first and the last of all years there is no such time in UTC.
        raise ValueError(_OUTSIDE) from None
    if not EARLIEST_YEAR <= time.year < LATEST_YEAR:
        raise ValueError(_OUTSIDE)
    return time


def _plausible_day(day: date) -> date:
    if not EARLIEST_YEAR <= day.year < LATEST_YEAR:
        raise ValueError(_OUTSIDE)
    return day


def _to_cents(amount: Decimal) -> Decimal:
    return amount.quantize(Decimal("0.01"))


# Control characters have no business in a name, and PostgreSQL refuses NUL in a text.
_PRINTABLE = r"^[^\x00-\x1f\x7f]*$"

Time = Annotated[AwareDatetime, AfterValidator(_in_utc)]
Day = Annotated[date, AfterValidator(_plausible_day)]
Name = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=_PRINTABLE)
]
Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=4000, pattern=r"^[^\x00]*$")]
Link = Annotated[str, StringConstraints(max_length=2000, pattern=r"^https?://[^\s\x00-\x1f\x7f]+$")]
Symbol = Annotated[str, StringConstraints(pattern=r"^[A-Z0-9][A-Z0-9.\-=^]{0,14}$")]
Dollars = Annotated[
    Decimal,
    Field(gt=0, le=10**15, max_digits=18, decimal_places=2, allow_inf_nan=False),
    AfterValidator(_to_cents),
]
Price = Annotated[float, Field(gt=0, le=1e9, allow_inf_nan=False)]
Quantity = Annotated[float, Field(ge=0, le=1e15, allow_inf_nan=False)]
Megawatts = Annotated[float, Field(gt=0, le=1e6, allow_inf_nan=False)]


class NameKind(StrEnum):
    """What a name is the name of: things that sources spell in several ways."""

    COMPANY = "company"
    SITE = "site"
    FACILITY = "facility"
    GPU_MODEL = "gpu_model"


# Whoever folds an event finds by these annotations which of its names to make canonical.
CompanyName = Annotated[Name, NameKind.COMPANY]
SiteName = Annotated[Name, NameKind.SITE]
FacilityName = Annotated[Name, NameKind.FACILITY]
GpuModelName = Annotated[Name, NameKind.GPU_MODEL]


class Certainty(StrEnum):
    """How sure a fact is, the surest first."""

    FILING = "filing"
    STATED = "stated"
    REPORTED = "reported"
    ESTIMATED = "estimated"


class Value(BaseModel):
    """A frozen part of an event. The text under a field is its description in the JSON Schema."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    # The fields that are derived where a document leaves them out.
    DERIVED: ClassVar[tuple[str, ...]] = ()


class Event(Value):
    """What happened, when it did, when one could know, and who says so.

    A type names the topic that it travels on, and the field that is the key of its messages, with its class.
    """

    KEY: ClassVar[str]
    TOPIC: ClassVar[str]
    VERSION: ClassVar[int] = 1
    DERIVED: ClassVar[tuple[str, ...]] = ("event_id",)
    # The fields that say when something happened, which nobody knows before. A series follows its newest
    # time, so a single one of the year 2055 would stand above all that come. Plans are not among them.
    HAPPENED: ClassVar[tuple[str, ...]] = ("occurred_at",)

    event_id: UUID
    """The identity of the event. Left out: derived from the content."""
    event_type: str
    """What happened. May come from the CloudEvents `type` instead."""
    schema_version: Literal[1] = 1
    """The version of the type. Left out: today's. Older versions are read and brought up to date."""
    occurred_at: Time
    """When the world did it, kept in UTC; at most a day after `known_at`."""
    known_at: Time
    """When one could first know (the acceptance of a filing, the print of a price), kept in UTC."""
    source: Name
    """Who says so."""
    source_url: Link | None = None
    """Where it is written."""
    certainty: Certainty
    """How sure it is, the surest first."""

    def __init_subclass__(cls, key: str | None = None, topic: str | None = None, **config: Any) -> None:
        super().__init_subclass__(**config)
        if key is not None:
            cls.KEY = key
        if topic is not None:
            cls.TOPIC = topic

    @model_validator(mode="after")
    def _known_after_it_happened(self) -> Self:
        for name in self.HAPPENED:
            when = getattr(self, name)
            if when > latest(self.known_at, when):
                raise ValueError(
                    f"{name} lies more than a day after known_at (were the two swapped, or is a clock wrong?)"
                )
        return self

    @property
    def key(self) -> str:
        """Return the entity that the event is about: the key of its Kafka message."""
        return str(getattr(self, self.KEY))

    @property
    def headline(self) -> str:
        """Return the event in one line of at most 200 characters, without a full stop of its own."""
        return cut(" ".join(self.describe().split()), LONGEST_HEADLINE)

    @abstractmethod
    def describe(self) -> str:
        """Return who did what, with numbers, units and names, of any length."""


class Report(Event):
    """An event that others report too, or report again: several reports of one thing are one fact."""

    fact_id: Name | None = None
    """Which fact it reports, where the source knows: reports of one id are one fact."""
    corrects: UUID | None = None
    """The event_id of the report that this one replaces."""
