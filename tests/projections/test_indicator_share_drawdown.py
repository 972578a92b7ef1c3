import pytest

from events.base import Certainty, Event
from projections.base import Step
from projections.episodes.rows import IndicatorCurrentRow, SignalRow
from projections.warning_signs import WARNING_SIGNS
from projections.warning_signs.fold import WarningSigns
from tests.given import event, given, rows_of, share_bar, standing
from tests.projections.shares import close, real_closes
from tests.projections.test_kernel import same

HIGH = share_bar("2026-01-05", "CAT", 180, high_usd=200)


def now(step: Step[WarningSigns]) -> dict[str, tuple[float, str]]:
    found = standing(WARNING_SIGNS, step, IndicatorCurrentRow).items()
    return {
        subject: (row.value, row.level)
        for (indicator, subject), row in found
        if indicator == "share_drawdown"
    }


def text(step: Step[WarningSigns], symbol: str = "CAT") -> str:
    return standing(WARNING_SIGNS, step, IndicatorCurrentRow)["share_drawdown", symbol].text


def watchlist(known_on: str, *symbols: str) -> Event:
    return event("WatchlistChanged", known_on, watchlist="desk", symbols=list(symbols))


@pytest.mark.parametrize(
    ("price", "value", "level"),
    [(200, 0.0, "calm"), (160, 0.2, "watch"), (130, 0.35, "warning"), (100, 0.5, "critical")],
)
def test_a_share_of_a_basket_is_set_against_its_year(price: float, value: float, level: str) -> None:
    step = given(WARNING_SIGNS, HIGH, close("2026-03-02", "CAT", price))
    assert now(step) == {"CAT": (value, level)}


def test_the_words_name_high_and_price() -> None:
    step = given(WARNING_SIGNS, HIGH, close("2026-03-02", "CAT", 130))
    assert text(step) == "CAT is 35.0 % below its 52-week high of $200.00 (now $130.00)"
    (signal,) = (row for row in rows_of(step, SignalRow) if row.indicator == "share_drawdown")
    assert list(signal.evidence) == [close("2026-03-02", "CAT", 130).event_id, HIGH.event_id]


def test_a_high_of_more_than_a_year_ago_counts_no_longer() -> None:
    assert now(given(WARNING_SIGNS, HIGH, close("2027-01-05", "CAT", 100))) == {"CAT": (0.0, "calm")}


def test_a_share_that_a_watchlist_adds_is_measured_at_once_by_the_year_that_is_known() -> None:
    prices = [share_bar("2026-01-05", "VRT", 100), share_bar("2026-01-06", "VRT", 60)]
    assert now(given(WARNING_SIGNS, *prices)) == {}
    added, dropped = watchlist("2026-01-07", "VRT"), watchlist("2026-01-08", "CAT")
    assert now(given(WARNING_SIGNS, *prices, added)) == {"VRT": (0.4, "warning")}
    assert now(given(WARNING_SIGNS, *prices, added, dropped)) == {"VRT": (0.0, "calm")}
    assert text(given(WARNING_SIGNS, *prices, added, dropped), "VRT") == "VRT is no longer followed"
    same([*prices, added, dropped], (1,))


def quoted(bar: Event) -> Event:
    return bar.model_copy(update={"certainty": Certainty.ESTIMATED})


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 0, 1), (0, 2, 1)])
def test_a_quote_makes_no_high_and_no_price_beside_real_bars(order: tuple[int, ...]) -> None:
    journal = (HIGH, close("2026-03-02", "CAT", 130), quoted(close("2026-03-03", "CAT", 486)))
    step = given(WARNING_SIGNS, *(journal[place] for place in order))
    assert now(step) == {"CAT": (0.35, "warning")}


def test_quotes_alone_say_that_they_are_quotes() -> None:
    quotes = (quoted(close("2025-04-02", "CAT", 486)), quoted(close("2025-10-06", "CAT", 334)))
    assert text(given(WARNING_SIGNS, *quotes)).endswith("of $486.00 (now $334.00, as quoted)")


def test_real_falls_of_crwv_are_those_of_its_closes() -> None:
    real = real_closes("daily_ohlcv_yahoo_2024-06_2026-05.csv", "close", {"CRWV"})
    step = given(WARNING_SIGNS, *(close(day, symbol, price) for day, symbol, price in real))
    last = real[-1][2]
    # All of its prices lie within 14 months; by hand, without any state.
    high = max(price for day, _, price in real if day > f"{int(real[-1][0][:4]) - 1}{real[-1][0][4:]}")
    assert now(step)["CRWV"][0] == pytest.approx((high - last) / high, abs=1e-6)
