"""Writes the reference of docs/events.md from the models: `python -m tests.docs.generate_events`."""

import re
from enum import StrEnum
from pathlib import Path
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from pydantic.fields import FieldInfo

from events import base, contracts, credit, deals, financials, power, prices
from events.catalog import BY_NAME
from events.schema import MADE_UP
from events.topics import INGRESS

PAGE = Path(__file__).resolve().parents[2] / "docs" / "events.md"
BEGIN, END = "<!-- reference: begin -->", "<!-- reference: end -->"

# Parts of events, after the first event that has them.
PARTS: dict[str, tuple[type[base.Value], ...]] = {
    "DealAnnounced": (deals.Leg,),
    "ContractRenegotiated": (contracts.Terms,),
    "LoanOriginated": (credit.GpuCollateral, credit.ShareCollateral),
}
KINDS: tuple[tuple[Any, str], ...] = (
    (base.Moment, "time"),
    (base.Day, "day"),
    (base.Name, "name"),
    (base.Text, "text"),
    (base.Link, "link"),
    (base.Symbol, "symbol"),
    (base.Dollars, "dollars"),
    (base.Price, "price"),
    (base.Quantity, "quantity"),
    (base.Megawatts, "megawatts"),
    (deals.Amount, "amount"),
    (deals.Currency, "ISO 4217 code"),
    (deals.Rate, "positive number"),
    (credit.Collateral, "object"),
    (credit.Lenders, "list of names"),
    (financials.Share, "number 0 to 1"),
    (power.Units, "whole number 0 to 100,000"),
    (prices.Seconds, "whole number 1 to 86,400"),
    (prices.Volume, "number from 0"),
)
UNITS = (("_usd", "USD"), ("_mw", "MW"), ("mw", "MW"), ("_seconds", "s"))


def reference() -> str:
    """Describe every event of every topic, in the order of the topics."""
    parts = []
    for topic in INGRESS:
        parts.append(f"### Topic `{topic.name}`: {topic.carries}\n")
        parts.append(f"{topic.partitions} partition{'s' if topic.partitions > 1 else ''}.")
        if topic.ordered:
            parts[-1] += " Ordered: later events of a key wait behind an open dead letter of that key."
        parts[-1] += "\n"
        for name in topic.event_types:
            parts.append(_event(name))
            parts += [_part(part) for part in PARTS.get(name, ())]
    return "\n".join(parts)


def with_reference(page: str) -> str:
    """Put the reference between the markers of a page."""
    head, _, rest = page.partition(BEGIN)
    _, _, tail = rest.partition(END)
    return f"{head}{BEGIN}\n\n{reference()}\n{END}{tail}"


def _event(name: str) -> str:
    kind = BY_NAME[name]
    version = f", version {kind.VERSION}" if kind.VERSION > 1 else ""
    head = f"#### `{name}`\n\n{_sentence(kind)} Key: `{kind.KEY}`{version}.\n"
    return f"{head}\n{_table(kind)}" if _own_fields(kind) else f"{head}\nIt has no fields of its own.\n"


def _part(kind: type[base.Value]) -> str:
    return f"#### `{kind.__name__}` (a part)\n\n{_sentence(kind)}\n\n{_table(kind)}"


def _sentence(kind: type[base.Value]) -> str:
    """Take the first paragraph of what a class says of itself."""
    return re.sub(r"\s+", " ", (kind.__doc__ or "").strip().partition("\n\n")[0])


def _own_fields(kind: type[base.Value]) -> dict[str, FieldInfo]:
    return {name: field for name, field in kind.model_fields.items() if name not in base.Event.model_fields}


def _table(kind: type[base.Value]) -> str:
    hints = get_type_hints(kind, include_extras=True)
    lines = ["| field | type | unit | required | meaning |", "|---|---|---|---|---|"]
    for name, field in _own_fields(kind).items():
        required = "yes" if _is_required(kind, name, field) else _default(field)
        cells = (f"`{name}`", _type(hints[name]), _unit(name), required, field.description)
        lines.append(f"| {' | '.join(map(str, cells))} |")
    return "\n".join(lines) + "\n"


def _is_required(kind: type[base.Value], name: str, field: FieldInfo) -> bool:
    # A tag has a default in Python, and must be told in a document.
    is_tag = get_origin(field.annotation) is Literal and get_args(field.annotation) == (field.default,)
    return is_tag or (field.is_required() and MADE_UP.get(kind) != name)


def _default(field: FieldInfo) -> str:
    match field.get_default():
        case None | ():
            return "no"
        case bool() as yes:
            return f"no (`{str(yes).lower()}`)"
        case int() | float() | str() as value:
            return f"no (`{value}`)"
        case _:
            return "no"


def _unit(name: str) -> str:
    return next((unit for ending, unit in UNITS if name.endswith(ending)), "")


def _type(annotation: Any) -> str:
    for alias, word in KINDS:
        if annotation == alias:
            return word
    if get_origin(annotation) in {Union, UnionType}:
        return _type(next(one for one in get_args(annotation) if one is not NoneType))
    if get_origin(annotation) is Annotated:
        return _type(get_args(annotation)[0])
    if get_origin(annotation) is tuple:
        return f"list of {_type(get_args(annotation)[0])}s"
    return " · ".join(f"`{value}`" for value in _choices(annotation)) or _plain(annotation)


def _choices(annotation: Any) -> tuple[str, ...]:
    if get_origin(annotation) is Literal:
        return get_args(annotation)
    return tuple(annotation) if isinstance(annotation, type) and issubclass(annotation, StrEnum) else ()


def _plain(annotation: Any) -> str:
    if annotation is bool:
        return "boolean"
    if isinstance(annotation, type) and issubclass(annotation, base.Value):
        return "object"
    raise TypeError(f"the reference has no word for {annotation!r}")


if __name__ == "__main__":
    PAGE.write_text(with_reference(PAGE.read_text()))
