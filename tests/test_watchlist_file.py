"""The watchlist file: what it becomes, and what a person is told who made a mistake in it."""

import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]
from typer.testing import CliRunner

from events.errors import UsageError
from ouroboros.cli import app
from ouroboros.watchlist import read_watchlist, schema
from ouroboros.yaml_file import MAX_BYTES
from projections.indicators import DEFINITIONS
from tests.docs.pages import ROOT

EXAMPLE = ROOT / "docs" / "examples" / "watchlist.yaml"
NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)


def written(folder: Path, text: str, at: datetime = NOW) -> Path:
    path = folder / "watchlist.yaml"
    path.write_text(text)
    os.utime(path, (at.timestamp(), at.timestamp()))
    return path


def refused(folder: Path, text: str) -> str:
    path = written(folder, text)
    with pytest.raises(UsageError) as caught:
        read_watchlist(path, NOW)
    return str(caught.value).replace(f"{path}", "FILE")


def test_the_example_becomes_the_event_that_it_says() -> None:
    changed = read_watchlist(EXAMPLE, datetime.now(UTC))
    assert (changed.watchlist, changed.symbols[:2], changed.gigawatt_assumption) == (
        "neoclouds",
        ("NVDA", "CRWV"),
        "mid",
    )
    own = [one for one in changed.thresholds if one.subject]
    assert [(one.indicator, one.subject, one.watch) for one in own] == [
        ("gpu_resale_drawdown", "H100 resale", 0.05),
        ("power_delay", "site:Stargate Abilene", 14.0),
    ]
    assert {one.indicator: one.days for one in changed.windows} == {
        "credit_waivers": 180,
        "bubble_break": 120,
    }


def test_the_example_is_valid_by_the_schema() -> None:
    Draft202012Validator.check_schema(schema())
    Draft202012Validator(schema()).validate(yaml.safe_load(EXAMPLE.read_text()))


@pytest.mark.parametrize(
    "wrong",
    [
        {"watchlist": "w", "colour": "red"},
        {"watchlist": "w", "thresholds": {"no_such_sign": {"watch": 1, "warning": 2, "critical": 3}}},
        {"watchlist": "w", "thresholds": {"credit_waivers": {"watch": 1}}},
        {"watchlist": "w", "windows": {"circularity": 30}},
        {"symbols": ["NVDA"]},
    ],
)
def test_the_schema_refuses_what_the_reader_refuses(wrong: dict[str, Any], tmp_path: Path) -> None:
    assert not Draft202012Validator(schema()).is_valid(wrong)
    assert refused(tmp_path, yaml.safe_dump(wrong))


def test_the_same_file_twice_is_one_event_and_another_content_is_another(tmp_path: Path) -> None:
    first = read_watchlist(written(tmp_path, "watchlist: a\nsymbols: [NVDA]\n"), NOW)
    again = read_watchlist(tmp_path / "watchlist.yaml", NOW + timedelta(days=1))
    assert first.event_id == again.event_id
    reworded = read_watchlist(written(tmp_path, "# spaced\nwatchlist:   a\nsymbols:\n- NVDA\n"), NOW)
    assert reworded.event_id == first.event_id
    other = read_watchlist(written(tmp_path, "watchlist: a\nsymbols: [CRWV]\n"), NOW)
    assert other.event_id != first.event_id


def test_a_file_that_is_put_back_is_published_again(tmp_path: Path) -> None:
    before = read_watchlist(written(tmp_path, "watchlist: a\n"), NOW)
    put_back = read_watchlist(written(tmp_path, "watchlist: a\n", NOW + timedelta(minutes=5)), NOW)
    assert before.event_id != put_back.event_id


@pytest.mark.parametrize(
    "at", [datetime(1970, 1, 1, tzinfo=UTC), NOW + timedelta(days=30)], ids=["1970", "future"]
)
def test_the_time_of_a_copied_file_does_no_harm(tmp_path: Path, at: datetime) -> None:
    changed = read_watchlist(written(tmp_path, "watchlist: a\n", at), NOW)
    assert changed.occurred_at <= changed.known_at == NOW


def test_texts_stay_as_they_are_written(tmp_path: Path) -> None:
    text = "watchlist: 2026\nsymbols: [ON, NO, Y]\nsites: [0815, 1e3, 2026-01-01, yes]\nlenders: ~\n"
    changed = read_watchlist(written(tmp_path, text), NOW)
    assert (changed.watchlist, changed.symbols, changed.lenders) == ("2026", ("ON", "NO", "Y"), ())
    assert changed.sites == ("0815", "1e3", "2026-01-01", "yes")


HEAD = "watchlist: w\n"
DELAY = f"{HEAD}thresholds:\n  power_delay:"
OF_X = f"{DELAY}\n    subjects:\n      site:X:"


