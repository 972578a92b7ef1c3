"""Names and facts as the desk decides on them, and reports of several sources, for Hypothesis."""

from dataclasses import dataclass
from typing import Literal

import orjson
from hypothesis import strategies as st

from events.base import Event, Report
from events.codec import decode_document, encode
from tests.given import event

NAMES = st.sampled_from(["A", "B", "C"])
ALIASES = st.lists(st.sampled_from(["A", "B", "C", "fA", "fB", "fC", "of A"]), max_size=2, unique=True)
SOURCES = st.sampled_from(["test", "newswire", "8-K", "8-K/A"])


@dataclass(frozen=True)
class Decision:
    """A decision of the desk on facts: each is found in the journal by the index of a report."""

    what: Literal["joined", "parted", "retracted", "corrected"]
    first: int
    second: int


def _named(event_type: str, key: str, prefix: str) -> st.SearchStrategy[Event]:
    def named(name: str, aliases: list[str]) -> Event:
        others = [alias for alias in aliases if alias != prefix + name]
        return event(event_type, "2026-06-01", **{key: prefix + name}, aliases=others, by="Ada")

    return st.builds(named, NAMES, ALIASES)


NAMED = st.one_of(
    _named("CompanyNamed", "company", ""),
    _named("SiteNamed", "site_id", ""),
    _named("FacilityNamed", "facility_id", "f"),
    _named("GpuModelNamed", "model", ""),
)
DECISIONS = st.builds(
    Decision,
    st.sampled_from(["joined", "parted", "retracted", "corrected"]),
    st.integers(0, 60),
    st.integers(0, 60),
)


def from_source(known: Event, source: str, **fields: object) -> Event:
    """Let another source say what an event says."""
    document = orjson.loads(encode(known))
    del document["event_id"]
    return decode_document({**document, "source": source, **fields})


def journal_of(drawn: list[tuple[Event | Decision, str]]) -> list[Event]:
    """Let sources report what was drawn, and the desk decide on what they have reported by then."""
    journal = list[Event]()
    for item, source in drawn:
        if isinstance(item, Decision):
            journal += _decided(item, journal)
        else:
            journal.append(from_source(item, source) if isinstance(item, Report) else item)
    return journal


def _decided(decision: Decision, journal: list[Event]) -> list[Event]:
    reports = [written for written in journal if isinstance(written, Report)]
    if not reports:
        return []
    first = reports[decision.first % len(reports)]
    alike = [report for report in reports if type(report) is type(first)]
    second = alike[decision.second % len(alike)]
    day = "2026-06-02"
    match decision.what:
        case "retracted":
            return [event("ReportRetracted", day, report_id=str(first.event_id), by="Ada")]
        case "corrected":
            return [from_source(second, second.source, corrects=str(first.event_id))]
        case "parted":
            fact_id, reports_of_it = str(first.event_id), [str(second.event_id)]
            return [event("FactParted", day, fact_id=fact_id, reports=reports_of_it, by="Ada")]
        case "joined" if first.event_id != second.event_id:
            others = [str(second.event_id)]
            return [event("FactsJoined", day, fact_id=str(first.event_id), others=others, by="Ada")]
        case _:
            return []
