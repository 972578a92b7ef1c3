"""YAML files as they are written, with the line of everything in them, and of everything wrong with them.

Scalars stay text: whoever reads them knows what they should be. YAML's own guesses would make
a boolean of the share ON and a number of the site 0815.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from events.errors import UsageError, cut, short
from streams.feeds.files import readable

MAX_BYTES = 256 * 1024
DEEPEST = 12
PROBLEMS_SHOWN = 20

# What YAML itself reads a plain text, list or mapping as; any other tag was written there by hand.
PLAIN = frozenset(
    f"tag:yaml.org,2002:{name}"
    for name in ("null", "bool", "int", "float", "str", "timestamp", "merge", "value", "seq", "map")
)

# The keys and numbers of items that lead to something in a document.
Address = tuple[str | int, ...]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Document:
    """A file of mappings, lists and texts; entries without a value are left out."""

    path: Path
    content: Any
    lines: dict[Address, int]

    def line(self, address: Address) -> int:
        """Return the line (from 1) of an address, or of what it would stand in."""
        while address and address not in self.lines:
            address = address[:-1]
        return self.lines.get(address, 1)

    def validated(
        self,
        validate: Callable[[Any], T],
        describe: Callable[[Address, Any], tuple[Address, str]],
        wrong: Callable[[T], Iterable[tuple[Address, str]]],
        consequence: str,
    ) -> T:
        """Return what the document says, validated by a pydantic model and by `wrong`.

        `describe` puts what pydantic found at an address into the words of the file. Raises UsageError
        that names file and line of everything that is wrong, the first PROBLEMS_SHOWN of it in full.
        """
        try:
            found = validate(self.content)
        except ValidationError as error:
            problems = [describe(address, problem) for address, problem in _problems(error)]
        else:
            problems = list(wrong(found))
            if not problems:
                return found
        lines = sorted((self.line(address), text) for address, text in problems)
        texts = [f"{self.path}, line {line}: {text}" for line, text in lines]
        more = [f"... and {len(texts) - PROBLEMS_SHOWN} more."] if len(texts) > PROBLEMS_SHOWN else []
        raise UsageError("\n".join([*texts[:PROBLEMS_SHOWN], *more]), consequence)


def _problems(error: ValidationError) -> Iterator[tuple[Address, Any]]:
    for problem in error.errors(include_url=False):
        # A list whose items are wrong is said to be too short as well, which it is not.
        if problem["type"] != "too_short" or not problem["input"]:
            # [key] says that the key itself is wrong, not what stands under it.
            yield tuple(step for step in problem["loc"] if step != "[key]"), problem


def describe(address: Address, problem: Any) -> tuple[Address, str]:
    """Return in words of the file what pydantic found at an address."""
    message = cut(problem["msg"].removeprefix("Value error, "), 200)
    match problem["type"]:
        case "missing":
            said = " is missing. Add it."
        case "tuple_type":
            said = " is not a list. Write [one, other], or one a line after dashes."
        case "model_type" | "dict_type" | "model_attributes_type":
            said = " is not a mapping. Write `key: value`, one a line."
        case "value_error":
            said = f": {message}. Correct it."
        case _:
            said = f": {message} (given: {short(problem['input'])}). Correct it."
    return address, f"{in_words(address)}{said}"


def in_words(address: Address) -> str:
    """Return an address as people write it."""
    return ".".join(map(str, address)) or "the file"


def keys_at(model: Any, address: Address) -> list[str]:
    """Return the keys that may stand at an address of a file that a pydantic model describes."""
    for step in address:
        # What is no field is a name that the file gives, such as that of a signal, or the number of an item.
        if _is_model(model) and step in model.model_fields:
            model = _model_in(model.model_fields[step].annotation)
    return list(model.model_fields) if _is_model(model) else []


def _is_model(annotation: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)


def _model_in(annotation: Any) -> Any:
    if _is_model(annotation):
        return annotation
    found = map(_model_in, getattr(annotation, "__args__", ()))
    return next((model for model in found if model is not None), None)


def unknown(what: str, name: str, known: Iterable[str]) -> str:
    """Return that there is nothing of a name, what may have been meant, and what there is."""
    names = list(known)
    return f"there is no {what} {short(name)}.{did_you_mean(name, names)} Known are {', '.join(names)}."


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return the question after the known name that is most like one; nothing where none is."""
    close = get_close_matches(name, list(known), n=1)
    return f" Did you mean {close[0]}?" if close else ""


def read_yaml(path: Path) -> Document:
    """Read a YAML file of at most 256 KiB, without aliases, tags and keys that come twice.

    Raises UsageError that names file and line.
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
    lines: dict[Address, int] = {}
    return Document(path, _content(path, root, (), lines, set()), lines)


def _text(path: Path) -> str:
    with readable(path), path.open("rb") as file:
        content = file.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise UsageError(f"{path} has more than {MAX_BYTES:,} bytes.", "Split it into several watchlists.")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise _wrong_line(path, line, "this is not UTF-8.", "Convert it, for example with iconv.") from None


def _content(path: Path, node: yaml.Node, address: Address, lines: dict[Address, int], seen: set[int]) -> Any:
    line = node.start_mark.line + 1
    lines.setdefault(address, line)
    if id(node) in seen:
        # A few aliases of aliases are more than any memory holds.
        raise _wrong_line(path, line, "this is used again by an alias.", "Write it out twice.")
    seen.add(id(node))
    if node.tag not in PLAIN:
        raise _wrong_line(path, line, f"the tag {short(node.tag)} means nothing here.", "Leave it out.")
    if len(address) > DEEPEST:
        raise _too_deep(path, line)
    match node:
        case yaml.MappingNode():
            return _mapping(path, node, address, lines, seen)
        case yaml.SequenceNode():
            items = enumerate(node.value)
            return [_content(path, item, (*address, number), lines, seen) for number, item in items]
        case yaml.ScalarNode():
            return None if node.tag == "tag:yaml.org,2002:null" else node.value
        case _:
            raise TypeError(f"YAML has no {node!r}")


def _mapping(
    path: Path, node: yaml.MappingNode, address: Address, lines: dict[Address, int], seen: set[int]
) -> dict[str, Any]:
    content: dict[str, Any] = {}
    keys: set[str] = set()
    for key, value in node.value:
        line = key.start_mark.line + 1
        if not isinstance(key, yaml.ScalarNode):
            raise _wrong_line(path, line, "a key is a list or a mapping.", "Use text as a key.")
        if key.value in keys:
            raise _wrong_line(path, line, f"{key.value!r} stands here a second time.", "Put both into one.")
        keys.add(key.value)
        lines[*address, key.value] = line
        found = _content(path, value, (*address, key.value), lines, seen)
        if found is not None:
            content[key.value] = found
    return content


def _too_deep(path: Path, line: int) -> UsageError:
    return _wrong_line(path, line, "this is nested too deep.", "No watchlist needs that.")


def _wrong_line(path: Path, line: int, problem: str, remedy: str) -> UsageError:
    return UsageError(f"{path}, line {line}: {problem}", remedy)
