"""An indicator is one file: wherever indicators are listed, drawn, alerted or measured, it is there."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from projections.indicators import DEFINITIONS
from tests.conftest import Databases

pytestmark = pytest.mark.integration

MADE_UP = '''
"""Days of a test."""

from datetime import timedelta

from events.units import Unit
from projections.definition import S3, Definition, Passage, Thresholds
from projections.facts.world import Thing
from projections.indicator import Indicator, Measurement, View, each

DEFINITION = Definition(
    id="made_up",
    title="Made up",
    unit=Unit.DAYS,
    thresholds=Thresholds(watch=1.0, warning=2.0, critical=4.0),
    formula="Cost of a company, in days.",
    why="It is of a test.",
    named_in=(Passage(S3, "nowhere"),),
    family="credit",
    board="credit",
    window=timedelta(days=30),
)


def measure(view: View, company: str) -> Measurement | None:
    report = view.world.unit_costs.get(company)
    if report is None:
        return None
    return Measurement(company, float(report.cost_usd), (report.event_id,), f"{company} made it up")


INDICATOR = Indicator(definition=DEFINITION, reads={Thing.UNIT_COST: each}, measure=measure)
'''

# The folder is on the path of the indicators before they are looked for, as a file among them would be.
EVERYWHERE = """
import asyncio
import json
import sys
from importlib.util import find_spec, module_from_spec

import psycopg

folder, database = sys.argv[1:]
spec = find_spec("projections.indicators")
spec.submodule_search_locations.append(folder)
sys.modules[spec.name] = module_from_spec(spec)
spec.loader.exec_module(sys.modules[spec.name])

from dashboards.generate import generated
from events.journal import Run, encode_records
from projections.registry import PROJECTIONS
from projections.store.migration import migrate
from projections.store.projector import JournalRecord, Projector
from tests.conftest import silent
from tests.docs.generate_indicators import page
from tests.integration.pipeline import event


async def project():
    cost = event("UnitCostReported", company="Fictional", cost_usd=3, revenue_usd=100)
    ((value, headers),) = encode_records([Run("financials/0", 0, (cost,))])
    projector = await Projector.load(database, PROJECTIONS, 1_000_000)
    await projector.project_records([JournalRecord(0, value, tuple(headers))])
    await projector.close()


def asked(query):
    return [list(row) for row in connection.execute(query)]


migrate(database, PROJECTIONS, None, silent)
asyncio.run(project())
with psycopg.connect(database) as connection:
    found = {
        "page": page(),
        "files": {name: content.decode() for name, content in generated(()).items()},
        "definition": asked("SELECT title, family, board, watch FROM read.indicator_definition"
                            " WHERE id = 'made_up'"),
        "current": asked("SELECT subject, value, level, text, is_unknown FROM read.indicator_current"
                         " WHERE indicator = 'made_up'"),
        "signals": asked("SELECT step, level FROM read.signal WHERE indicator = 'made_up'"),
    }
print(json.dumps(found))
"""


@pytest.fixture(scope="module")
def everywhere(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """Return what there is of indicators in a process that finds one more file of them."""
    folder, url = tmp_path_factory.mktemp("indicators"), databases.create()
    (folder / "made_up.py").write_text(MADE_UP)
    command = [sys.executable, "-c", EVERYWHERE, str(folder), url]
    done = subprocess.run(command, check=False, capture_output=True, text=True, cwd=Path(__file__).parents[2])
    assert done.returncode == 0, done.stderr
    yield json.loads(done.stdout)
    databases.drop(url)


def panels_of(found: dict[str, Any], name: str) -> list[dict[str, Any]]:
    panels: list[dict[str, Any]] = json.loads(found["files"][name])["panels"]
    return panels


def test_it_is_drawn_on_its_board_with_its_thresholds(everywhere: dict[str, Any]) -> None:
    (panel,) = (panel for panel in panels_of(everywhere, "credit.json") if panel["title"] == "Made up")
    assert "'made_up'" in panel["targets"][0]["rawSql"]
    defaults = panel["fieldConfig"]["defaults"]
    assert [step["value"] for step in defaults["thresholds"]["steps"]] == [None, 1, 2, 4]
    assert defaults["unit"] == "suffix:days"
    (signals,) = (
        annotation
        for annotation in json.loads(everywhere["files"]["credit.json"])["annotations"]["list"]
        if annotation["name"] == "Signals"
    )
    assert "'made_up'" in signals["target"]["rawSql"]


def test_it_has_an_alert_rule_that_leads_to_its_panel(everywhere: dict[str, Any]) -> None:
    groups = yaml.safe_load(everywhere["files"]["alerting/rules.yaml"])["groups"]
    (rule,) = (rule for group in groups for rule in group["rules"] if rule["uid"] == "sign-made_up")
    (panel,) = (panel for panel in panels_of(everywhere, "credit.json") if panel["title"] == "Made up")
    linked = rule["annotations"]
    assert (linked["__dashboardUid__"], linked["__panelId__"]) == ("ouroboros-credit", str(panel["id"]))
    assert rule["labels"] == {"family": "credit", "indicator": "made_up"}
    assert "%.0f days" in linked["value"]


def test_it_is_in_the_overview_with_a_link_to_its_board(everywhere: dict[str, Any]) -> None:
    panels = panels_of(everywhere, "bubble-watch.json")
    (others,) = (panel for panel in panels if panel["title"] == "The other signs, each at its worst")
    assert "('made_up', 'ouroboros-credit')" in others["targets"][0]["rawSql"]
    (counts,) = (panel for panel in panels if panel["title"] == "Subjects of all signs by level")
    assert f"all {len(DEFINITIONS) + 1} signs" in counts["description"]


def test_it_is_on_the_page_of_indicators(everywhere: dict[str, Any]) -> None:
    assert "| [`made_up`](#made_up) | days | 1 | 2 | 4 |" in everywhere["page"]
    assert "## made_up\n\nMade up.\n\n- **Formula:** Cost of a company, in days." in everywhere["page"]
    assert "made it up." in everywhere["page"]


def test_the_database_defines_measures_and_signals_it(everywhere: dict[str, Any]) -> None:
    assert everywhere["definition"] == [["Made up", "credit", "credit", 1.0]]
    assert everywhere["current"] == [["Fictional", 3.0, "warning", "Fictional made it up", False]]
    assert everywhere["signals"] == [["opened", "warning"]]
