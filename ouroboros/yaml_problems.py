"""What is wrong with a YAML file, in words of the file and with its lines, for every kind of file."""

from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from events.errors import UsageError, cut, short

PROBLEMS_SHOWN = 20


def told(where: str, problem: Any) -> str:
    """Say in words of the file what pydantic found at a place."""
    message = cut(problem["msg"].removeprefix("Value error, "), 200)
    match problem["type"]:
        case "missing":
            return f"{where} is missing. Add it."
        case "tuple_type":
            return f"{where} is not a list. Write [one, other], or one a line after dashes."
        case "model_type" | "dict_type" | "model_attributes_type":
            return f"{where} is not a mapping. Write `key: value`, one a line."
        case "value_error":
            return f"{where}: {message}. Correct it."
        case _:
            return f"{where}: {message} (given: {short(problem['input'])}). Correct it."


def unknown(what: str, name: str, known: Iterable[str]) -> str:
    """Say that there is nothing of a name, what may have been meant, and what there is."""
    names = list(known)
    close = get_close_matches(name, names, n=1)
    meant = f" Did you mean {close[0]}?" if close else ""
    return f"there is no {what} {short(name)}.{meant} Known are {', '.join(names)}."


def refusal(path: Path, problems: Iterable[tuple[int, str]], consequence: str) -> UsageError:
    """Make the error that names the problems by their lines, the first ones where they are many."""
    lines = [f"{path}, line {line}: {text}" for line, text in sorted(problems)]
    more = [f"... and {len(lines) - PROBLEMS_SHOWN} more."] if len(lines) > PROBLEMS_SHOWN else []
    return UsageError("\n".join([*lines[:PROBLEMS_SHOWN], *more]), consequence)
