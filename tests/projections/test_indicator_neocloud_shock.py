import pytest

from events.base import Event
from projections.base import Step
from projections.episodes.rows import IndicatorCurrentRow, IndicatorRow, SignalRow
from projections.warning_signs import WARNING_SIGNS
from projections.warning_signs.fold import WarningSigns
from tests.given import event, facts_and_bars, given, noon, rows_of, standing
from tests.projections.shares import close, real_closes


def neoclouds(*symbols: str, known_on: str = "2026-01-01", watchlist: str = "desk") -> Event:
    return event("WatchlistChanged", known_on, watchlist=watchlist, neoclouds=list(symbols))


def now(step: Step[WarningSigns]) -> dict[str, tuple[float, str]]:
    rows = standing(WARNING_SIGNS, step, IndicatorCurrentRow).values()
    return {row.subject: (row.value, row.level) for row in rows if row.indicator == "neocloud_shock"}


def history(step: Step[WarningSigns]) -> list[IndicatorRow]:
    return [row for row in rows_of(step, IndicatorRow) if row.indicator == "neocloud_shock"]


MONDAY, TUESDAY = close("2026-03-02", "CRWV", 100), close("2026-03-03", "CRWV", 88)


def signals(step: Step[WarningSigns]) -> list[SignalRow]:
    return [row for row in rows_of(step, SignalRow) if row.indicator == "neocloud_shock"]


def test_a_day_s_fall_of_twelve_percent_is_exactly_at_warning() -> None:
    step = given(WARNING_SIGNS, MONDAY, TUESDAY)
    assert now(step) == {"CRWV": (-0.12, "warning")}
    (signal,) = signals(step)
    assert signal.evidence == [TUESDAY.event_id, MONDAY.event_id]
    assert history(step)[-1].text == (
        "CRWV fell by 12.0 % on 3 March 2026, from $100.00 on 2 March 2026 to $88.00"
    )


@pytest.mark.parametrize(("price", "level"), [(92.1, "calm"), (92, "watch"), (82, "critical"), (130, "calm")])
def test_only_falls_are_shocks(price: float, level: str) -> None:
    assert now(given(WARNING_SIGNS, MONDAY, close("2026-03-03", "CRWV", price)))["CRWV"][1] == level


def test_a_weekend_and_a_holiday_lie_between_two_trading_days() -> None:
    friday, tuesday = close("2026-02-13", "CRWV", 100), close("2026-02-17", "CRWV", 80)
    assert now(given(WARNING_SIGNS, friday, tuesday)) == {"CRWV": (-0.2, "critical")}


def test_a_fall_over_a_gap_in_the_prices_is_no_day_s_fall() -> None:
    step = given(WARNING_SIGNS, close("2026-02-25", "CRWV", 200), TUESDAY)
    assert now(step) == {"CRWV": (0.0, "calm")}
    assert history(step)[-1].text.endswith("its close of the trading day before is not known")


def test_the_day_is_measured_as_it_goes_and_the_next_day_starts_from_its_close() -> None:
    bars = (
        close("2026-03-03", "CRWV", 80, at="15:00:00"),
        close("2026-03-03", "CRWV", 95, at="20:00:00"),
        close("2026-03-04", "CRWV", 96.9),
    )
    step = given(WARNING_SIGNS, MONDAY, *bars)
    assert [row.value for row in history(step)] == [0.0, -0.2, -0.05, 0.02]
    assert [(row.step, row.level) for row in signals(step)] == [
        ("opened", "critical"),
        ("cleared", "calm"),
    ]


def test_a_late_bar_takes_its_own_day() -> None:
    last, first = close("2026-03-03", "CRWV", 88, "20:00:00"), close("2026-03-03", "CRWV", 50, "15:00:00")
    assert now(given(WARNING_SIGNS, last, MONDAY)) == {"CRWV": (-0.12, "warning")}
    assert now(given(WARNING_SIGNS, MONDAY, last, first)) == {"CRWV": (-0.12, "warning")}


def test_a_watchlist_names_other_neoclouds_and_they_are_followed_from_then_on() -> None:
    before, after = close("2026-03-02", "NBIS", 100), close("2026-03-03", "NBIS", 80)
    watched = neoclouds("NBIS", known_on="2026-03-01")
    assert now(given(WARNING_SIGNS, watched, before, after)) == {"NBIS": (-0.2, "critical")}
    late = neoclouds("NBIS", known_on="2026-03-03")
    assert now(given(WARNING_SIGNS, before, late, after)) == {"NBIS": (0.0, "calm")}


def test_a_neocloud_that_no_watchlist_names_any_more_is_calm_and_keeps_its_row() -> None:
    step = given(WARNING_SIGNS, MONDAY, TUESDAY, neoclouds("NBIS", known_on="2026-03-04"))
    assert now(step) == {"CRWV": (0.0, "calm")}
    assert signals(step)[-1].step == "cleared"


def test_watchlists_add_up_and_an_empty_one_gives_the_default_back() -> None:
    both = (neoclouds("NBIS", "CRWV"), neoclouds("IREN", watchlist="other"))
    falls = [
        close(day, symbol, price)
        for day, price in (("2026-03-02", 100), ("2026-03-03", 80))
        for symbol in ("CRWV", "IREN", "NBIS")
    ]
    assert now(given(WARNING_SIGNS, *both, *falls)).keys() == {"CRWV", "IREN", "NBIS"}
    none = (neoclouds(), neoclouds(watchlist="other"))
    assert now(given(WARNING_SIGNS, *both, *none, *falls)).keys() == {"CRWV"}


def test_the_ledger_s_crwv_fell_by_18_5_percent_after_its_results() -> None:
    (shock,) = (row for row in rows_of(given(WARNING_SIGNS, *facts_and_bars()), SignalRow) if _is_shock(row))
    assert (shock.value, shock.level) == (round(79.56 / 97.63 - 1, 6), "critical")


def _is_shock(row: SignalRow) -> bool:
    return row.indicator == "neocloud_shock" and row.step == "opened"


def test_the_real_falls_of_crwv_are_found_on_their_days() -> None:
    real = real_closes("daily_ohlcv_yahoo_2024-06_2026-05.csv", "close", {"CRWV"})
    step = given(WARNING_SIGNS, *(close(day, symbol, price) for day, symbol, price in real))
    found = {str(row.known_at.date()): row.value for row in history(step) if row.value <= -0.12}
    assert found == {
        "2025-04-03": pytest.approx(53.80 / 61.36 - 1, abs=1e-4),
        "2025-04-08": pytest.approx(43.61 / 49.85 - 1, abs=1e-4),
        "2025-04-10": pytest.approx(42.20 / 48.77 - 1, abs=1e-4),
        "2025-06-05": pytest.approx(135.05 / 163.10 - 1, abs=1e-4),
        # After the results of the second quarter.
        "2025-08-13": pytest.approx(117.76 / 148.75 - 1, abs=1e-4),
        "2025-08-14": pytest.approx(99.50 / 117.76 - 1, abs=1e-4),
        "2025-11-11": pytest.approx(88.39 / 105.61 - 1, abs=1e-4),
        # S1's fall after the results of 26 February, told there as 19 % after hours.
        "2026-02-27": pytest.approx(79.56 / 97.63 - 1, abs=1e-4),
    }
    critical = [row.known_at for row in signals(step) if row.level == "critical"]
    assert critical == [noon("2025-08-13"), noon("2026-02-27")]
