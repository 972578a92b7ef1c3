"""What the documentation says is so."""

import json
import re
import shlex
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from typer.testing import CliRunner

from events.base import Certainty, Event, Report
from events.codec import decode
from events.families.credit import CreditWaiverReported, WaiverKind
from ouroboros.cli import app
from projections.base import JournaledEvent
from projections.episodes.rows import OutboxRow
from projections.event_batch import batch_of
from projections.indicators import DEFINITIONS
from projections.kernel import project_history
from projections.warning_signs import WARNING_SIGNS
from streams.settings import Settings
from tests.docs import generate_events
from tests.docs.pages import PAGES, README, ROOT, anchors, blocks, rows, section
from tests.docs.views import views

COMMANDS = {
    *("demo", "worker", "publish", "schema", "migrate", "status", "dashboards", "version"),
    *("export", "import", "report", "backtest"),
    *("dead-letters", "dead-letters list", "dead-letters show"),
    *("dead-letters redrive", "dead-letters discard"),
    *("watchlist", "watchlist check", "watchlist publish", "watchlist schema"),
    *("replay", "replay list", "replay promote", "replay drop", "fingerprint"),
}
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
COMMAND = re.compile(r"(?:^|[`/ ])ouroboros ((?:dead-letters |watchlist )?[a-z][a-z-]*)", re.MULTILINE)
OPTION = re.compile(
    r"(?:^|[`/ ])ouroboros ((?:dead-letters |watchlist )?[a-z-]+)[^`\n#]* (--[a-z]+)", re.MULTILINE
)

in_each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)


def code_of(page: Path) -> str:
    """What stands in code: the rest is prose, in which the project may be named too."""
    text = page.read_text()
    in_lines = [
        f"`{found}`" for found in re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", text, flags=re.DOTALL))
    ]
    return "\n".join([*blocks(page, "sh"), *in_lines])


def help_of(command: str) -> str:
    result = CliRunner().invoke(app, [*command.split(), "--help"])
    assert result.exit_code == 0, f"ouroboros {command}: {result.output}"
    return result.output


def first(decoded: list[Any]) -> Event:
    assert all(isinstance(one, Event) for one in decoded), decoded
    event: Event = decoded[0]
    return event


@in_each_page
def test_every_command_that_is_named_exists(page: Path) -> None:
    for command in sorted(set(COMMAND.findall(code_of(page)))):
        help_of(command)


@in_each_page
def test_every_option_that_is_named_exists(page: Path) -> None:
    for command, option in OPTION.findall(code_of(page)):
        assert option in help_of(command), f"ouroboros {command} {option}"


def test_the_readme_lists_every_command() -> None:
    listed = {row[0].strip("`").removeprefix("ouroboros ") for row in rows(section(README, "Command line"))}
    assert listed == COMMANDS - {"dead-letters", "watchlist"}
    offered = set(re.findall(r"^  ([a-z-]+) ", help_of("").partition("Commands:")[2], re.MULTILINE))
    offered_within = {
        f"{group} {name}"
        for group in ("dead-letters", "watchlist", "replay")
        for name in re.findall(r"^  ([a-z-]+) ", help_of(group).partition("Commands:")[2], re.MULTILINE)
    }
    assert offered | offered_within == COMMANDS


@in_each_page
def test_every_make_target_that_is_named_exists(page: Path) -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = set(re.findall(r"(?:^|`)make ([a-z]+)", code_of(page), re.MULTILINE))
    assert named <= targets


def test_the_readme_lists_every_setting_with_its_default() -> None:
    shown = {row[0].strip("`"): row[1].strip("`") for row in rows(section(README, "Settings"))}
    expected = {}
    for name, field in Settings.model_fields.items():
        default = field.default
        secret = getattr(default, "get_secret_value", None)
        value = secret() if secret else "" if default is None else str(default)
        expected[f"OUROBOROS_{name.upper()}"] = value.replace(str(Path.home()), "~")
    assert shown == expected


@in_each_page
def test_every_variable_that_is_named_is_a_setting(page: Path) -> None:
    known = {f"OUROBOROS_{name.upper()}" for name in Settings.model_fields}
    # Those that Grafana reads.
    known |= set(re.findall(r"OUROBOROS_[A-Z_]+", (ROOT / "docker-compose.yml").read_text()))
    assert set(re.findall(r"OUROBOROS_[A-Z_]+", page.read_text())) <= known


def test_the_readme_lists_every_sign_with_its_thresholds() -> None:
    shown = {
        row[0].strip("`"): tuple(map(float, row[2:])) for row in rows(section(README, "What it watches"))
    }
    thresholds = {name: one.thresholds for name, one in DEFINITIONS.items()}
    assert shown == {name: (one.watch, one.warning, one.critical) for name, one in thresholds.items()}


