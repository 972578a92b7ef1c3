"""What a report tells, against the views that it is made of."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from itertools import accumulate
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest
from pydantic import SecretStr
from rich.console import Console
from typer.testing import CliRunner

from events.base import Event
from events.codec import decode_document
from events.errors import UsageError
from ouroboros.cli import app
from ouroboros.html.page import dollars
from ouroboros.replay.plan import Plan
from ouroboros.replay.rebuilding import temporary_replay
from ouroboros.report.command import read_time, write_report
from ouroboros.report.page import page
from ouroboros.report.reading import NEWEST_SIGNALS, Facts, read_facts
from ouroboros.report.signs import in_unit, in_words
from projections.circularity.fold import CIRCULARITY
from projections.indicators import DEFINITIONS
from projections.indicators.bubble_break import SIGNS
from projections.registry import PROJECTIONS
from projections.store.migration import migrate
from streams.settings import Settings
from tests.conftest import silent
from tests.report.filled import fill, history
from tests.report.parsed import Page

pytestmark = pytest.mark.integration

COUNTS = {
    "signs": "SELECT count(*) FROM read.indicator_definition",
    "subjects": "SELECT count(*) FROM read.indicator_current",
    "edges-all": "SELECT count(*) FROM read.money_flow_edge WHERE basis = 'all'",
    "edges-firm": "SELECT count(*) FROM read.money_flow_edge WHERE basis = 'firm'",
    "nodes-all": "SELECT count(*) FROM read.money_flow_node WHERE basis = 'all'",
    "nodes-firm": "SELECT count(*) FROM read.money_flow_node WHERE basis = 'firm'",
    "loops-all": "SELECT count(*) FROM read.loop WHERE basis = 'all'",
    "loops-firm": "SELECT count(*) FROM read.loop WHERE basis = 'firm'",
    "round_trips": "SELECT count(DISTINCT (basis, vendor)) FROM read.vendor_round_trip",
    "shares-prices": "SELECT count(DISTINCT symbol) FROM read.equity_bar",
    "gpu-resale-prices": "SELECT count(DISTINCT model) FROM read.gpu_bar WHERE basis = 'resale'",
    "gpu-rental_hour-prices": "SELECT count(DISTINCT model) FROM read.gpu_bar WHERE basis = 'rental_hour'",
    "facilities": "SELECT count(*) FROM read.facility",
    "credit_events": "SELECT count(*) FROM read.credit_event",
    "sites": "SELECT count(*) FROM read.power_site",
    "deals": "SELECT count(*) FROM read.deal",
    "stale": "SELECT count(*) FROM read.indicator_current WHERE stale_since IS NOT NULL",
    "sources": (
        "SELECT count(DISTINCT (source, payload ->> 'source_url')) FROM read.journal_event"
        " WHERE event_type <> 'ClockTicked'"
    ),
}
HOSTILE = (
    "</script><script>document.title='taken'</script>",
    "<img src=x onerror=alert(1)> & Sons",
    "Robert'); DROP TABLE deal;--",
    "\"quoted\" 'name' %s {0} \u2028 <!-- <b>bold</b>",
)
STRUCTURE = "html head meta title style body script header main nav section article h1 h2 h3"
PARTS = "p div span strong a ul li time button noscript details summary fieldset legend label input"
ALLOWED = {*STRUCTURE.split(), *PARTS.split(), "table", "caption", "thead", "tbody", "tr", "th", "td"}


def ask(database: str, query: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(database) as connection:
        return connection.execute(query.encode()).fetchall()


def facts_of(database: str, at: datetime | None = None) -> Facts:
    if at is None:
        return read_facts(database, "read", None)
    settings = Settings(database=SecretStr(database))
    with temporary_replay(settings, Plan("archive", to_time=at)) as schema:
        return read_facts(database, schema, at)


def written(database: str, at: datetime | None = None) -> str:
    return page(facts_of(database, at))


def report(event_type: str, when: str = "2026-07-01T12:00:00Z", **fields: Any) -> Event:
    common = {"occurred_at": when, "known_at": when, "source": "test", "certainty": "stated"}
    return decode_document({"event_type": event_type, **common, **fields})


def hostile_events(name: str) -> list[Event]:
    leg = {"leg": "equity", "kind": "equity", "payer": name, "payee": f"{name} 2", "amount_usd": "1e9"}
    back = {"leg": "order", "kind": "purchase", "payer": f"{name} 2", "payee": name, "amount_usd": "2e9"}
    return [
        report(
            "DealAnnounced", deal_id=name, title=name, legs=[leg, back], source_url="https://example.com/?<>"
        ),
        report("CreditWaiverReported", facility_id=name, borrower=name, lenders=[name], kind="default"),
        report("PowerScheduled", site_id=name, operator=name, mw=100, expected_on="2026-07-30"),
    ]


@pytest.mark.asyncio
async def test_every_table_is_filled_from_the_ledger_row_by_row(database: str) -> None:
    await fill(database, history())
    tables = Page(written(database)).tables
    rows = {key: len(rows) for key, rows in tables.items() if key in COUNTS}
    assert rows == {key: ask(database, query)[0][0] for key, query in COUNTS.items()}
    assert min(rows.values()) > 0


@pytest.mark.asyncio
async def test_numbers_and_levels_are_those_of_the_views(database: str) -> None:
    await fill(database, history())
    tables = Page(written(database)).tables
    edges = ask(
        database,
        "SELECT source, target, amount_usd, circulating_usd FROM read.money_flow_edge WHERE basis = 'all'",
    )
    assert sorted(tables["edges-all"]) == sorted(
        [source, target, dollars(amount), dollars(circulating)]
        for source, target, amount, circulating in edges
    )
    columns = "subject, indicator, value, level, stale_since, is_unknown"
    signs = ask(database, f"SELECT {columns} FROM read.indicator_current")  # noqa: S608
    shown = {(row[0], row[1]): (row[2].split()[-1], row[3]) for row in tables["subjects"]}
    known = {name: told for name, told in shown.items() if told[0] != "unknown"}
    assert known == {
        (in_words(subject), DEFINITIONS[indicator].title): (
            level,
            in_unit(value, DEFINITIONS[indicator].unit),
        )
        for subject, indicator, value, level, *_ in signs
        if (in_words(subject), DEFINITIONS[indicator].title) in known
    }
    named = [(in_words(row[0]), DEFINITIONS[row[1]].title) for row in signs]
    old = {name for name, row in zip(named, signs, strict=True) if row[3] == "calm" and row[4]}
    unmeasured = {name for name, row in zip(named, signs, strict=True) if row[5]}
    assert {name for name, told in shown.items() if told == ("unknown", "-")} == old | unmeasured
    assert old
    titles = {title for _, title in unmeasured}
    assert titles >= {"Power delay", "Stranded financing", "Leverage outside of balance sheets"}
    sites = ask(database, "SELECT site_id, slip_days, overdue_days, expected_on FROM read.power_site")
    assert {(row[0], row[5], row[6]) for row in tables["sites"]} == {
        (site, str(slip), str(overdue)) if day else (site, "-", "-") for site, slip, overdue, day in sites
    }


@pytest.mark.asyncio
async def test_a_site_without_a_promised_day_is_neither_late_nor_on_time(database: str) -> None:
    await fill(database, history())
    tables = Page(written(database)).tables
    of_power = {row[0]: (row[2].split()[-1], row[3]) for row in tables["subjects"] if row[1] == "Power delay"}
    assert of_power["site Meta Hyperion"] == ("unknown", "-")
    assert of_power["site CoreWeave fleet"] == ("calm", "0 days")
    (power,) = (row for row in tables["signs"] if row[0] == "Power delay")
    assert power[1].split()[-1] == "calm"


@pytest.mark.asyncio
async def test_the_composite_and_its_five_signs_come_first(database: str) -> None:
    await fill(database, history())
    first = [row[0] for row in Page(written(database)).tables["signs"][:6]]
    assert first == [DEFINITIONS[one].title for one in ("bubble_break", *SIGNS)]


@pytest.mark.asyncio
async def test_each_signal_tells_its_evidence_and_links_where_it_is_written(database: str) -> None:
    await fill(database, history())
    read = Page(written(database))
    links = {attributes.get("href") for tag, attributes in read.elements if tag == "a"}
    evidence = ask(
        database,
        f"""SELECT headline, source_url FROM read.signal_evidence
        JOIN (SELECT signal_id, step_number FROM read.signal
              ORDER BY known_at DESC, journal_offset DESC, journal_index DESC, signal_id, step_number DESC
              LIMIT {NEWEST_SIGNALS}) newest USING (signal_id, step_number)
        WHERE number <= 8 AND headline <> ''""",  # noqa: S608  a number of our own
    )
    assert evidence
    for headline, address in evidence:
        assert headline in read.text
        assert address is None or address in links


@pytest.mark.parametrize("name", HOSTILE)
def test_a_name_of_any_letters_is_shown_and_does_nothing(database: str, name: str) -> None:
    asyncio.run(fill(database, history(hostile_events(name))))
    for at in (None, datetime(2027, 1, 1, tzinfo=UTC)):
        read = Page(written(database, at))
        assert name in read.text
        assert {tag for tag, _ in read.elements} <= ALLOWED
        assert not any(key.startswith("on") for _, attributes in read.elements for key in attributes)
        scripts = [attributes for tag, attributes in read.elements if tag == "script"]
        assert sum("type" not in attributes for attributes in scripts) == 2
        # plotly reads some HTML in labels, so there too it is escaped.
        labels = [text for trace in read.data["map-all-data"]["data"] for text in trace.get("text") or ()]
        assert not any("<" in text for text in labels)


@pytest.mark.asyncio
async def test_an_address_that_is_not_of_the_web_is_no_link(database: str) -> None:
    with psycopg.connect(database) as connection:
        connection.execute(
            f"INSERT INTO {CIRCULARITY.schema}.deal"  # noqa: S608  a name of ours
            " (deal_id, title, announced_at, known_at, status, certainty,"
            " source_url) VALUES ('one', 'one', now(), now(), 'announced', 'stated', 'javascript:alert(1)')"
        )
    read = Page(written(database))
    assert len(read.tables["deals"]) == 1
    assert not any("javascript" in str(attributes.get("href")) for _, attributes in read.elements)


@pytest.mark.asyncio
async def test_the_same_journal_gives_the_same_file(database: str, second_database: str) -> None:
    events = history()
    await fill(database, events)
    await fill(second_database, events)
    assert written(database) == written(second_database)


@pytest.mark.parametrize("text", ["2024-06-30", "2025-12-31", "2026-02-27T21:30", "2030-01-01"])
def test_a_report_of_the_past_tells_what_one_written_then_told(
    database: str, second_database: str, text: str
) -> None:
    at = read_time(text)
    assert at
    # What comes late was not known before, whenever it could have been.
    loan = {"facility_id": "loan", "borrower": "Late", "kind": "waiver"}
    late = report("CreditWaiverReported", "2024-01-01T12:00:00Z", **loan)
    events = [*history(), late]
    clock = accumulate((event.known_at for event in events), max)
    asyncio.run(fill(database, events))
    known = [event for event, now in zip(events, clock, strict=True) if now <= at]
    asyncio.run(fill(second_database, known))
    assert replace(facts_of(database, at), at=None) == facts_of(second_database)


@pytest.mark.parametrize("failure", [KeyboardInterrupt, UsageError("It failed.", ""), OSError])
@pytest.mark.parametrize(
    "during", ["ouroboros.report.command.read_facts", "ouroboros.replay.rebuilding.fold"]
)
def test_of_a_report_of_the_past_nothing_stays_in_the_database_whatever_ends_it(
    database: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    failure: BaseException | type[BaseException],
    during: str,
) -> None:
    def fail(*_: object) -> None:
        raise failure

    schemas = ask(database, "SELECT nspname FROM pg_namespace ORDER BY 1")
    monkeypatch.setattr(during, fail)
    settings = Settings(database=SecretStr(database))
    quiet = Console(quiet=True)
    with pytest.raises(failure if isinstance(failure, type) else type(failure)):
        write_report(settings, tmp_path / "then.html", datetime(2026, 1, 1, tzinfo=UTC), quiet)
    assert ask(database, "SELECT nspname FROM pg_namespace ORDER BY 1") == schemas
    assert ask(database, "SELECT schema FROM ouroboros.replay") == []


def test_a_reader_sees_what_is_known_and_is_told_which_role_sees_the_past(
    database: str, tmp_path: Path
) -> None:
    migrate(database, PROJECTIONS, "secret", silent)
    parts = urlsplit(database)
    reader = parts._replace(netloc=f"ouroboros_reader:secret@{parts.netloc.rpartition('@')[2]}").geturl()
    settings = Settings(database=SecretStr(reader))
    quiet = Console(quiet=True)
    write_report(settings, tmp_path / "now.html", None, quiet)
    with pytest.raises(UsageError, match="the role ouroboros_reader may not create any") as refused:
        write_report(settings, tmp_path / "then.html", datetime(2026, 1, 1, tzinfo=UTC), quiet)
    assert "ouroboros migrate" in refused.value.remedy


@pytest.mark.asyncio
async def test_an_open_dead_letter_is_shown_with_its_reason(database: str) -> None:
    with psycopg.connect(database) as connection:
        connection.execute(
            'INSERT INTO ouroboros.dead_letter (topic, partition, "offset", index, headers, reason,'
            " received_at) VALUES ('deals', 0, 7, 0, '[]', 'It is <b>no</b> JSON.', now())"
        )
    assert Page(written(database)).tables["dead_letters"][0][:3] == [
        "deals/0/7/0",
        "-",
        "It is <b>no</b> JSON.",
    ]


def test_an_empty_database_gives_a_report_that_says_so(database: str) -> None:
    read = Page(written(database))
    assert "The database holds no events" in read.text
    assert not read.tables["deals"]


@pytest.mark.asyncio
async def test_a_file_asks_nothing_of_the_network(database: str) -> None:
    await fill(database, history())
    elements = Page(written(database)).elements
    assert not [one for one in elements if one[0] in {"link", "img", "iframe", "base", "object"}]
    assert not [attributes for _, attributes in elements if "src" in attributes]
    (policy,) = [
        str(attributes["content"])
        for tag, attributes in elements
        if tag == "meta" and attributes.get("http-equiv") == "Content-Security-Policy"
    ]
    assert policy.startswith("default-src 'none'; script-src 'sha256-")
    assert "http" not in policy


def test_the_command_says_where_it_wrote_how_much(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OUROBOROS_DATABASE", database)
    file = tmp_path / "report.html"
    told = CliRunner().invoke(
        app, ["report", "--out", str(file), "--at", "2026-01-01"], catch_exceptions=False
    )
    assert told.exit_code == 0
    assert Page(file.read_text()).tables
    with pytest.raises(UsageError, match="cannot be written") as refused:
        CliRunner().invoke(app, ["report", "--out", str(tmp_path)], catch_exceptions=False)
    assert "--out" in refused.value.remedy
