"""Rules of the house that no linter knows: folds are pure, projections are whole, things have their names."""

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from projections.base import Projection, Table
from projections.registry import PROJECTIONS
from projections.store.tables import schema_script

ROOT = Path(__file__).resolve().parents[1]
PURE = ["events", "projections"]
FORBIDDEN_METHODS = {
    ("datetime", "now"), ("datetime", "utcnow"), ("datetime", "today"), ("date", "today"),
    ("uuid", "uuid1"), ("uuid", "uuid4"), ("time", "time"), ("Path", "cwd"), ("Path", "home"),
}  # fmt: skip
FORBIDDEN_ANYWHERE = {"utcnow", "uuid1", "uuid4", "open", "read_text", "read_bytes", "print", "input"}
# The facts of the sources, which no fold imports, and the table of companies come with the release: as fixed
# as code.
READS_FILES = {ROOT / "events" / name for name in ("ledger/__init__.py", "companies.py")}
CONTRACTS: dict[str, Any] = {
    contract["type"]: contract
    for contract in tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
}
ROOT_PACKAGES: list[str] = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"][
    "root_packages"
]
# The store has tables of its own, and folds nothing.
FOLDERS = sorted({path.parent.name for path in (ROOT / "projections").glob("*/schema.sql")} - {"store"})
# What is known of the world is folded once, for all projections, and is in no table.
FACTS = "facts"
TABLES = [(projection, table) for projection in PROJECTIONS for table in projection.tables]


def pure_sources() -> list[Path]:
    store = ROOT / "projections" / "store"
    return sorted(
        path
        for package in PURE
        for path in (ROOT / package).rglob("*.py")
        if store not in path.parents and path not in READS_FILES
    )


