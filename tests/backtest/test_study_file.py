"""What a person is told who made a mistake in a study."""

from pathlib import Path
from typing import Any

import pytest

from events.errors import UsageError
from ouroboros.backtest.study import SignalRule
from ouroboros.backtest.study_file import read_study
from tests.backtest.cases import study_document, written
from tests.docs.pages import ROOT

STUDIES = sorted((ROOT / "docs" / "examples" / "studies").glob("*.yaml"))
CONDITION = {"indicator": "credit_waivers", "level": "watch"}


def refused(folder: Path, **changes: Any) -> str:
    path = written(folder, **changes)
    with pytest.raises(UsageError) as caught:
        read_study(path)
    return str(caught.value).replace(f"{path}", "FILE")


@pytest.mark.parametrize("path", STUDIES, ids=lambda path: path.stem)
def test_the_studies_that_come_along_can_be_read(path: Path) -> None:
    study, _ = read_study(path)
    assert study.study == path.stem.replace("_", "-")
    assert study.action and study.variants


def test_three_studies_come_along() -> None:
    assert len(STUDIES) == 3


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"signls": {}}, "there is no key 'signls'. Did you mean signals?"),
        ({"universe": None}, "universe is missing. Add it."),
        ({"universe": "CRWV"}, "universe is not a list. Write [one, other]"),
        ({"universe": ["crwv"]}, "universe.0 is no symbol (given: 'crwv'). Write it like CRWV"),
        ({"study": "My study"}, "study: 'My study' is no name. Use small letters"),
        ({"outcome": {"symbol": "CRWV", "within_days": 7}}, "say falls or rises, one of the two"),
        (
            {"outcome": {"symbol": "CRWV", "falls": 1.5, "within_days": 7}},
            "outcome.falls: Input should be less than 1 (given: '1.5')",
        ),
        ({"outcome": {"symbol": "NVDA", "falls": 0.2, "within_days": 7}}, "NVDA is not in the universe."),
        (
            {"outcome": {"falls": 0.2, "within_days": 7}},
            "say symbol for a share, or model and basis for a GPU",
        ),
        (
            {"outcome": {"model": "H100", "falls": 0.2, "within_days": 7}},
            "model and basis belong together: say resale, rental_hour or list",
        ),
        (
            {"outcome": {"model": "H100", "basis": "list", "falls": 0.2, "within_days": 7}},
            "H100 (list) is not in the universe.",
        ),
        ({"universe": ["CRWV", {"modle": "H100"}]}, "there is no key 'modle'. Did you mean model?"),
        (
            {"universe": ["CRWV", {"model": "H100", "basis": "rent"}]},
            "universe.1.basis: Input should be 'resale', 'rental_hour' or 'list' (given: 'rent')",
        ),
        (
            {"action": {"while_up": "waivers", "long": [{"model": "H100"}], "costs_bps": 1}},
            "action.long.0 is no symbol of a share",
        ),
        ({"universe": ["CRWV", "CRWV"]}, "CRWV stands in the universe already"),
        (
            {"action": {"while_up": "waivers", "long": ["H100"], "costs_bps": 1}},
            "H100 is not in the universe",
        ),
        ({"history": [{"read": "ledger", "take": "fact"}]}, "'everything', 'facts' or 'prices'"),
        (
            {"period": {"starts": "2025-03-01T09:30:00", "ends": "2025-06-01"}},
            "period.starts has no time zone (given: '2025-03-01T09:30:00'). Write 2026-01-05T09:30:00-05:00.",
        ),
        (
            {"period": {"starts": "0001-01-01T00:00:00+05:00", "ends": "2025-06-01"}},
            "period.starts: lies outside of the years 1990 to 2100.",
        ),
        ({"period": {"starts": "2025-06-01", "ends": "2025-06-01"}}, "the period ends before it starts"),
        (
            {"signals": {"s": {"of": [{**CONDITION, "indicator": "credit_waiver"}]}}},
            "there is no indicator 'credit_waiver'. Did you mean credit_waivers?",
        ),
        (
            {"signals": {"s": {"of": [{**CONDITION, "subjct": "all"}]}}},
            "there is no key 'subjct'. Did you mean subject? Known are indicator, level, subject.",
        ),
        ({"signals": {"s": {"of": [CONDITION], "at_least": 2}}}, "at_least is 2, of only 1 conditions"),
        (
            {"signals": {"s": {"of": [{**CONDITION, "level": "calm"}]}}},
            "Input should be 'watch', 'warning' or 'critical' (given: 'calm')",
        ),
        ({"action": {"while_up": "waivers", "long": ["CRWV"]}}, "action.costs_bps is missing. Add it."),
        (
            {"action": {"while_up": "waiver", "long": ["CRWV"], "costs_bps": 1}},
            "there is no signal 'waiver'. Did you mean waivers?",
        ),
        ({"action": {"while_up": "waivers", "costs_bps": 1}}, "it holds nothing: name shares"),
        (
            {"action": {"while_up": "waivers", "long": ["CRWV"], "short": ["CRWV"], "costs_bps": 1}},
            "CRWV stands there more than once",
        ),
        (
            {"variants": [{"name": "a", "levels": {"s": "watch"}}, {"name": "a"}]},
            "a variant is called 'a' already",
        ),
        (
            {
                "variants": [
                    {
                        "name": "a",
                        "thresholds": [
                            {"indicator": "credit_waivers", "watch": 3, "warning": 2, "critical": 1}
                        ],
                    }
                ]
            },
            "watch, warning and critical of credit_waivers must rise in this order",
        ),
        (
            {"variants": [{"name": "a", "windows": [{"indicator": "circularity", "days": 3}]}]},
            "there is no indicator with a window 'circularity'",
        ),
    ],
    ids=str,
)
def test_a_mistake_is_told_with_file_and_line(tmp_path: Path, changes: dict[str, Any], told: str) -> None:
    message = refused(tmp_path, **changes)
    assert told in message
    assert message.startswith("FILE, line ")
    assert message.endswith("Nothing was run.")


def test_the_line_is_that_of_the_mistake(tmp_path: Path) -> None:
    path = written(tmp_path, universe=["CRWV", "nope"])
    wrong = 1 + path.read_text().splitlines().index('    "nope"')
    with pytest.raises(UsageError, match=rf"line {wrong}: universe\.1 is no symbol"):
        read_study(path)


def test_a_list_whose_item_is_wrong_is_not_said_to_be_empty(tmp_path: Path) -> None:
    message = refused(tmp_path, signals={"s": {"of": [{"indicator": "credit_waivers"}]}})
    assert message.count("line") == 1
    assert "signals.s.of.0.level is missing" in message


def test_an_empty_list_of_conditions_is_refused(tmp_path: Path) -> None:
    assert "at least 1 item" in refused(tmp_path, signals={"s": {"of": []}})


def test_a_rule_is_that_of_its_document() -> None:
    rule = SignalRule.model_validate(study_document()["signals"]["waivers"])
    assert (rule.at_least, rule.probability, rule.of[0].subject) == (1, None, "borrower:CoreWeave")
