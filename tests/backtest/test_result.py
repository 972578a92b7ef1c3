"""Results: the same bytes for the same inputs, complete, and safe to look at."""

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ouroboros.backtest.page import page
from ouroboros.backtest.result_json import result_json
from ouroboros.backtest.run import Result
from ouroboros.cli import app
from tests.backtest.cases import at, bars, result_of, waiver
from tests.docs.pages import ROOT

PRICES = ROOT.parent / "shared" / "data" / "prices"
WITHOUT_PRICES = pytest.mark.skipif(not PRICES.is_dir(), reason="the price files are not beside the checkout")
ACTION = {"while_down": "waivers", "long": ["CRWV"], "costs_bps": 10}
VARIANTS = [
    {"name": "three days", "windows": [{"indicator": "credit_waivers", "days": 3}]},
    {"name": "critical", "levels": {"waivers": "critical"}},
]
SAME_BYTES = """
from pathlib import Path
import sys, tempfile
from tests.backtest.cases import random_history, result_of
from ouroboros.backtest.result_json import result_json
with tempfile.TemporaryDirectory() as folder:
    result = result_of(
        Path(folder), random_history(3, 60),
        action={"while_down": "waivers", "long": ["CRWV"], "costs_bps": 10},
        variants=[{"name": "short", "windows": [{"indicator": "credit_waivers", "days": 3}]}],
        walk_forward={"splits": 2}, large_moves_are_real=True,
    )
    sys.stdout.buffer.write(result_json(result))
"""


def a_result(folder: Path, title: str = "A study") -> Result:
    prices = [(100.0 + number % 7, 100.0 + number % 5) for number in range(60)]
    return result_of(
        folder,
        [*bars("CRWV", "2025-03-03", prices), waiver(at("2025-03-10", 22), detail="</script><b>bold</b>")],
        title=title,
        action=ACTION,
        variants=VARIANTS,
        walk_forward={"splits": 2},
        outcome={"symbol": "CRWV", "falls": 0.015, "within_days": 7},
    )


def test_the_same_inputs_give_the_same_bytes_whatever_the_hash_seed() -> None:
    digests = set()
    for seed in ("0", "1", "4242"):
        answer = subprocess.run(
            [sys.executable, "-c", SAME_BYTES],
            capture_output=True,
            check=True,
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed},
        )
        assert len(answer.stdout) > 1_000
        digests.add(hashlib.sha256(answer.stdout).hexdigest())
    assert len(digests) == 1


def test_a_result_says_what_it_rests_on_and_holds_every_episode(tmp_path: Path) -> None:
    document = json.loads(result_json(a_result(tmp_path)))
    (source,) = document["sources"]
    assert source["sha256"] == {"memory": "0" * 64}
    assert (source["read"], source["take"], source["events"]) == ("ledger", "everything", 61)
    assert source["first_known_at"] == "2025-03-03T21:00:00+00:00"
    assert document["study"]["seed"] == 1
    assert [trial["name"] for trial in document["trials"]] == ["as stated", "three days", "critical"]
    (episode,) = document["trials"][0]["signals"]["waivers"]["episodes"]
    (evidence,) = episode["evidence"]
    assert "CoreWeave got a waiver" in evidence["headline"]
    assert episode["messages"][0].startswith("Credit waivers and defaults (watch)")
    assert len(document["walk_forward"]) == 2
    assert "NaN" not in json.dumps(document)


def test_variants_are_other_parameters_for_the_same_rules(tmp_path: Path) -> None:
    stated, short, critical = a_result(tmp_path).trials
    (one,), (other,) = stated.active_periods["waivers"], short.active_periods["waivers"]
    assert (one.begins_at, one.ends_at) == (at("2025-03-10", 22), None)
    assert (other.begins_at, other.ends_at) == (at("2025-03-10", 22), at("2025-03-14"))
    assert critical.active_periods["waivers"] == ()


def test_more_trials_make_p_no_smaller(tmp_path: Path) -> None:
    result = a_result(tmp_path)
    for trial in result.trials:
        chance, after = trial.signals["waivers"].chance, result.adjusted.get((trial.name, "waivers"))
        assert (chance is None) == (after is None)
        assert chance is None or after is None or after >= chance.p_value


def test_a_page_needs_nothing_else_and_shows_texts_as_texts(tmp_path: Path) -> None:
    html = page(a_result(tmp_path, title="<i>Slanted</i> & more"))
    assert "&lt;i&gt;Slanted&lt;/i&gt; &amp; more" in html
    assert "<i>Slanted" not in html
    assert "<b>bold</b>" not in html
    begins = html.index("<script>")
    own = html[:begins] + html[html.index("</script>", begins) :]
    assert 'src="' not in own
    assert "https://" not in own
    assert own.count('class="chart"') == 5
    assert "Hit: from a close of 102.00 USD to 100.00 USD" in html


def test_a_package_that_is_not_installed_is_told_with_a_remedy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "arch.bootstrap", None)
    for name in [name for name in sys.modules if name.startswith("ouroboros.backtest")]:
        monkeypatch.delitem(sys.modules, name)
    answer = CliRunner().invoke(app, ["backtest", str(tmp_path / "study.yaml")])
    assert "Backtests need arch.bootstrap, which is not installed" in str(answer.exception)
    assert "ouroboros[research]" in str(answer.exception)


def test_a_study_whose_prices_were_never_imported_says_what_to_import(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    study = ROOT / "docs" / "examples" / "studies" / "podcast_hedge.yaml"
    told = str(CliRunner().invoke(app, ["backtest", str(study)]).exception)
    assert "podcast_hedge.yaml, line 10: There is no history history" in told
    assert "prices of CAT, GEV, OWL, BX: `ouroboros import PRICES.csv" in told


@WITHOUT_PRICES
@pytest.mark.parametrize("name", ["podcast_hedge", "coreweave_waivers", "arm_pledged_shares"])
def test_the_studies_that_come_along_run_on_imported_prices(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.chdir(tmp_path)
    prices = str(PRICES / "daily_adjclose_fmp_2024-08_2026-05.csv")
    imported = CliRunner().invoke(app, ["import", prices, "--mapping", "daily-bars"], catch_exceptions=False)
    assert imported.exit_code == 0, imported.output
    study = str(ROOT / "docs" / "examples" / "studies" / f"{name}.yaml")
    written = []
    for into in ("one", "other"):
        answer = CliRunner().invoke(app, ["backtest", study, "--into", into], catch_exceptions=False)
        assert answer.exit_code == 0, answer.output
        written.append((tmp_path / into / "result.json").read_bytes())
    assert written[0] == written[1]
    document = json.loads(written[0])
    assert document["warnings"]
    assert [one["read"] for one in document["sources"]] == ["ledger", "history"]
    assert all(one["sha256"] and one["events"] for one in document["sources"])
    if name == "coreweave_waivers":
        (episode,) = document["trials"][0]["signals"]["waivers"]["episodes"]
        assert episode["begins_at"] == "2025-10-02T21:00:00+00:00"
        assert "Fifth Amendment" in episode["evidence"][0]["headline"]
