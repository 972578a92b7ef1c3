"""Any valid event of any type, made for Hypothesis out of the fields that its class declares."""

import types
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from typing import Annotated, Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints
from uuid import UUID

from annotated_types import Ge, Gt, Le, MaxLen, MinLen
from hypothesis import strategies as st

from events.base import Day, Dollars, Event, Link, Name, NameKind, Symbol, Text, Time, Value, latest
from events.catalog import EVENT_TYPES
from events.families.credit import WaiverKind
from events.families.deals import Amount, Currency, Rate
from events.families.financials import LONGEST_OUTLOOK, RevenueReported
from events.families.names import Cik

E = TypeVar("E", bound=Event)
Document = dict[str, Any]

_PRINTABLE = st.characters(exclude_categories=["Cc", "Cs"])
NAMES = st.text(_PRINTABLE, min_size=1, max_size=200).filter(lambda text: text.strip() == text)
TEXTS = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=300)
FIRST = datetime(1990, 1, 2, tzinfo=UTC)
TIMES = st.timedeltas(timedelta(0), timedelta(days=40_000)).map(lambda passed: FIRST + passed)

LEAVES: tuple[tuple[Any, st.SearchStrategy[Any]], ...] = (
    (Time, TIMES),
    (Day, st.dates(date(1990, 1, 1), date(2099, 12, 31))),
    (Name, NAMES),
    (Text, TEXTS.map(str.strip)),
    (Link, st.from_regex(r"https?://[a-z0-9./?&=%-]{1,80}", fullmatch=True)),
    (Symbol, st.from_regex(r"[A-Z0-9][A-Z0-9.\-=^]{0,14}", fullmatch=True)),
    (Dollars, st.integers(1, 10**17).map(lambda cents: Decimal(cents).scaleb(-2))),
    (Amount, st.integers(10**3, 10**15).map(lambda thousandths: Decimal(thousandths).scaleb(-3))),
    (Rate, st.integers(10, 10**4).map(lambda thousandths: Decimal(thousandths).scaleb(-3))),
    (Currency, st.sampled_from(["USD", "EUR", "JPY", "KRW"])),
    (Cik, st.from_regex(r"[0-9]{1,10}", fullmatch=True)),
    (UUID, st.uuids()),
    (bool, st.booleans()),
)


def _values(annotation: Any) -> st.SearchStrategy[Any]:  # noqa: PLR0911
    """Return values of a field's type."""
    for known, strategy in LEAVES:
        if annotation == known:
            return strategy
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        inner, *constraints = arguments
        if isinstance(constraints[-1], NameKind):
            return NAMES
        flat = [part for constraint in constraints for part in getattr(constraint, "metadata", [constraint])]
        if get_origin(inner) is tuple:
            return _tuples(get_args(inner)[0], flat)
        return _numbers(inner, flat) if inner in (int, float) else _values(inner)
    if origin in (Union, types.UnionType):
        return st.one_of(*(_values(argument) for argument in arguments if argument is not type(None)))
    if origin is Literal:
        return st.sampled_from(arguments)
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return st.sampled_from(list(annotation))
    if isinstance(annotation, type) and issubclass(annotation, Value):
        return _documents(annotation)
    raise NotImplementedError(f"no strategy for {annotation}: teach tests/strategies.py")


def _tuples(item: Any, constraints: list[Any]) -> st.SearchStrategy[list[Any]]:
    least = next((bound.min_length for bound in constraints if isinstance(bound, MinLen)), 0)
    most = next((bound.max_length for bound in constraints if isinstance(bound, MaxLen)), 4)
    return st.lists(_values(item), min_size=least, max_size=min(most, 4))


def _numbers(kind: type[int | float], constraints: list[Any]) -> st.SearchStrategy[int | float]:
    least: Any = next((bound.ge for bound in constraints if isinstance(bound, Ge)), None)
    above: Any = next((bound.gt for bound in constraints if isinstance(bound, Gt)), None)
    most: Any = next((bound.le for bound in constraints if isinstance(bound, Le)), None)
    if kind is int:
        return st.integers(least, most)
    low = above if least is None else least
    return st.floats(low, most, exclude_min=above is not None, allow_nan=False, allow_infinity=False)