@in_each_page
def test_every_json_example_is_an_event_or_a_signal(page: Path) -> None:
    for text in blocks(page, "json"):
        document = json.loads(text)
        if "signal_id" in document:
            assert document.keys() == signal_payload().keys()
        else:
            first(decode(text.encode()))


def signal_payload() -> dict[str, Any]:
    """A signal as it is published."""
    event = CreditWaiverReported.model_validate(
        {
            "event_id": UUID(int=1),
            "occurred_at": "2026-11-20T14:30:00Z",
            "known_at": "2026-11-20T14:30:00Z",
            "source": "test",
            "certainty": Certainty.REPORTED,
            "facility_id": "loan",
            "borrower": "Borrower",
            "kind": WaiverKind.DEFAULT,
        }
    )
    rows = project_history(WARNING_SIGNS, [batch_of([JournaledEvent(0, 0, event.known_at, event)])])
    payload: dict[str, Any] = json.loads(next(row.payload for row in rows if isinstance(row, OutboxRow)))
    # Looked up when it is sent.
    return payload | {"sources": []}


@in_each_page
def test_what_is_piped_into_kcat_is_an_event_of_that_topic_and_key(page: Path) -> None:
    script = "\n".join(blocks(page, "sh")).replace("\\\n", " ")
    for value, options in re.findall(r"^echo '(.*?)'\s*\| kcat (.*)$", script, re.MULTILINE):
        words = shlex.split(options)
        given = [(words[place], words[place + 1]) for place in range(len(words) - 1)]
        headers = [text.split("=", 1) for option, text in given if option == "-H"]
        event = first(decode(value.encode(), [(name, text.encode()) for name, text in headers]))
        assert [text for option, text in given if option == "-t"] == [event.TOPIC]
        assert [text for option, text in given if option == "-k"] == [event.key]


def test_the_readme_pipes_events_into_kcat() -> None:
    assert sum(block.count("| kcat") for block in blocks(README, "sh")) == 2


@in_each_page
def test_every_python_example_runs(page: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for text in blocks(page, "python"):
        exec(compile(text, str(page), "exec"), {})  # noqa: S102  our own documentation
        assert capsys.readouterr().out


@in_each_page
def test_every_relative_link_leads_somewhere(page: Path) -> None:
    for target in LINK.findall(page.read_text()):
        if "://" in target:
            continue
        path, _, anchor = target.partition("#")
        found = (page.parent / path).resolve() if path else page
        assert found.exists(), target
        assert not anchor or anchor in anchors(found), target


@in_each_page
def test_every_view_that_is_named_exists(page: Path) -> None:
    assert set(re.findall(r"\bread\.([a-z_]+)\b(?!\()", page.read_text())) <= views().keys()


def test_the_reference_of_events_is_current() -> None:
    page = generate_events.PAGE.read_text()
    assert page == generate_events.with_reference(page), "run `python -m tests.docs.generate_events`"


def test_the_common_fields_mean_what_their_model_says() -> None:
    shown = {
        row[0].strip("`"): row[-1]
        for heading in ("An event", "A report")
        for row in rows(section(generate_events.PAGE, heading))
    }
    assert shown == {name: field.description for name, field in Report.model_fields.items()}


def test_every_view_is_described_column_by_column() -> None:
    page = ROOT / "docs" / "read-models.md"
    described = re.findall(r"^### read\.(\w+)$", page.read_text(), re.MULTILINE)
    made = views()
    assert sorted(described) == sorted(made)
    for name in described:
        shown = [(row[0], row[1]) for row in rows(section(page, f"read.{name}"))]
        assert [column for column, _ in shown] == [column for column, _ in made[name]], name
        for (column, kind), (_, made_of) in zip(shown, made[name], strict=True):
            assert made_of in {None, kind}, f"read.{name}.{column}"


@pytest.mark.parametrize("heading", ["Error sentences", "Dead letters"])
def test_every_sentence_that_is_explained_is_said_somewhere(heading: str) -> None:
    # Long sentences are written in parts in the sources.
    packages = ("events", "projections", "streams", "dashboards", "ouroboros")
    sources = "\n".join(path.read_text() for name in packages for path in sorted((ROOT / name).rglob("*.py")))
    said = re.sub(r'"\s+f?"', "", sources)
    sentences = [row[0].strip("`") for row in rows(section(ROOT / "docs" / "operations.md", heading))]
    assert sentences
    for sentence in sentences:
        for part in sentence.split("…"):
            assert part in said, sentence
