"""Mappings as files: our own for well-known tables, and other people's, with the line of every mistake."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from events.errors import UsageError, short
from ouroboros.imports.mapping import Mapping
from ouroboros.yaml_file import Address, describe, did_you_mean, in_words, read_yaml

BUILT_IN = Path(__file__).parent / "mappings"

_MAPPING: TypeAdapter[Mapping] = TypeAdapter(Mapping)


def built_in() -> dict[str, Path]:
    """Return the files of the mappings that come with the release, by name."""
    return {path.stem: path for path in sorted(BUILT_IN.glob("*.yaml"))}


def read_mapping(where: str | Path) -> Mapping:
    """Read a mapping, a file or a built-in one. Raises UsageError with the line of every mistake."""
    path = built_in().get(str(where), Path(where))
    if not path.is_file():
        raise UsageError(
            f"There is no mapping {where}.{did_you_mean(str(where), built_in())}",
            f"Give a YAML file, or one of {', '.join(built_in())}; `ouroboros import --schema` tells more.",
        )
    try:
        document = read_yaml(path)
    except UsageError as error:
        raise UsageError(
            error.message, "Correct the mapping; `ouroboros import --schema` tells what it takes."
        ) from None
    return document.validated(_MAPPING.validate_python, _describe, lambda _: (), "Nothing was imported.")


def schema() -> dict[str, Any]:
    """Return the JSON Schema 2020-12 of a mapping file, for editors."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **_MAPPING.json_schema()}


def guess_mapping(path: Path, header: Iterable[str]) -> str:
    """Return the built-in mapping that fits the columns of a file. Raises UsageError unless just one does."""
    columns = set(header)
    found = {name: len(named) for name, named in _named_columns().items() if named and named <= columns}
    fitting = [name for name, number in found.items() if number == max(found.values())]
    if not fitting:
        lower = {name.lower().strip("<>") for name in columns}
        # A column of dates has days, a column of times may have anything.
        if "date" in lower and lower & {"close", "close/last", "adj close", "adj_close", "price"}:
            fitting = ["daily-bars"]
    if len(fitting) != 1:
        raise UsageError(
            f"{path} needs a mapping: its columns fit {' and '.join(fitting) or 'no built-in one'}.",
            "Name one, with --mapping of `ouroboros import` or as `mapping` in a study: a YAML file, or one"
            f" of {', '.join(built_in())}.",
        )
    return fitting[0]


def _named_columns() -> dict[str, frozenset[str]]:
    columns = {name: read_mapping(name).columns.model_dump(exclude_none=True) for name in built_in()}
    return {name: frozenset(named.values()) for name, named in columns.items()}


def _describe(address: Address, problem: Any) -> tuple[Address, str]:
    kinds = _MAPPING.json_schema()["discriminator"]["mapping"]
    # The first step is the tag of the union.
    address = address[1:] if address[:1] and address[0] in kinds else address
    match problem["type"]:
        case "extra_forbidden":
            name = short(in_words(address))
            return address, f"there is no key {name} here. `ouroboros import --schema` lists them."
        case "union_tag_invalid" | "union_tag_not_found":
            return address, f"kind must be one of {', '.join(sorted(kinds))}. Say what the file holds."
        case _:
            return describe(address, problem)
