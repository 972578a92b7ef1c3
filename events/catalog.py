"""Every event there is: the classes that stand in the modules of `events.families`."""

import pkgutil
from collections.abc import Iterator
from functools import reduce
from importlib import import_module
from operator import or_
from typing import Annotated, Any, Literal, get_origin

from pydantic import Field, TypeAdapter

from events import families
from events.base import Event


def _event_types() -> Iterator[type[Event]]:
    """Yield the event types by the names of their modules, then as these define them."""
    for name in sorted(module.name for module in pkgutil.iter_modules(families.__path__)):
        module = import_module(f"{families.__name__}.{name}")
        for kind in vars(module).values():
            if _is_event_type(kind) and kind.__module__ == module.__name__:
                yield kind


def _is_event_type(kind: Any) -> bool:
    """Return whether a class is an event that can happen: it says its own name."""
    is_event = isinstance(kind, type) and issubclass(kind, Event)
    return is_event and get_origin(kind.model_fields["event_type"].annotation) is Literal


EVENT_TYPES: tuple[type[Event], ...] = tuple(_event_types())
BY_NAME: dict[str, type[Event]] = {kind.__name__: kind for kind in EVENT_TYPES}

_ANY: Any = Annotated[reduce(or_, EVENT_TYPES), Field(discriminator="event_type")]
ANY_EVENT: TypeAdapter[Event] = TypeAdapter(_ANY)
MANY_EVENTS: TypeAdapter[list[Event]] = TypeAdapter(list[_ANY])
