"""The views of `read` as their SQL makes them."""

import re
from pathlib import Path

from projections.registry import PROJECTIONS
from projections.store.tables import schema_script
from tests.docs.pages import ROOT

SCRIPTS = (ROOT / "projections" / "store" / "schema.sql", *sorted((ROOT / "projections").glob("*/views.sql")))
View = list[tuple[str, str | None]]

_VIEW = re.compile(r"CREATE (?:OR REPLACE )?VIEW read\.(\w+) AS\s+SELECT (.*?);", re.DOTALL)
_TABLE = re.compile(
    r"CREATE TABLE (?:IF NOT EXISTS )?(?:\{schema\}|ouroboros)\.(\w+) \((.*?)\);$", re.DOTALL | re.MULTILINE
)
_COLUMN = re.compile(r'^\s+"?([a-z_]\w*)"? +([a-z ]+(?:\([\d, ]+\))?(?:\[\])?)', re.MULTILINE)
_LIKE = re.compile(r"\s*LIKE \{schema\}\.(\w+)")
_FROM_TABLE = re.compile(r"\s*(?:\{schema\}|ouroboros)\.(\w+)")


def views() -> dict[str, View]:
    """Give the columns of every view in their order, with their types where a table has them as they are."""
    return {
        name: _columns(query, _tables(script))
        for script in SCRIPTS
        for name, query in _VIEW.findall(_without_comments(script.read_text()))
    }


def _tables(script: Path) -> dict[str, dict[str, str]]:
    made = {projection.name: schema_script(projection) for projection in PROJECTIONS}
    text = _without_comments(made.get(script.parent.name) or script.read_text())
    found: dict[str, dict[str, str]] = {}
    for name, body in _TABLE.findall(text):
        like = _LIKE.match(body)
        found[name] = dict(found[like[1]]) if like else {}
        found[name] |= {column: kind.strip() for column, kind in _COLUMN.findall(body)}
    return found


def _columns(query: str, tables: dict[str, dict[str, str]]) -> View:
    selected, rest = _select_list(query)
    table = _FROM_TABLE.match(rest)
    assert table, f"no table in {rest!r}"
    types = tables[table.group(1)]
    return [_column(expression, types) for expression in selected]


def _column(expression: str, types: dict[str, str]) -> tuple[str, str | None]:
    plain = re.fullmatch(r'(?:\w+\.)?"?(\w+)"?', expression)
    if plain:
        return plain.group(1), types[plain.group(1)]
    named = re.search(r" AS (\w+)$", expression)
    assert named, f"a column without a name: {expression!r}"
    return named.group(1), None


def _select_list(query: str) -> tuple[list[str], str]:
    """Cut a query at its outer commas and its outer FROM."""
    columns, depth, start = [], 0, 0
    for place, character in enumerate(query):
        depth += {"(": 1, ")": -1}.get(character, 0)
        if depth:
            continue
        is_end = re.match(r"\bFROM\b", query[place:]) is not None
        if character == "," or is_end:
            columns.append(" ".join(query[start:place].split()))
            start = place + 1
        if is_end:
            return columns, query[place + len("FROM") :]
    raise AssertionError(f"a query without FROM: {query!r}")


def _without_comments(sql: str) -> str:
    return re.sub(r"--.*", "", sql)
