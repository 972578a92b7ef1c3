"""Writes the reference of docs/events.md from the models: `python -m tests.docs.generate_events`."""

import re
from enum import StrEnum
from pathlib import Path
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints
from uuid import UUID

from annotated_types import Ge, Le
from pydantic.fields import FieldInfo

from events import base
from events.catalog import BY_NAME
from events.families import deals
from events.schema import parts_of
from events.topics import INGRESS

PAGE = Path(__file__).resolve().parents[2] / "docs" / "events.md"
BEGIN, END = "<!-- reference: begin -->", "<!-- reference: end -->"

KINDS: tuple[tuple[Any, str], ...] = (
    (base.Time, "time"),
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
)
UNITS = (("_usd", "USD"), ("_mw", "MW"), ("mw", "MW"), ("_seconds", "s"))


def reference() -> str:
    """Return the description of every event of every topic, in the order of the topics."""
    texts = []
    described: set[type[base.Value]] = set()
    for topic in INGRESS:
        texts.append(f"### Topic `{topic.name}`: {topic.carries}\n")
        texts.append(f"{topic.partitions} partition{'s' if topic.partitions > 1 else ''}.")
        if topic.ordered:
            texts[-1] += " Ordered: later events of a key wait behind an open dead letter of that key."
        texts[-1] += "\n"
        for name in topic.event_types:
            kind = BY_NAME[name]
            texts.append(_event(kind))
            # A part after the first event that has it.
            parts = [part for part in dict.fromkeys(parts_of(kind)) if part not in described]
            texts += map(_part, parts)
            described.update(parts)
    return "\n".join(texts)


def with_reference(page: str) -> str:
    """Return a page with the reference between its markers."""
    head, _, rest = page.partition(BEGIN)
    _, _, tail = rest.partition(END)
    return f"{head}{BEGIN}\n\n{reference()}\n{END}{tail}"


def _event(kind: type[base.Event]) -> str:
    version = f", version {kind.VERSION}" if kind.VERSION > 1 else ""
    report = " A [report](#a-report)." if issubclass(kind, base.Report) else ""
    head = f"#### `{kind.__name__}`\n\n{_sentence(kind)} Key: `{kind.KEY}`{version}.{report}\n"
    return f"{head}\n{_table(kind)}" if _own_fields(kind) else f"{head}\nIt has no fields of its own.\n"


def _part(kind: type[base.Value]) -> str:
    return f"#### `{kind.__name__}` (a part)\n\n{_sentence(kind)}\n\n{_table(kind)}"


def _sentence(kind: type[base.Value]) -> str:
    """Return the first paragraph of what a class says of itself."""
    return re.sub(r"\s+", " ", (kind.__doc__ or "").strip().partition("\n\n")[0])


def _own_fields(kind: type[base.Value]) -> dict[str, FieldInfo]:
    common = base.Report if issubclass(kind, base.Report) else base.Event
    return {name: field for name, field in kind.model_fields.items() if name not in common.model_fields}


def _table(kind: type[base.Value]) -> str:
    hints = get_type_hints(kind, include_extras=True)
    lines = ["| field | type | unit | required | meaning |", "|---|---|---|---|---|"]
    for name, field in _own_fields(kind).items():
        required = "yes" if _is_required(kind, name, field) else _default(field)
        cells = (f"`{name}`", _type(hints[name]), _unit(name), required, field.description)
        lines.append(f"| {' | '.join(map(str, cells))} |")
    return "\n".join(lines) + "\n"


def _is_required(kind: type[base.Value], name: str, field: FieldInfo) -> bool:
    # A tag has a default in Python, and must be given in a document.
    is_tag = get_origin(field.annotation) is Literal and get_args(field.annotation) == (field.default,)
    return is_tag or (field.is_required() and name not in kind.DERIVED)


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
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin in {Union, UnionType}:
        return _type(next(argument for argument in arguments if argument is not NoneType))
    if origin is Annotated:
        if any(isinstance(constraint, base.NameKind) for constraint in arguments[1:]):
            return "name"
        return f"{_type(arguments[0])}{_range(arguments[1:])}"
    if origin is tuple:
        item = _type(arguments[0])
        return f"list of {item}" if _choices(arguments[0]) else f"list of {item}s"
    return " · ".join(f"`{value}`" for value in _choices(annotation)) or _plain(annotation)


def _range(constraints: tuple[Any, ...]) -> str:
    """Return the bounds of a number, such as ` 0 to 1`."""
    bounds = [bound for constraint in constraints for bound in getattr(constraint, "metadata", ())]
    least = next((bound.ge for bound in bounds if isinstance(bound, Ge)), None)
    most = next((bound.le for bound in bounds if isinstance(bound, Le)), None)
    if most is None:
        return "" if least is None else f" from {least:,}"
    return f" up to {most:,}" if least is None else f" {least:,} to {most:,}"


def _choices(annotation: Any) -> tuple[str, ...]:
    if get_origin(annotation) is Literal:
        return get_args(annotation)
    return tuple(annotation) if isinstance(annotation, type) and issubclass(annotation, StrEnum) else ()


def _plain(annotation: type) -> str:
    words = {bool: "boolean", int: "whole number", float: "number", str: "string", UUID: "UUID"}
    return "object" if issubclass(annotation, base.Value) else words[annotation]


if __name__ == "__main__":
    PAGE.write_text(with_reference(PAGE.read_text()))
