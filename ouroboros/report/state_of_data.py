"""How far the data can be trusted: how new it is, what is silent, what was not read; and its sources."""

from ouroboros.pages.markup import Column, Html, element, link, section, table
from ouroboros.report.rows import Facts, LetterRow
from ouroboros.report.words import in_unit, moment, number, spoken

_STALE = (
    Column("Subject"),
    Column("Sign"),
    Column("Last level"),
    Column("Last value", number=True),
    Column("Too old since (UTC)"),
)
_LETTERS = (
    Column("Place"),
    Column("Key"),
    Column("Reason", long=True),
    Column("Refused last (UTC)"),
    Column("Times refused", number=True),
)
_COMPONENTS = (
    Column("Part"),
    Column("Last event (UTC)"),
    Column("Still to do", number=True),
    Column("Reported last (UTC)"),
)
_SOURCES = (
    Column("Source"),
    Column("Events", number=True),
    Column("First known (UTC)"),
    Column("Last known (UTC)"),
)
_PAST = "Dead letters and the pipeline are known as they are now only: a report without --at has them."


def data_section(facts: Facts) -> Html:
    """Show how new the data is, which inputs are too old, and what waits to be mended."""
    definitions = {one.id: one for one in facts.definitions}
    stale = [
        (
            spoken(one.subject),
            definitions[one.indicator].title,
            one.level,
            in_unit(one.value, definitions[one.indicator].unit),
            moment(one.stale_since),
        )
        for one in sorted(facts.standing.signs, key=lambda one: (one.indicator, one.subject))
        if one.stale_since and one.indicator in definitions
    ]
    now = [
        table(
            "Open dead letters: what could not be read",
            _LETTERS,
            [_letter(one) for one in facts.letters],
            "letters",
        ),
        table(
            "Parts of the pipeline",
            _COMPONENTS,
            [
                (one.component, moment(one.last_event_at), number(one.lag), moment(one.beat_at))
                for one in facts.components
            ],
            "components",
        ),
    ]
    return section(
        "data",
        "State of the data",
        element("p", told_as_of(facts)),
        table("Inputs that are too old to be trusted", _STALE, stale, "stale"),
        *(now if facts.at is None else [element("p", _PAST)]),
    )


def sources_section(facts: Facts) -> Html:
    """Name every source, linked where it is written."""
    rows = [
        (
            link(one.source_url, one.source),
            number(one.events),
            moment(one.first_known_at),
            moment(one.last_known_at),
        )
        for one in facts.sources
    ]
    return section("sources", "Sources", table("Where the events come from", _SOURCES, rows, "sources"))


def told_as_of(facts: Facts) -> Html:
    """Say how new the newest event is, and whether the report is of a time in the past."""
    if facts.as_of is None:
        asked = Html("")
        if facts.at:
            asked = element("span", " as of ", moment(facts.at), " UTC")
        return element("span", "The database holds no events", asked, ".")
    past = element("span", " As it was known at ", moment(facts.at), " UTC.") if facts.at else Html("")
    return element("span", f"{facts.events:,} events, the newest of ", moment(facts.as_of), " UTC.", past)


def _letter(one: LetterRow) -> list[str]:
    place = f"{one.topic}/{one.partition}/{one.offset}/{one.position}"
    return [place, one.key or "", one.reason or "", moment(one.received_at), number(one.attempts)]
