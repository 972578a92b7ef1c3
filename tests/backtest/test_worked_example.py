"""The study of the documentation, recomputed from its table alone."""

import csv
import json
import re
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from typer.testing import CliRunner

from ouroboros.cli import app
from tests.docs.pages import ROOT, section

TEXT = section(ROOT / "docs" / "backtesting.md", "One study by hand")
NEW_YORK = ZoneInfo("America/New_York")


def block(language: str, at: int = 0) -> str:
    found: list[str] = re.findall(rf"```{language}\n(.*?)```", TEXT, re.DOTALL)
    return found[at]


@pytest.fixture
def result(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    for name, content in {
        "EXMP.csv": block("csv"),
        "facts.jsonl": block("json"),
        "desk.yaml": block("yaml"),
        "example.yaml": block("yaml", 1),
    }.items():
        (tmp_path / name).write_text(content)
    monkeypatch.chdir(tmp_path)
    answer = CliRunner().invoke(app, ["backtest", "example.yaml"], catch_exceptions=False)
    assert answer.exit_code == 0
    assert "say too little" in answer.output
    assert (tmp_path / "backtest-example" / "report.html").stat().st_size > 1_000_000
    found: dict[str, Any] = json.loads((tmp_path / "backtest-example" / "result.json").read_text())
    return found


def test_the_figures_of_the_documentation_follow_from_its_table(result: dict[str, Any]) -> None:
    rows = list(csv.DictReader(StringIO(block("csv"))))
    days = [datetime.fromisoformat(row["Date"]) for row in rows]
    known = [day.replace(hour=16, tzinfo=NEW_YORK).astimezone(UTC) for day in days]
    opens, closes = [float(row["Open"]) for row in rows], [float(row["Close"]) for row in rows]
    begins_at = datetime(2025, 3, 5, 22, tzinfo=UTC)
    ends_at = next(time for time in known if time >= begins_at + timedelta(days=5))

    # What followed each bar, by the words of the documentation.
    followed = {
        at: any(
            closes[later] <= 0.8 * closes[at] and known[at] < known[later] <= known[at] + timedelta(days=5)
            for later in range(len(rows))
        )
        for at in range(len(rows))
        if known[at] + timedelta(days=5) <= known[-1]
    }
    base = max(at for at in range(len(rows)) if known[at] <= begins_at)
    came = next(at for at in range(base + 1, len(rows)) if closes[at] <= 0.8 * closes[base])
    lead_days = (known[came] - begins_at).total_seconds() / 86_400

    # What the short position earned.
    entry = next(at for at in range(len(rows)) if days[at].replace(tzinfo=UTC) > begins_at)
    leave = next(at for at in range(len(rows)) if days[at].replace(tzinfo=UTC) > ends_at)
    shares = 1 / opens[entry]
    cost_in, cost_out = 0.001, 0.001 * shares * opens[leave]
    course = [1.0] * entry
    course += [1 + shares * (opens[entry] - closes[at]) - cost_in for at in range(entry, leave)]
    final = 1 + shares * (opens[entry] - opens[leave]) - cost_in - cost_out
    course += [final] * (len(rows) - leave)
    drawdown = min(now / max(course[: at + 1]) - 1 for at, now in enumerate(course))

    (trial,) = result["trials"]
    signal, action = trial["signals"]["waivers"], trial["action"]["performance"]
    (episode,) = signal["episodes"]
    assert (episode["begins_at"], episode["ends_at"]) == (begins_at.isoformat(), ends_at.isoformat())
    assert (episode["base_usd"], episode["came_at_close_usd"]) == (closes[base], closes[came])
    assert signal["lead_days"] == pytest.approx([lead_days])
    assert (signal["hits"], signal["false_alarms"], signal["misses"]) == (1, 0, 0)
    assert result["outcome"]["base_rate"] == sum(followed.values()) / len(followed) == 0.2
    assert signal["brier"] == pytest.approx((0.6 - 1) ** 2)
    assert signal["brier_of_base_rate"] == pytest.approx((0.2 - 1) ** 2)
    # 2,000 draws of one fifth: three standard deviations are 0.027.
    assert signal["null_model_of_hits"]["p_value"] == pytest.approx(0.2, abs=0.027)
    assert [capital for _, capital in action["capital"]] == pytest.approx(course)
    assert action["total_return"] == pytest.approx(final - 1)
    assert action["max_drawdown"] == pytest.approx(drawdown)
    assert action["annual_return"] == pytest.approx(final ** (252 / len(rows)) - 1)
    for told in (
        f"{lead_days:.2f} days",
        f"{final:.8f}",
        f"{-100 * drawdown:.2f} %",
        "base rate of **20 %**",
    ):
        assert told in TEXT
