"""Names: what companies, sites, loans and GPU models are called, and the other names that sources use.

They add to the tables that the release brings; the newest event of a name holds.
"""

from enum import StrEnum
from typing import Annotated, ClassVar, Literal

from pydantic import Field, StringConstraints

from events.base import Event, Name, NameKind, Symbol
from events.words import listed

Aliases = Annotated[tuple[Name, ...], Field(max_length=100)]
Cik = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,10}$")]


class CompanyRole(StrEnum):
    """What a company does in the business of AI."""

    HYPERSCALER = "hyperscaler"
    NEOCLOUD = "neocloud"
    LENDER = "lender"
    BUILDER = "builder"
    CHIPMAKER = "chipmaker"
    LAB = "lab"
    UTILITY = "utility"
    VEHICLE = "vehicle"
    OTHER = "other"


class _Naming(Event, topic="desk"):
    KIND: ClassVar[NameKind]

    aliases: Aliases = ()
    """Other names that sources use for it, in any case; at most 100."""
    by: Name
    """Who decided it."""

    def describe(self) -> str:
        aliases = f" is also {listed(self.aliases)}" if self.aliases else " has no other names"
        return f"{self.key}{aliases}, says {self.by}"


class CompanyNamed(_Naming, key="company"):
    """A company is known by this name and by others; the newest of one name holds."""

    KIND: ClassVar[NameKind] = NameKind.COMPANY

    event_type: Literal["CompanyNamed"] = "CompanyNamed"
    company: Name
    """The name under which everything of it counts."""
    symbol: Symbol | None = None
    """Its share."""
    cik: Cik | None = None
    """Its number with the SEC, up to ten digits."""
    roles: Annotated[tuple[CompanyRole, ...], Field(max_length=len(CompanyRole))] = ()
    """What it does in the business of AI."""


class SiteNamed(_Naming, key="site_id"):
    """A site is known by this name and by others; the newest of one name holds."""

    KIND: ClassVar[NameKind] = NameKind.SITE

    event_type: Literal["SiteNamed"] = "SiteNamed"
    site_id: Name
    """The name under which everything of it counts."""


class FacilityNamed(_Naming, key="facility_id"):
    """A loan is known by this name and by others; the newest of one name holds."""

    KIND: ClassVar[NameKind] = NameKind.FACILITY

    event_type: Literal["FacilityNamed"] = "FacilityNamed"
    facility_id: Name
    """The name under which everything of it counts."""


class GpuModelNamed(_Naming, key="model"):
    """A GPU model is known by this name and by others; the newest of one name holds."""

    KIND: ClassVar[NameKind] = NameKind.GPU_MODEL

    event_type: Literal["GpuModelNamed"] = "GpuModelNamed"
    model: Name
    """The name under which everything of it counts."""


NamingEvent = CompanyNamed | SiteNamed | FacilityNamed | GpuModelNamed
