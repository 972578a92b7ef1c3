"""Webhooks are named in the environment; what cannot be used is refused without being repeated."""

import json
import re
from typing import Any

import pytest
from pydantic import SecretStr, ValidationError
from pydantic_core import PydanticCustomError

from ouroboros import cli
from streams.settings import Settings
from streams.webhooks.destination import parse
from tests.docs.pages import ROOT, section

GOOD: dict[str, Any] = {"name": "desk", "url": "https://example.com/hooks/T0/hidden"}


def test_a_name_and_an_address_are_enough() -> None:
    (found,) = parse(json.dumps([GOOD]))
    assert (found.name, found.format, found.secret, found.at_least) == ("desk", "json", None, "watch")
    assert found.url.get_secret_value() == GOOD["url"]


@pytest.mark.parametrize("text", ["", "  ", "[]"])
def test_nothing_names_no_destination(text: str) -> None:
    assert parse(text) == ()
    assert Settings(webhooks=SecretStr(text)).destinations == ()


def test_the_example_of_the_documentation_can_be_used() -> None:
    page = section(ROOT / "docs" / "operations.md", "Webhooks")
    (text,) = re.findall(r"OUROBOROS_WEBHOOKS='(.*?)'", page, re.DOTALL)
    assert [(found.name, found.format, found.at_least) for found in parse(text)] == [
        ("desk", "slack", "warning"),
        ("risk", "json", "watch"),
    ]


@pytest.mark.parametrize(
    ("document", "sentence"),
    [
        ("https://example.com/hidden", "Invalid JSON"),
        ('{"name": "hidden"', "Invalid JSON"),
        ({"desk": "hidden"}, "Input should be a valid array"),
        (["hidden"], "entry 1: "),
        ([{"name": "desk"}], "entry 1, url: Field required"),
        ([GOOD | {"url": "ftp://example.com/hidden"}], "entry 1, url: it must begin with http:// or https://"),
        ([GOOD | {"url": "https:///hidden"}], "entry 1, url: "),
        ([GOOD | {"url": "https://example.com/hidden\n"}], "entry 1, url: "),
        ([GOOD | {"url": "/hidden"}], "entry 1, url: "),
        ([GOOD | {"name": "The hidden desk"}], "entry 1, name: String should match"),
        ([GOOD, GOOD], "entry 2, name: 'desk' is named twice"),
        ([GOOD, GOOD | {"name": "two", "format": "hidden"}], "entry 2, format: Input should be"),
        ([GOOD | {"at_least": "calm"}], "entry 1, at_least: Input should be 'watch', 'warning' or"),
        ([GOOD | {"secret": ""}], "entry 1, secret: "),
        ([GOOD | {"password": "hidden"}], "entry 1, password: Extra inputs are not permitted"),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_refused_in_a_sentence_that_repeats_nothing(
    document: Any, sentence: str
) -> None:
    text = document if isinstance(document, str) else json.dumps(document)
    with pytest.raises(PydanticCustomError) as raised:
        parse(text)
    assert raised.value.message().startswith(sentence)
    assert "hidden" not in str(raised.value)
    with pytest.raises(ValidationError) as refused:
        Settings(webhooks=SecretStr(text))
    assert "hidden" not in str(refused.value)


def test_a_setting_that_cannot_be_used_is_named_on_the_command_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("OUROBOROS_WEBHOOKS", '[{"name": "desk", "url": "hidden"}]')
    monkeypatch.setattr("sys.argv", ["ouroboros", "migrate"])
    with pytest.raises(SystemExit):
        cli.main()
    said = " ".join(capsys.readouterr().err.split())
    assert "The setting OUROBOROS_WEBHOOKS cannot be used: entry 1, url: it must begin with http://" in said
    assert "hidden" not in said


def test_neither_addresses_nor_secrets_are_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OUROBOROS_WEBHOOKS", json.dumps([GOOD | {"secret": "hidden too"}]))
    settings = Settings()
    assert settings.destinations[0].url.get_secret_value() == GOOD["url"]
    assert "hidden" not in f"{settings!r} {settings} {settings.destinations!r} {settings.model_dump()}"