def _documents(kind: type[Value]) -> st.SearchStrategy[Document]:
    hints = get_type_hints(kind, include_extras=True)
    needed: Document = {}
    optional: Document = {}
    for name, field in kind.model_fields.items():
        # A type or tag has a default in Python, and must be given in a document.
        given = field.is_required() or get_origin(hints[name]) is Literal
        (needed if given else optional)[name] = _values(hints[name])
    mend = MENDED.get(kind.__name__, lambda document: document)
    return st.fixed_dictionaries(needed, optional=optional).map(mend)


FOREIGN = ("amount", "currency", "usd_per_unit")


def _leg(document: Document) -> Document:
    if document["payer"] == document["payee"]:
        document["payee"] = "the other one"
    if document.get("amount_usd") is None:
        document["amount_low_usd"] = None
    # An amount in another currency is given once, with its rate; a dollar is a dollar.
    if document.get("amount") is None or document.get("amount_usd") is not None:
        document = {name: value for name, value in document.items() if name not in FOREIGN}
    elif document.get("currency", "USD") == "USD":
        document["usd_per_unit"] = None
    elif document.get("usd_per_unit") is None:
        document["usd_per_unit"] = Decimal(1)
    return _in_order(_in_order(document, "starts", "ends"), "amount_low_usd", "amount_usd")


def _bar(document: Document) -> Document:
    low, *between, high = sorted(document[f"{name}_usd"] for name in ("open", "high", "low", "close"))
    prices = {"low_usd": low, "open_usd": between[0], "close_usd": between[1], "high_usd": high}
    return _in_order({**document, **prices}, "first_at", "last_at")


def _period(document: Document) -> Document:
    return _in_order(document, "period_starts", "period_ends")


def _thresholds(document: Document) -> Document:
    rising = sorted(document[name] for name in ("watch", "warning", "critical"))
    return {**document, **dict(zip(("watch", "warning", "critical"), rising, strict=True))}


def _others(document: Document) -> Document:
    others = [name for name in document["others"] if name != document["fact_id"]]
    return {**document, "others": others or [document["fact_id"][:190] + " again"]}


def _in_order(document: Document, first: str, second: str) -> Document:
    if document.get(first) is not None and document.get(second) is not None:
        document[first], document[second] = sorted((document[first], document[second]))
    return document


def _relief(document: Document) -> Document:
    over = document.get("status") is not None or document["kind"] is WaiverKind.DEFAULT
    return {**document, "relief_ends": None} if over else document


# The rules that a class keeps across its fields.
MENDED: dict[str, Callable[[Document], Document]] = {
    "Leg": _leg,
    "CreditWaiverReported": _relief,
    "EquityBarClosed": _bar,
    "GpuBarClosed": _bar,
    "ThresholdOverride": _thresholds,
    "FactsJoined": _others,
    "RevenueReported": _period,
    "CapexGuided": lambda document: _in_order(_period(document), "low_usd", "high_usd"),
}


def _event(kind: type[E], document: Document, delay: timedelta) -> E:
    known_at = document["known_at"] = document["occurred_at"] + delay
    for name in kind.HAPPENED:
        document[name] = min(document[name], latest(known_at, document[name]))
    if kind is RevenueReported:
        ends = min(document["period_ends"], known_at.date() + LONGEST_OUTLOOK)
        document |= {"period_starts": min(document["period_starts"], ends), "period_ends": ends}
    for number, leg in enumerate(document.get("legs", ())):
        leg["leg"] = f"{number} {leg['leg']}"[:200].strip()
    return kind.model_validate(document)


DELAYS = st.timedeltas(timedelta(days=-1), timedelta(days=2))


def events_of(kind: type[E]) -> st.SearchStrategy[E]:
    """Return valid events of one type."""
    return st.builds(_event, st.just(kind), _documents(kind), DELAYS)


ANY_EVENT: st.SearchStrategy[Event] = st.sampled_from(EVENT_TYPES).flatmap(events_of)
