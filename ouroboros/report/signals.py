"""The newest signals: what happened, and the events that it rests on."""

from collections import defaultdict

from ouroboros.pages.markup import Html, element, join, link, section
from ouroboros.report.reading import NEWEST_SIGNALS
from ouroboros.report.rows import EvidenceRow, Facts, SignalRow
from ouroboros.report.words import light, moment, on_day, spoken

# The newest ones stand open, and of each as many events as are read at a glance.
SHOWN_OPEN = 8
MOST_EVIDENCE = 8


def signals_section(facts: Facts) -> Html:
    """Show the newest signals, the older ones of them on demand."""
    titles = {one.id: one.title for one in facts.definitions}
    evidence: dict[tuple[object, int], list[EvidenceRow]] = defaultdict(list)
    for one in facts.evidence:
        evidence[one.signal_id, one.step_number].append(one)
    told = [
        _signal(one, titles.get(one.indicator, one.indicator), evidence[one.signal_id, one.step_number])
        for one in facts.signals
    ]
    older = told[SHOWN_OPEN:]
    return section(
        "signals",
        "Newest signals",
        element("p", _counted(len(told)), class_="small"),
        *told[:SHOWN_OPEN],
        element("details", element("summary", f"{len(older)} older ones"), *older) if older else Html(""),
    )


def _counted(shown: int) -> str:
    match shown:
        case 0:
            return "No sign has reached a threshold yet."
        case 1:
            return "There is one."
        case _:
            more = "; there are older ones in read.signal" if shown == NEWEST_SIGNALS else ""
            return f"The newest {shown}, the newest first{more}."


def _signal(signal: SignalRow, title: str, evidence: list[EvidenceRow]) -> Html:
    muted = element("span", "muted: it was not sent", class_="stale") if signal.muted else Html("")
    return element(
        "article",
        element(
            "p",
            light(signal.level),
            Html(" "),
            moment(signal.known_at),
            f" {title}, {spoken(signal.subject)}: {signal.step} ",
            muted,
            class_="head",
        ),
        element("p", signal.message),
        element("ul", *map(_cited, evidence[:MOST_EVIDENCE]), _more(len(evidence)), class_="evidence"),
        class_=f"signal edge-{signal.level}",
        data_signal=f"{signal.signal_id}/{signal.step_number}",
    )


def _cited(one: EvidenceRow) -> Html:
    told = one.headline or f"event {one.event_id}, not in the archive yet"
    when = join([" (", on_day(one.occurred_at), f", {one.certainty}) "]) if one.occurred_at else Html(" ")
    return element("li", told, when, link(one.source_url, one.source or ""))


def _more(events: int) -> Html:
    more = events - MOST_EVIDENCE
    return element("li", f"and {more} more in read.signal_evidence") if more > 0 else Html("")
