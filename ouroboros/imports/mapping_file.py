"""Mappings as files: our own for well-known tables, and other people's, with the line of every mistake."""

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
