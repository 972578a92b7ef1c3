"""Names made canonical, once, on the way in: companies, sites, facilities and GPU models.

The release brings a table of companies; what the desk names stands above it, and holds from the
event on. A name that neither has stays as it is written.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from types import UnionType
from typing import TYPE_CHECKING, Annotated, Any, TypeVar, Union, get_args, get_origin, get_type_hints

from pydantic import BaseModel
from rpds import HashTrieMap

from events.base import NameKind
from events.companies import canonical, is_known, plain
from events.families.names import CompanyNamed, NamingEvent
from projections.persistent import PersistentMap

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

M = TypeVar("M", bound="BaseModel | DataclassInstance")
Rename = Callable[["Names", Any], Any]


@dataclass(frozen=True, slots=True)
class Names:
    """What the desk calls things: the canonical name by kind and by the name as compared."""

    by_alias: PersistentMap[tuple[NameKind, str], str] = HashTrieMap()
    companies: PersistentMap[str, CompanyNamed] = HashTrieMap()

    def canonical(self, kind: NameKind, name: str) -> str:
        """Return the one name of a thing."""
        # A loan that no source names goes by its borrower, however that is spelled.
        known = canonical(name) if kind in {NameKind.COMPANY, NameKind.FACILITY} else name
        if not self.by_alias:
            return known
        named = self.by_alias.get((kind, plain(name))) or self.by_alias.get((kind, plain(known)))
        if named is None and kind is NameKind.FACILITY:
            return self.canonical(NameKind.COMPANY, name)
        return named or known

    def is_known(self, company: str) -> bool:
        """Return whether the release or the desk knows a company of this name."""
        return is_known(company) or (NameKind.COMPANY, plain(company)) in self.by_alias


def named(names: Names, event: NamingEvent) -> Names:
    """Take in what the desk calls a thing; every alias leads to the new name from now on."""
    kind, name, aliases = event.KIND, event.key, event.aliases
    by_alias = names.by_alias
    spellings = {plain(spelling) for spelling in (name, *aliases)}
    # What was called by one of the aliases until now is this thing, too.
    olds = {names.canonical(kind, spelling) for spelling in aliases}
    spellings |= {
        key[1] for key, canonical_name in by_alias.items() if key[0] is kind and canonical_name in olds
    }
    for spelling in sorted(spellings):
        by_alias = by_alias.insert((kind, spelling), name)
    companies = names.companies
    if isinstance(event, CompanyNamed):
        companies = companies.insert(name, event)
    return replace(names, by_alias=by_alias, companies=companies)


def with_canonical_names(names: Names, value: M) -> M:
    """Return an event, or a part of one, whose names are canonical; the very same where they are already."""
    changed: dict[str, Any] = {}
    kind: Any = type(value)
    for field, rename in _renames(kind):
        before = getattr(value, field)
        after = rename(names, before)
        if after != before:
            changed[field] = after
    if not changed:
        return value
    if isinstance(value, BaseModel):
        return value.model_copy(update=changed)
    return replace(value, **changed)


@cache
def _renames(kind: type[Any]) -> tuple[tuple[str, Rename], ...]:
    """Find the fields of a model or dataclass that hold names, and how each is renamed."""
    hints = get_type_hints(kind, include_extras=True)
    found = ((field, _rename_of(hint)) for field, hint in hints.items())
    return tuple((field, rename) for field, rename in found if rename is not None)


def _rename_of(annotation: Any) -> Rename | None:  # noqa: PLR0911  a kind of annotation each
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        kind = next((extra for extra in arguments[1:] if isinstance(extra, NameKind)), None)
        if kind is None:
            return _rename_of(arguments[0])
        return lambda names, name: names.canonical(kind, name)
    if origin in {Union, UnionType}:
        renames = [rename for arm in arguments if arm is not type(None) and (rename := _rename_of(arm))]
        if not renames:
            return None
        # Parts of several kinds know themselves; of names there is one kind a field.
        return lambda names, value: None if value is None else renames[0](names, value)
    if origin is tuple and (rename := _rename_of(arguments[0])):
        return lambda names, values: tuple(dict.fromkeys(rename(names, value) for value in values))
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return with_canonical_names
    return None
