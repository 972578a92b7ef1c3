"""Where signals are posted besides their topic, as the setting names it.

An address may be as secret as a key (whoever knows a Slack address can post there), so neither
is ever shown: no sentence about a setting repeats what was written in it.
"""

from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, HttpUrl, SecretStr, TypeAdapter, ValidationError
from pydantic_core import PydanticCustomError


class Destination(BaseModel):
    """One receiver; its name is its identity, by which the database keeps what it was sent."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$")]
    url: SecretStr
    format: Literal["json", "slack"] = "json"
    secret: Annotated[SecretStr, Field(min_length=1)] | None = None
    at_least: Literal["watch", "warning", "critical"] = "watch"


def parse(text: str) -> tuple[Destination, ...]:
    """Read a JSON list of destinations; an empty text names none.

    Raises PydanticCustomError, which says what is wrong and where, without any value.
    """
    if not text.strip():
        return ()
    try:
        found = _LIST.validate_json(text)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        raise _refused(_at(first["loc"]) + first["msg"]) from None
    for number, destination in enumerate(found):
        if not _is_web_address(destination.url.get_secret_value()):
            raise _refused(_at((number, "url")) + "it must begin with http:// or https:// and name a host")
        if destination.name in {other.name for other in found[:number]}:
            raise _refused(_at((number, "name")) + f"{destination.name!r} is named twice")
    return found


_LIST = TypeAdapter(tuple[Destination, ...])
_ADDRESS = TypeAdapter(HttpUrl)


def _is_web_address(url: str) -> bool:
    # The model corrects some addresses, by leaving out spaces and slashes; they would be used as they are.
    if any(character.isspace() or not character.isprintable() for character in url):
        return False
    try:
        _ADDRESS.validate_python(url)
        return bool(urlsplit(url).hostname)
    except ValueError:
        return False


def _at(path: tuple[int | str, ...]) -> str:
    match path:
        case (int(number), *fields):
            return ", ".join((f"entry {number + 1}", *map(str, fields))) + ": "
        case _:
            return ""


def _refused(reason: str) -> PydanticCustomError:
    return PydanticCustomError("webhooks", "{reason}", {"reason": reason})
