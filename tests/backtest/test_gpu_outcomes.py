"""GPU prices as what is foretold, with the same care as prices of shares."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from events.base import Event
from events.errors import UsageError
from ouroboros.backtest.figures import outcome_text
from ouroboros.backtest.page import page
from ouroboros.backtest.run import Result
from tests.backtest.cases import at, bars, gpu_bar, result_of, waiver

RENTAL = {"model": "H100", "basis": "rental_hour"}
OUTCOME = {**RENTAL, "falls": 0.2, "within_days": 7}
STEADY = [2.0] * 60


def rents(prices: Sequence[float], every: int = 1, first: str = "2025-03-04") -> list[Event]:
    """Make prices of days that are over at midnight, every so many days."""
    start = at(first, 0)
    return [gpu_bar(start + timedelta(days=every * number), one) for number, one in enumerate(prices)]


def judged(folder: Path, events: list[Event], **changes: Any) -> Result:
    return result_of(folder, events, **{"universe": [RENTAL], "outcome": OUTCOME, **changes})


def falling_from(day: int) -> list[float]:
    return [2.0] * day + [1.5] * (60 - day)


def test_an_episode_is_judged_by_the_price_of_the_model_on_its_basis(tmp_path: Path) -> None:
    noise = [
        gpu_bar(at("2025-03-08", 0), 0.1, basis="resale"),
        gpu_bar(at("2025-03-09", 0), 0.1, model="H200"),
    ]
    result = judged(tmp_path, [*rents(falling_from(6)), *noise, waiver(at("2025-03-05", 22))])
    scored = result.trials[0].signals["waivers"].score
    (one,) = scored.episodes
    # Of 5 March the price of the 4th is known, whose day was over at midnight.
    assert (scored.hits, one.base_usd, one.verdict.close_usd) == (1, 2.0, 1.5)
    assert one.verdict.came_at == at("2025-03-10", 0)
    assert scored.lead_days == pytest.approx([4 + 2 / 24])
    assert outcome_text(result.study.outcome).startswith("Foretold is that H100 (rental_hour) falls by 20 %")
    assert "H100 (rental_hour) and the episodes" in page(result)


def test_shares_are_traded_on_signals_that_foretell_a_gpu_price(tmp_path: Path) -> None:
    events = [
        *rents(falling_from(6)),
        *bars("CRWV", "2025-03-03", [(10, 11)] * 60),
        waiver(at("2025-03-05", 22)),
    ]
    action = {"while_up": "waivers", "short": ["CRWV"], "costs_bps": 0}
    result = judged(tmp_path, events, universe=["CRWV", RENTAL], action=action)
    doing = result.trials[0].action
    assert doing is not None
    assert [one.symbol for one in doing.trades] == ["CRWV"]
    # A GPU has prices on Sundays, and has none on a day on which shares have.
    assert not any("others have one" in note for note in result.notes)


def test_a_monthly_price_has_no_gap_and_a_month_that_is_missing_is_one(tmp_path: Path) -> None:
    months = [datetime.fromisoformat(f"2025-{month:02}-01T00:00:00+00:00") for month in range(1, 13)]
    monthly = [gpu_bar(one, 2.0) for one in months]
    period = {"starts": "2025-01-01", "ends": "2025-12-31"}
    outcome = {**OUTCOME, "within_days": 60}
    assert len(judged(tmp_path, monthly, period=period, outcome=outcome).hindsight.bars) == 12
    with pytest.raises(
        UsageError, match=r"H100 \(rental_hour\) has no price between 1 May 2025 and 1 July 2025"
    ):
        judged(tmp_path, monthly[:5] + monthly[6:], period=period, outcome=outcome)


def test_days_that_are_over_before_the_next_price_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"has a price every 14 days, so nothing can follow within 7 days"):
        judged(tmp_path, rents([2.0] * 5, every=14))


@pytest.mark.parametrize("slip", [0.2, 20.0])
def test_a_price_that_looks_like_a_slip_is_refused_unless_it_is_said_to_be_real(
    tmp_path: Path, slip: float
) -> None:
    slipped = rents([*STEADY[:20], slip, *STEADY[21:]])
    with pytest.raises(UsageError, match=r"line \d+: H100 \(rental_hour\) moved .* as at an error") as caught:
        judged(tmp_path, slipped)
    assert "large_moves_are_real: true" in caught.value.message
    assert judged(tmp_path, slipped, large_moves_are_real=True).hindsight.bars


@pytest.mark.parametrize(
    ("asked", "there"),
    [
        ({"model": "H-100", "basis": "rental_hour"}, "there is H100 (rental_hour)"),
        ({"model": "H100", "basis": "resale"}, "there is H100 (rental_hour)"),
        ({"model": "TPU", "basis": "list"}, "(bars of a day)"),
    ],
)
def test_a_model_that_nobody_prices_is_told_with_what_there_is(
    tmp_path: Path, asked: dict[str, str], there: str
) -> None:
    with pytest.raises(UsageError) as caught:
        judged(tmp_path, rents(STEADY), universe=[asked], outcome={**OUTCOME, **asked})
    assert f"the history has no price of {asked['model']} ({asked['basis']})" in caught.value.message
    assert there in caught.value.message
    assert "ouroboros import" in caught.value.remedy
