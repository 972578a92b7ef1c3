from collections.abc import Iterable, Mapping

import pytest

from events.base import Certainty, Event
from projections.base import Step
from projections.episodes.rows import IndicatorCurrentRow, SignalRow
from projections.warning_signs import WARNING_SIGNS
from projections.warning_signs.fold import WarningSigns
from tests.given import event, facts_and_bars, given, noon, rows_of, standing
from tests.projections.shares import close, held, real_closes

# 90 days apart.
START, END = "2026-01-01", "2026-04-01"
FLAT = {"BX": (100, 100), "OWL": (20, 20)}


def prices(symbols: Mapping[str, tuple[float, float]], start: str = START, end: str = END) -> list[Event]:
    first = [close(start, symbol, price) for symbol, (price, _) in symbols.items()]
    return first + [close(end, symbol, price) for symbol, (_, price) in symbols.items()]


def folded(*journal: Event) -> Step[WarningSigns]:
    return given(WARNING_SIGNS, *held(journal))


def rows(step: Step[WarningSigns]) -> dict[str, IndicatorCurrentRow]:
    found = standing(WARNING_SIGNS, step, IndicatorCurrentRow).items()
    return {subject: row for (indicator, subject), row in found if indicator == "builders_vs_financiers"}


def now(step: Step[WarningSigns]) -> dict[str, tuple[float, str]]:
    return {subject: (row.value, row.level) for subject, row in rows(step).items()}


def signals(step: Step[WarningSigns]) -> list[tuple[str, str, str]]:
    told = (row for row in rows_of(step, SignalRow) if row.indicator == "builders_vs_financiers")
    return [(row.subject, row.step, row.level) for row in told]


def test_builders_that_run_ahead_of_their_lenders_are_told() -> None:
    journal = prices({"CAT": (100, 120), "GEV": (200, 220), **FLAT, "OWL": (20, 18)})
    step = folded(*journal)
    # (20 % + 10 %) / 2 - (0 % - 10 %) / 2
    assert now(step) == {"builders ahead": (0.2, "warning"), "financiers ahead": (-0.2, "calm")}
    row = rows(step)["builders ahead"]
    assert row.text == (
        "over 90 days the builders (CAT, GEV, 2 of 3) returned +15.0 % and are 20.0 percentage points ahead"
        " of the financiers (BX, OWL, 2 of 2), which returned -5.0 %"
    )
    assert set(row.evidence) == {one.event_id for one in journal}


def test_builders_that_fall_behind_are_told_as_a_signal_of_its_own() -> None:
    step = folded(*prices({"CAT": (100, 65), "GEV": (200, 130), **FLAT}))
    assert now(step) == {"builders ahead": (-0.35, "calm"), "financiers ahead": (0.35, "critical")}
    assert signals(step) == [("financiers ahead", "opened", "critical")]
    assert "are 35.0 percentage points behind the financiers" in rows(step)["financiers ahead"].text


def test_baskets_that_move_together_are_calm() -> None:
    step = folded(*prices({"CAT": (100, 150), "GEV": (2, 3), "BX": (10, 15), "OWL": (20, 30)}))
    assert now(step) == dict.fromkeys(("builders ahead", "financiers ahead"), (0.0, "calm"))
    assert str(rows(step)["financiers ahead"].value) == "0.0"
    assert "level with" in rows(step)["builders ahead"].text


@pytest.mark.parametrize(
    ("start", "counts"), [("2026-01-01", True), ("2025-12-26", True), ("2025-12-25", False)]
)
def test_a_close_holds_for_the_week_after_it(start: str, counts: bool) -> None:
    step = folded(*prices({"CAT": (100, 120), "GEV": (10, 12)}, start), *prices(FLAT))
    assert (now(step)["builders ahead"] == (0.2, "warning")) == counts