@pytest.mark.parametrize(
    ("text", "line", "told"),
    [
        (f"{HEAD}colour: red\n", 2, "there is no key 'colour'. Known are watchlist, symbols, "),
        (f"{HEAD}symbol: [NVDA]\n", 2, "Did you mean symbols?"),
        (f"{HEAD}symbols: NVDA\n", 2, "symbols is not a list"),
        (f"{HEAD}symbols:\n- NVDA\n- nvda\n", 4, "symbols.1 is no symbol (given: 'nvda')"),
        ("symbols: [NVDA]\n", 1, "watchlist is missing"),
        ("- a\n- b\n", 1, "the file is not a mapping"),
        (f"{HEAD}gigawatt_assumption: huge\n", 2, "should be 'low', 'mid' or 'high' (given: 'huge')"),
        (f"{HEAD}windows:\n  credit_waivers: 0\n", 3, "greater than or equal to 1 (given: '0')"),
        (f"{HEAD}windows:\n  credit_waiver: 9\n", 3, "Did you mean credit_waivers?"),
        (f"{HEAD}windows:\n  circularity: 9\n", 3, "there is no indicator with a window 'circularity'"),
        (f"{HEAD}thresholds:\n\n  power_delays: {{watch: 1}}\n", 4, "Did you mean power_delay?"),
        (f"{DELAY}\n    watch: 1\n    alarm: 2\n", 5, "no key 'alarm'. Known are watch, warning, critical, "),
        (f"{DELAY} {{watch: 1, critical: 3}}\n", 3, "lacks warning. Give all of watch, warning, critical."),
        (f"{DELAY} {{}}\n", 3, "power_delay changes nothing"),
        (f"{DELAY} {{watch: 3, warning: 2, critical: 1}}\n", 3, "power_delay must rise in this order"),
        (f"{DELAY}\n    watch: soon\n", 4, "unable to parse string as a number (given: 'soon')"),
        (f"{DELAY} {{watch: 1, warning: .inf, critical: 3}}\n", 3, "(given: '.inf')"),
        (f"{DELAY} {{watch: 1, warning: nan, critical: 3}}\n", 3, "finite number (given: 'nan')"),
        (f"{OF_X}\n        watch: 1\n", 5, "warning is missing"),
        (f"{OF_X} {{watch: 3, warning: 2, critical: 1}}\n", 5, "must rise"),
        (f"{HEAD}watchlist: again\n", 2, "'watchlist' stands here a second time"),
        (f"{HEAD}symbols: &all [NVDA]\nbuilders: *all\n", 2, "used again by an alias"),
        (f"{HEAD}sites: !!python/object/apply:os.system [ls]\n", 2, "means nothing here"),
        (f"{HEAD}? [a, b]\n: c\n", 2, "a key is a list or a mapping"),
        (f"{HEAD}symbols: [NVDA\n", 3, "this is not YAML"),
        (f"{HEAD}---\nwatchlist: b\n", 2, "this is not YAML"),
        (f"{HEAD}sites: {'[' * 40}{']' * 40}\n", 2, "nested too deep"),
    ],
)
def test_a_mistake_is_told_with_its_line_and_its_remedy(
    tmp_path: Path, text: str, line: int, told: str
) -> None:
    answer = refused(tmp_path, text)
    assert f"FILE, line {line}: " in answer
    assert told in answer


def test_everything_that_is_wrong_is_told_in_the_order_of_the_lines(tmp_path: Path) -> None:
    answer = refused(tmp_path, "watchlist: w\nsymbols: NVDA\ncolour: red\nsites: 1\n")
    assert [answer.index(f"line {line}: ") for line in (2, 3, 4)] == sorted(
        answer.index(f"line {line}: ") for line in (2, 3, 4)
    )
    many = refused(tmp_path, HEAD + "".join(f"key{number}: 1\n" for number in range(30)))
    assert (many.count("FILE, line"), "... and 10 more." in many) == (20, True)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "is empty"),
        (b"# nothing\n", "is empty"),
        (b"watchlist: \xff\n", "line 1: this is not UTF-8"),
        (b"watchlist: a\nsites: [\x07]\n", "this is not YAML"),
        (b"#" * (MAX_BYTES + 1), f"has more than {MAX_BYTES:,} bytes"),
        (b"a: " + b"[" * 100_000, "nested too deep"),
    ],
    ids=["empty", "a comment", "latin", "a bell", "large", "deep"],
)
def test_a_file_that_is_no_text_or_too_large_is_refused(tmp_path: Path, content: bytes, told: str) -> None:
    path = tmp_path / "watchlist.yaml"
    path.write_bytes(content)
    with pytest.raises(UsageError, match=told):
        read_watchlist(path, NOW)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="There is no file"):
        read_watchlist(tmp_path / "none.yaml", NOW)
    with pytest.raises(UsageError, match="cannot be read"):
        read_watchlist(tmp_path, NOW)


def test_more_thresholds_than_an_event_holds_are_refused(tmp_path: Path) -> None:
    lines = "".join(f"      site:{number}: {{watch: 1, warning: 2, critical: 3}}\n" for number in range(501))
    answer = refused(tmp_path, f"{HEAD}thresholds:\n  power_delay:\n    subjects:\n{lines}")
    assert "at most 500" in answer


@settings(deadline=None)
@given(st.one_of(st.text(max_size=200), st.text("wat chlis:-[]{}&*!|>'\"\n", max_size=60)))
def test_any_text_is_read_or_refused_in_a_sentence(text: str) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder, "watchlist.yaml")
        path.write_text(HEAD + text, errors="replace")
        try:
            assert read_watchlist(path, NOW).watchlist.startswith("w")
        except UsageError as error:
            assert error.remedy


def test_check_says_what_a_file_would_change() -> None:
    told = CliRunner().invoke(app, ["watchlist", "check", str(EXAMPLE)]).stdout
    assert "credit_waivers: watch 0.5, warning 1, critical 3 (weighted count)." in told
    assert "power_delay of site:Stargate Abilene: watch 14, warning 60, critical 120 (days)." in told
    assert "bubble_break: counts over 120 days." in told


def test_the_schema_names_every_indicator() -> None:
    result = CliRunner().invoke(app, ["watchlist", "schema"])
    described = json.loads(result.output)
    assert described["properties"]["thresholds"]["propertyNames"]["enum"] == list(DEFINITIONS)
    assert "credit_waivers" in described["properties"]["windows"]["propertyNames"]["enum"]
