"""Mappings as files: mistakes are told with their line, and editors are told what is right."""

import json
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from events.errors import UsageError
from ouroboros.imports.mapping_file import built_in, read_mapping, schema

EXAMPLES = sorted((Path(__file__).parents[2] / "docs" / "examples").glob("*mapping*.yaml"))


@pytest.mark.parametrize("name", built_in())
def test_a_built_in_mapping_can_be_read_by_its_name(name: str) -> None:
    assert read_mapping(name) == read_mapping(built_in()[name])


def test_there_are_examples_and_all_can_be_read() -> None:
    assert EXAMPLES
    for path in EXAMPLES:
        read_mapping(path)


@pytest.mark.parametrize(
    ("text", "line", "told"),
    [
        ("kind: daily_bars\n", 1, "time_zone is missing. Add it."),
        ("time_zone: UTC\n", 1, "kind must be one of daily_bars, deals, gpu_prices, minute_bars"),
        ("kind: weekly\n", 1, "kind must be one of"),
        ("kind: daily_bars\ntime_zone: Mars\n", 2, "there is no such time zone"),
        ("kind: daily_bars\ntime_zone: ../../etc/passwd\n", 2, "there is no such time zone"),
        ("kind: daily_bars\ntime_zone: UTC\ncolunms: {}\n", 3, "there is no key 'colunms' here"),
        ("kind: daily_bars\ntime_zone: UTC\ncolumns:\n  close: c\n  opne: o\n", 5, "there is no key"),
        ("kind: daily_bars\ntime_zone: UTC\nsplits:\n- {day: 1998-13-01, ratio: 2}\n", 4, "splits.0.day"),
        ("kind: daily_bars\ntime_zone: UTC\ncloses_at: '09:30'\n", 3, "09:30 is before noon"),
        ("kind: daily_bars\ntime_zone: UTC\ncloses_at: '00:00'\n", 3, "or 23:59 if it never does"),
        ("kind: daily_bars\ntime_zone: UTC\nsplits: 2\n", 3, "splits is not a list"),
        ("kind: daily_bars\ntime_zone: UTC\ncurrency: EUR\n", 1, "amounts in EUR need usd_per_unit"),
        ("- kind\n", 1, "is not a mapping"),
    ],
)
def test_what_is_wrong_is_told_with_file_and_line(tmp_path: Path, text: str, line: int, told: str) -> None:
    path = tmp_path / "mapping.yaml"
    path.write_text(text)
    with pytest.raises(UsageError) as refused:
        read_mapping(path)
    assert f"{path}, line {line}: " in refused.value.message
    assert told in refused.value.message
    assert refused.value.remedy == "Nothing was imported."


@pytest.mark.parametrize(
    "content", [b"", b"\xff", b"kind: [", b"kind: daily_bars\nkind: deals\n", b"&a [*a]"]
)
def test_what_is_no_mapping_at_all_is_told(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "mapping.yaml"
    path.write_bytes(content)
    with pytest.raises(UsageError) as refused:
        read_mapping(path)
    assert str(path) in refused.value.message
    assert "ouroboros import --schema" in refused.value.remedy


def test_the_schema_takes_what_is_taken_and_nothing_else() -> None:
    validator = Draft202012Validator(schema())
    validator.check_schema(schema())
    for path in [*built_in().values(), *EXAMPLES]:
        document = json.loads(json.dumps(yaml.safe_load(path.read_text()), default=str))
        validator.validate(document)
        assert not validator.is_valid({**document, "colunms": {}})
        assert not validator.is_valid({name: value for name, value in document.items() if name != "kind"})