def test_a_share_without_both_prices_is_left_out() -> None:
    both = prices({"CAT": (100, 120), "GEV": (10, 12), **FLAT})
    journal = [*both, close(START, "ENR.DE", 50)]
    step = folded(*journal)
    assert now(step)["builders ahead"] == (0.2, "warning")
    assert "the builders (CAT, GEV, 2 of 3) returned" in rows(step)["builders ahead"].text


def test_a_late_close_enters_where_it_belongs() -> None:
    journal = prices({"CAT": (100, 120), "GEV": (10, 12), **FLAT})
    assert now(folded(*reversed(journal))) == now(folded(*journal))


def test_the_podcast_s_prices_are_187_days_apart_and_say_nothing_of_90() -> None:
    found = rows(folded(*(one for one in facts_and_bars() if one.source == "S2")))
    assert {subject: (row.value, row.level) for subject, row in found.items()} == dict.fromkeys(
        ("builders ahead", "financiers ahead"), (0.0, "calm")
    )
    assert found["builders ahead"].text == (
        "builders and financiers cannot be compared: of the 3 shares of the builders (CAT, ENR.DE, GEV) 0"
        " have a price both near 6 October 2025 and 90 days before, and more than half of the shares must"
        " have one; of the 2 shares of the financiers (BX, OWL) 0 have a price both near 6 October 2025 and"
        " 90 days before, and more than half of the shares must have one"
    )
    assert found["builders ahead"].is_unknown


def test_in_the_ledger_one_share_a_side_is_no_basket() -> None:
    step = folded(*facts_and_bars())
    found = rows(step)["builders ahead"]
    # CAT's 553.55 / 417.89 and OWL's 13.78 / 19.04, three months apart, would be critical.
    assert (found.value, found.level, found.is_unknown) == (0.0, "calm", True)
    assert "1 has a price both near 19 November 2025 and 90 days before (CAT)" in found.text
    assert "1 has a price both near 19 November 2025 and 90 days before (OWL)" in found.text
    assert len(found.evidence) == 4
    assert signals(step) == []


@pytest.mark.parametrize(
    ("builders", "financiers", "known"),
    [
        ("CAT GEV", "BX OWL", True),
        ("CAT", "BX OWL", False),
        ("CAT GEV", "BX", False),
        ("CAT ENR.DE GEV", "BX OWL", True),
    ],
)
def test_a_basket_speaks_where_more_than_half_of_its_shares_have_prices(
    builders: str, financiers: str, known: bool
) -> None:
    shares = [*builders.split(), *financiers.split()]
    found = rows(folded(*prices(dict.fromkeys(shares, (10, 10)))))["builders ahead"]
    assert found.is_unknown is not known
    assert len(found.evidence) == 2 * len(shares)


def test_a_basket_whose_feed_dies_is_unknown_with_the_next_price_of_another() -> None:
    journal = prices({"CAT": (100, 150), "GEV": (10, 15), **FLAT})
    assert now(folded(*journal))["builders ahead"] == (0.5, "critical")
    later = [*journal, *(close("2026-04-09", symbol, 10) for symbol in ("BX", "OWL"))]
    assert rows(folded(*later))["builders ahead"].is_unknown


def quoted(one: Event) -> Event:
    return one.model_copy(update={"certainty": Certainty.ESTIMATED})


def test_quotes_stand_in_only_for_a_share_without_closes_and_are_named() -> None:
    journal = prices({"CAT": (100, 120), "GEV": (10, 12), **FLAT})
    named = rows(folded(*(quoted(one) if one.key == "GEV" else one for one in journal)))["builders ahead"]
    assert (named.value, named.level) == (0.2, "warning")
    assert "the builders (CAT, GEV as quoted, 2 of 3)" in named.text
    for quote in (close(END, "GEV", 99, "23:00:00"), close("2026-04-02", "GEV", 99)):
        assert rows(folded(*journal, quoted(quote)))["builders ahead"].value == 0.2
        assert rows(folded(quoted(quote), *journal))["builders ahead"].value == 0.2