def impurities(source: str) -> Iterator[str]:
    """Name what of a source looks at the world, or keeps something in a global."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Global(names=names):
                yield f"line {node.lineno}: global {', '.join(names)}"
            case ast.Call(func=ast.Name(id=name)) if name in FORBIDDEN_ANYWHERE:
                yield f"line {node.lineno}: {name}()"
            case ast.Call(func=ast.Attribute(value=owner, attr=name)) if (
                name in FORBIDDEN_ANYWHERE
                or (ast.unparse(owner).rpartition(".")[2], name) in FORBIDDEN_METHODS
            ):
                yield f"line {node.lineno}: {ast.unparse(owner)}.{name}()"
            case _:
                pass


def imported_by(source: str) -> set[str]:
    """Name the modules that a source imports."""
    nodes = [*ast.walk(ast.parse(source))]
    plain = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    return plain | {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)}


def columns_of_tables(sql: str) -> dict[str, list[str]]:
    """Read the columns of every CREATE TABLE, one a line."""
    found: dict[str, list[str]] = {}
    for name, body in re.findall(
        r"CREATE TABLE \{schema\}\.(\w+) \((.*?)\);$", sql, re.DOTALL | re.MULTILINE
    ):
        lines = [line.strip() for line in body.strip().splitlines()]
        like = re.match(r"LIKE \{schema\}\.(\w+)", lines[0])
        found[name] = [*found[like[1]]] if like else []
        found[name] += [
            line.split()[0].strip('"')
            for line in lines
            if not re.match(r"(PRIMARY KEY|UNIQUE|CHECK|LIKE|--)", line)
        ]
    return found


def schema_of(projection: Projection[Any]) -> dict[str, list[str]]:
    return columns_of_tables(schema_script(projection))


def primary_key(projection: Projection[Any], table: Table) -> set[str]:
    pattern = rf"CREATE TABLE \{{schema\}}\.{table.name} \((.*?)\);$"
    (body,) = re.findall(pattern, schema_script(projection), re.DOTALL | re.MULTILINE)
    listed = re.search(r"PRIMARY KEY \(([^)]*)\)", body)
    if listed:
        return {name.strip() for name in listed[1].split(",")}
    return {line.split()[0] for line in body.splitlines() if "PRIMARY KEY" in line}


def by_name(value: Any) -> str:
    return str(getattr(value, "name", value))


def test_the_walk_sees_events_and_folds_but_not_the_store() -> None:
    seen = {str(path.relative_to(ROOT)) for path in pure_sources()}
    assert {"events/codec.py", "projections/base.py", "projections/credit/fold.py"} <= seen
    assert "projections/store/projector.py" not in seen


@pytest.mark.parametrize("path", pure_sources(), ids=lambda path: str(path.relative_to(ROOT)))
def test_events_and_folds_look_at_no_clock_no_file_and_no_chance(path: Path) -> None:
    assert list(impurities(path.read_text())) == []


@pytest.mark.parametrize(
    "source",
    [
        "datetime.now(UTC)", "datetime.datetime.now()", "datetime.utcnow()", "date.today()", "uuid4()",
        "uuid.uuid1()", "open('x')", "path.open()", "path.read_text()", "path.read_bytes()", "print(1)",
        "input()", "time.time()", "def f() -> None:\n    global state",
    ],
)  # fmt: skip
def test_the_walk_finds_what_it_looks_for(source: str) -> None:
    assert len(list(impurities(source))) == 1


@pytest.mark.parametrize("source", ["clock.now", "journaled.now", "now(1)", "series.opened()", "state.today"])
def test_the_walk_finds_nothing_else(source: str) -> None:
    assert list(impurities(source)) == []


def test_no_fold_knows_the_facts_of_the_sources() -> None:
    assert not [path for path in pure_sources() if "events.ledger" in imported_by(path.read_text())]


def test_every_fold_is_registered_once_under_the_name_of_its_folder() -> None:
    folds = {path.parent.name for path in (ROOT / "projections").glob("*/fold.py")}
    assert sorted(projection.name for projection in PROJECTIONS) == FOLDERS
    assert folds == {*FOLDERS, FACTS}


def test_every_fold_is_in_the_contract_of_pure_folds() -> None:
    pure = set(CONTRACTS["forbidden"]["source_modules"])
    modules = {
        path.stem
        for path in (ROOT / "projections").iterdir()
        if path.suffix == ".py" or (path / "__init__.py").exists()
    }
    assert pure == {"events", *(f"projections.{name}" for name in modules - {"store", "__init__"})}
    assert {"projections.store", "os", "time", "random", "asyncio", "psycopg", "faust"} <= set(
        CONTRACTS["forbidden"]["forbidden_modules"]
    )


def test_the_solver_is_private_to_the_money_graph() -> None:
    assert CONTRACTS["protected"]["protected_modules"] == ["projections.money_graph.solver"]
    assert CONTRACTS["protected"]["allowed_importers"] == ["projections.money_graph"]
    assert (ROOT / "projections" / "money_graph" / "solver" / "__init__.py").exists()


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_projection_has_its_tables_and_what_others_may_read_of_them(folder: str) -> None:
    for name, word in {"schema.sql": "CREATE TABLE", "views.sql": "VIEW read."}.items():
        assert word in (ROOT / "projections" / folder / name).read_text()


@pytest.mark.parametrize(("projection", "table"), TABLES, ids=by_name)
def test_the_fields_of_a_row_are_the_columns_of_its_table(projection: Projection[Any], table: Table) -> None:
    assert list(table.columns) == schema_of(projection)[table.name]


@pytest.mark.parametrize(("projection", "table"), TABLES, ids=by_name)
def test_a_table_has_the_key_by_which_its_rows_are_replaced(
    projection: Projection[Any], table: Table
) -> None:
    key = primary_key(projection, table)
    assert key
    assert key <= set(table.columns)
    if table.key:
        assert key == set(table.key)
    if table.time_column:
        assert table.time_column in key


@pytest.mark.parametrize("projection", PROJECTIONS, ids=by_name)
def test_every_table_of_a_schema_is_written_by_the_projection(projection: Projection[Any]) -> None:
    references = {reference.table: list(reference.columns) for reference in projection.reference}
    tables = {table.name: list(table.columns) for table in projection.tables}
    assert schema_of(projection) == {**tables, **references}


def test_loops_name_what_they_go_over() -> None:
    sources = [path for package in ROOT_PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in sources
        for number, line in enumerate(path.read_text().splitlines(), start=1)
        if re.search(r"\bfor one in\b", line)
    ]
    assert found == [], "name what the loop goes over"


def test_the_contract_of_layers_names_every_package() -> None:
    layers = [name.strip() for layer in CONTRACTS["layers"]["layers"] for name in layer.split("|")]
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests", "benchmarks"}
    assert set(layers) == set(ROOT_PACKAGES) == packages
    assert len(layers) == len(set(layers))
    assert [layer for layer in CONTRACTS["layers"]["layers"] if "|" not in layer] == [
        "ouroboros",
        "projections",
        "events",
    ]
