"""Mappings as files: our own for well-known tables, and other people's, with the line of every mistake."""

from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from events.errors import UsageError, short
from ouroboros.history.mapping import Mapping
from ouroboros.yaml_lines import Lines, Place, read_yaml
from ouroboros.yaml_problems import refusal, told

BUILT_IN = Path(__file__).parent / "mappings"

_MAPPING: TypeAdapter[Mapping] = TypeAdapter(Mapping)


def built_in() -> dict[str, Path]:
    """Name the mappings that come with the release."""
    return {path.stem: path for path in sorted(BUILT_IN.glob("*.yaml"))}


def read_mapping(where: str | Path) -> Mapping:
    """Read a mapping: a file, or the name of a built-in one.

    Raises UsageError that names file and line of everything that is wrong.
    """
    path = built_in().get(str(where), Path(where))
    if not path.is_file():
        close = get_close_matches(str(where), built_in(), n=1)
        meant = f" Did you mean {close[0]}?" if close else ""
        raise UsageError(
            f"There is no mapping {where}.{meant}",
            f"Give a YAML file, or one of {', '.join(built_in())}; `ouroboros import --schema` tells more.",
        )
    try:
        document = read_yaml(path)
    except UsageError as error:
        raise UsageError(
            error.message, "Correct the mapping; `ouroboros import --schema` tells what it takes."
        ) from None
    try:
        return _MAPPING.validate_python(document.content)
    except ValidationError as error:
        problems = [_told(document, one) for one in error.errors(include_url=False)]
    raise refusal(path, problems, "Nothing was imported.")


def schema() -> dict[str, Any]:
    """Describe a mapping file as JSON Schema 2020-12, for editors."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **_MAPPING.json_schema()}


def guess_mapping(path: Path, header: Iterable[str]) -> str:
    """Name the built-in mapping that fits the columns of a file.

    Raises UsageError where none does, or more than one.
    """
    columns = set(header)
    fitting = [name for name, named in _named_columns().items() if named and named <= columns]
    most = max((len(_named_columns()[name]) for name in fitting), default=0)
    fitting = [name for name in fitting if len(_named_columns()[name]) == most]
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
    found = {}
    for name in built_in():
        named = read_mapping(name).columns.model_dump(exclude_none=True)
        found[name] = frozenset(named.values())
    return found


def _told(document: Lines, problem: Any) -> tuple[int, str]:
    """Say what pydantic found in words of the file, and on which line."""
    kinds = _MAPPING.json_schema()["discriminator"]["mapping"]
    place: Place = tuple(
        step
        for number, step in enumerate(problem["loc"])
        # The first step is the tag of the union.
        if step != "[key]" and not (number == 0 and step in kinds)
    )
    line, where = document.line(place), ".".join(map(str, place)) or "the file"
    match problem["type"]:
        case "extra_forbidden":
            return line, f"there is no key {short(where)} here. `ouroboros import --schema` lists them."
        case "union_tag_invalid" | "union_tag_not_found":
            return line, f"kind must be one of {', '.join(sorted(kinds))}. Say what the file holds."
        case _:
            return line, told(where, problem)
