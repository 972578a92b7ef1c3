"""YAML as it is written, with the line of everything in it.

Scalars stay text: whoever reads them knows what they should be. YAML's own guesses would make
a boolean of the share ON and a number of the site 0815.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from events.errors import UsageError, short

MAX_BYTES = 256 * 1024
DEEPEST = 12

# What YAML itself reads a plain text, list or mapping as; any other tag was written there by hand.
PLAIN = frozenset(
    f"tag:yaml.org,2002:{name}"
    for name in ("null", "bool", "int", "float", "str", "timestamp", "merge", "value", "seq", "map")
)

Place = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Lines:
    """A document of mappings, lists and texts; entries without a value are left out."""

    content: Any
    lines: dict[Place, int]

    def line(self, place: Place) -> int:
        """Name the line (from 1) of a place, or of what it would stand in."""
        while place and place not in self.lines:
            place = place[:-1]
        return self.lines.get(place, 1)


def read_yaml(path: Path) -> Lines:
    """Read a YAML file of at most 256 KiB.

    Raises UsageError, naming file and line, for what is missing, too large, no YAML, or
    written with aliases, tags, or a key twice.
    """
    text = _text(path)
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f", line {mark.line + 1}" if mark else ""
        raise UsageError(f"{path}{where}: this is not YAML: {error.problem}.", "Correct the line.") from None
    except yaml.YAMLError as error:
        raise UsageError(
            f"{path}: this is not YAML: {str(error).splitlines()[0]}.", "Write it as UTF-8 text."
        ) from None
    except RecursionError:
        raise _too_deep(path, 1) from None
    if root is None:
        raise UsageError(f"{path} is empty.", "`ouroboros watchlist schema` shows what it takes.")
    lines: dict[Place, int] = {}
    return Lines(_content(path, root, (), lines, set()), lines)


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise UsageError(f"There is no file {path}.", "Check the path.") from None
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}.", "Give a readable file.") from None
    if len(content) > MAX_BYTES:
        raise UsageError(f"{path} has more than {MAX_BYTES:,} bytes.", "Split it into several watchlists.")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise UsageError(
            f"{path}, line {line}: this is not UTF-8.", "Convert it, for example with iconv."
        ) from None


def _content(path: Path, node: yaml.Node, place: Place, lines: dict[Place, int], seen: set[int]) -> Any:
    line = node.start_mark.line + 1
    lines.setdefault(place, line)
    if id(node) in seen:
        # A few aliases of aliases are more than any memory holds.
        raise UsageError(f"{path}, line {line}: this is used again by an alias.", "Write it out twice.")
    seen.add(id(node))
    if node.tag not in PLAIN:
        raise UsageError(
            f"{path}, line {line}: the tag {short(node.tag)} means nothing here.", "Leave it out."
        )
    if len(place) > DEEPEST:
        raise _too_deep(path, line)
    match node:
        case yaml.MappingNode():
            return _mapping(path, node, place, lines, seen)
        case yaml.SequenceNode():
            items = enumerate(node.value)
            return [_content(path, item, (*place, number), lines, seen) for number, item in items]
        case yaml.ScalarNode():
            return None if node.tag == "tag:yaml.org,2002:null" else node.value
        case _:
            raise TypeError(f"YAML has no {node!r}")


def _mapping(
    path: Path, node: yaml.MappingNode, place: Place, lines: dict[Place, int], seen: set[int]
) -> dict[str, Any]:
    content: dict[str, Any] = {}
    keys: set[str] = set()
    for key, value in node.value:
        line = key.start_mark.line + 1
        if not isinstance(key, yaml.ScalarNode):
            raise UsageError(f"{path}, line {line}: a key is a list or a mapping.", "Use text as a key.")
        if key.value in keys:
            raise UsageError(
                f"{path}, line {line}: {key.value!r} stands here a second time.", "Put both into one."
            )
        keys.add(key.value)
        lines[*place, key.value] = line
        found = _content(path, value, (*place, key.value), lines, seen)
        if found is not None:
            content[key.value] = found
    return content


def _too_deep(path: Path, line: int) -> UsageError:
    return UsageError(f"{path}, line {line}: this is nested too deep.", "No watchlist needs that.")
