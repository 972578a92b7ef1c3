"""What a watchlist names, as variables and as SQL: the subjects that its entries are measured under."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from dashboards.grafana.board import MACRO
from dashboards.grafana.sql import chosen, literal, names
from events.errors import UsageError
from events.families.desk import ThresholdOverride, WatchlistChanged
from projections.definition import Thresholds
from projections.indicators import DEFINITIONS


@dataclass(frozen=True, slots=True)
class Family:
    """One list of a watchlist; `shapes` are the subjects that a name is measured under."""

    variable: str
    label: str
    entries: tuple[str, ...]
    shapes: tuple[str, ...]


def families(watchlist: WatchlistChanged) -> tuple[Family, ...]:
    """Return the lists of a watchlist that name anything.

    Raises UsageError for a name that Grafana could not ask the database for.
    """
    roles = tuple(f"{role}:{{}}" for role in ("borrower", "operator", "supplier", "customer"))
    found = (
        Family("symbol", "Share", watchlist.symbols, ("{}",)),
        Family("company", "Company", watchlist.companies, ("{}", "{} all", "{} firm", *roles)),
        Family("lender", "Lender", watchlist.lenders, ("lender:{}",)),
        Family("site", "Site", watchlist.sites, ("{}", "site:{}")),
        Family("gpu_model", "GPU model", watchlist.gpu_models, ("{} resale", "{} rental_hour")),
    )
    for name in (name for family in found for name in family.entries):
        if macro := re.search(MACRO, name):
            raise UsageError(
                f"The name {name} cannot have a dashboard: Grafana would take {macro[0]}) in it for a macro.",
                "Write it without the dollar sign, or leave it out of the file that dashboards are made"
                " from.",
            )
    return tuple(family for family in found if family.entries)


def watched(watchlist: WatchlistChanged) -> str:
    """Return a common table expression `watched(subject)`: what the viewer chose is measured under these.

    A company brings its deals and loans, a lender its loans, and thresholds of a subject that subject.
    """
    parts = list(_parts(watchlist))
    return f"watched(subject) AS ({' UNION '.join(parts) if parts else 'SELECT NULL::text WHERE false'})"


def _parts(watchlist: WatchlistChanged) -> Iterator[str]:
    named = families(watchlist)
    for family in named:
        shapes = ", ".join(f"'{shape.replace('{}', '%s')}'" for shape in family.shapes)
        yield (
            f"SELECT format(shape, name) FROM unnest({chosen(family.variable)}) AS name,"
            f" unnest(ARRAY[{shapes}]) AS shape"
        )
    listed = {family.variable for family in named}
    if "company" in listed:
        company = chosen("company")
        yield (
            "SELECT deal_id FROM read.deal_leg"
            f" WHERE payer_company = ANY({company}) OR payee_company = ANY({company})"
        )
        yield f"SELECT facility_id FROM read.facility WHERE borrower = ANY({company})"
    if "lender" in listed:
        yield f"SELECT facility_id FROM read.facility WHERE lenders && {chosen('lender')}"
    own = sorted({override.subject for override in watchlist.thresholds if override.subject})
    if own:
        yield f"SELECT unnest({names(own)})"


def overrides(watchlist: WatchlistChanged) -> str:
    """Return a common table expression `own(indicator, subject, watch, warning, critical)` of its thresholds.

    The subject is null where they hold for all.
    """
    rows = ", ".join(map(_row, watchlist.thresholds))
    nothing = "SELECT NULL, NULL, NULL::float8, NULL::float8, NULL::float8 WHERE false"
    return f"own(indicator, subject, watch, warning, critical) AS ({f'VALUES {rows}' if rows else nothing})"


def thresholds_of(watchlist: WatchlistChanged, indicator: str) -> Thresholds:
    """Return the thresholds that a watchlist sets for all subjects of an indicator, or else the release's."""
    own = {override.indicator: override for override in watchlist.thresholds if override.subject is None}
    found = own.get(indicator, DEFINITIONS[indicator].thresholds)
    return Thresholds(found.watch, found.warning, found.critical)


def window_of(watchlist: WatchlistChanged, indicator: str) -> int:
    """Return the days over which an indicator counts, by a watchlist or else by the release; 0 for none."""
    own = {window.indicator: window.days for window in watchlist.windows}
    return own.get(indicator, (DEFINITIONS[indicator].window or timedelta(0)).days)


def _row(override: ThresholdOverride) -> str:
    subject = literal(override.subject) if override.subject else "NULL"
    limits = (override.watch, override.warning, override.critical)
    levels = ", ".join(f"{limit!r}::float8" for limit in limits)
    return f"({literal(override.indicator)}, {subject}::text, {levels})"