def watchlist(known_on: str, **fields: object) -> Event:
    return event("WatchlistChanged", known_on, watchlist="desk", **fields)


def test_a_longer_window_takes_in_the_podcast_s_prices_if_it_was_asked_for_in_time() -> None:
    window = watchlist("2025-01-01", windows=[{"indicator": "builders_vs_financiers", "days": 187}])
    financiers = [close(day, symbol, 10) for day in ("2025-04-02", "2025-10-06") for symbol in ("BX", "OWL")]
    podcast = (one for one in facts_and_bars() if one.source == "S2")
    journal = sorted((window, *podcast, *financiers), key=lambda one: one.known_at)
    found = rows(folded(*journal))["builders ahead"]
    # CAT 334 to 486, Siemens Energy 56 to 108; GE Vernova has no second price.
    assert found.value == pytest.approx(((486 / 334 - 1) + (108 / 56 - 1)) / 2, abs=1e-6)
    assert (found.level, found.text.split(" the ")[0]) == ("critical", "over 187 days")


def test_a_watchlist_s_baskets_replace_the_release_s() -> None:
    named = watchlist("2025-12-31", builders=["VRT"], financiers=["APO"])
    step = folded(named, *prices({"VRT": (10, 14), "APO": (10, 11), "CAT": (10, 1), **FLAT}))
    assert now(step)["builders ahead"] == (0.3, "critical")


def test_a_share_that_a_watchlist_adds_is_followed_from_then_on() -> None:
    journal = prices({"CAT": (100, 120), "GEV": (10, 12), "VRT": (10, 20), **FLAT})
    added = watchlist("2026-02-01", builders=["CAT", "GEV", "VRT"])
    step = folded(*journal[:5], added, *journal[5:])
    assert now(step)["builders ahead"] == (0.2, "warning")


def test_another_basket_is_compared_at_once_and_the_same_one_is_not() -> None:
    journal = prices({"CAT": (100, 120), "GEV": (100, 100), **FLAT})
    assert now(folded(*journal))["builders ahead"] == (0.1, "watch")
    changed = folded(*journal, watchlist("2026-04-02", builders=["CAT"]))
    assert now(changed)["builders ahead"] == (0.2, "warning")
    same = folded(*held(journal), watchlist("2026-04-02", builders=["GEV", "CAT", "ENR.DE"]))
    assert rows(same)["builders ahead"].known_at < noon("2026-04-02")


def test_prices_of_others_and_watchlists_before_any_price_give_no_row() -> None:
    step = folded(close(START, "TSLA", 1), watchlist("2026-01-02", builders=["CAT"]))
    assert now(step) == {}


def test_hostile_prices_do_not_become_an_infinity() -> None:
    step = folded(*prices({"CAT": (5e-324, 1e9), "GEV": (5e-324, 1e9), **FLAT}))
    assert now(step)["builders ahead"] == (999_999.0, "critical")


def mean_return(closes: dict[tuple[str, str], float], symbols: Iterable[str], start: str, end: str) -> float:
    changes = [closes[end, symbol] / closes[start, symbol] - 1 for symbol in symbols]
    return sum(changes) / len(changes)


def test_real_builders_are_far_ahead_of_real_financiers_when_the_podcast_is_made() -> None:
    real = real_closes("daily_adjclose_fmp_2024-08_2026-05.csv", "adj_close", {"CAT", "GEV", "BX", "OWL"})
    closes = {(day, symbol): price for day, symbol, price in real}
    step = folded(*(close(*one) for one in real if one[0] <= "2025-10-06"))
    expected = mean_return(closes, ("CAT", "GEV"), "2025-07-08", "2025-10-06") - mean_return(
        closes, ("BX", "OWL"), "2025-07-08", "2025-10-06"
    )
    found = now(step)["builders ahead"]
    # CAT and GEV are 20.0 % up on average, BX and OWL 3.2 % down.
    assert found[0] == pytest.approx(expected, abs=5e-6)
    assert found[1] == "warning"
