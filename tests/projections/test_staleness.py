"""Values whose input has gone silent: since when, and which silence is no news at all."""

from datetime import datetime, timedelta
from typing import Any

import orjson
import pytest

from events.base import Event
from events.families.clock import tick
from projections.episodes.rows import ClockRow, IndicatorCurrentRow, OutboxRow, SignalRow
from projections.indicators import DEFINITIONS
from projections.warning_signs import WARNING_SIGNS
from tests.given import (
    event,
    given,
    gpu_bar,
    loan,
    noon,
    repaid,
    rows_of,
    standing,
)
from tests.projections.shares import close

# The day of the last input; what comes after it says nothing new of that input.
LAST = "2026-04-01"


def late_close(day: str, symbol: str, price: float, known_on: str) -> Event:
    return close(day, symbol, price).model_copy(update={"known_at": noon(known_on)})


def deal(known_on: str, deal_id: str, ends: str = "2030-12-31") -> Event:
    parties = {"payer": "OpenAI", "payee": "Oracle", "starts": "2026-01-01", "ends": ends}
    leg = {"leg": "cloud", "kind": "purchase", "amount_usd": 5e9, **parties}
    return event("DealAnnounced", known_on, deal_id=deal_id, title=deal_id, legs=[leg])


def revenue(known_on: str, ends: str = "2025-12-31") -> Event:
    period = {"period_starts": "2025-01-01", "period_ends": ends}
    return event("RevenueReported", known_on, company="OpenAI", amount_usd=1e9, **period)


def guided(known_on: str, amount_usd: float) -> Event:
    period = {"period_starts": "2026-01-01", "period_ends": "2026-12-31"}
    return event("CapexGuided", known_on, company="Meta", low_usd=amount_usd, high_usd=amount_usd, **period)


def watchlist(known_on: str, **fields: object) -> Event:
    return event("WatchlistChanged", known_on, watchlist="desk", **fields)


SHARES: dict[str, Any] = {"kind": "shares", "symbol": "ARM"}
GPUS: dict[str, Any] = {"kind": "gpus", "model": "H100", "quantity": 1e5}
BASKETS = [
    close(day, symbol, price)
    for day, price in (("2026-01-01", 100), (LAST, 120))
    for symbol in ("CAT", "GEV", "ENR.DE", "BX", "OWL")
]

# Of each indicator that goes stale: a subject, what it is measured by up to LAST, and what touches it
# later without any news of the input that has to be fresh.
CASES: dict[str, tuple[str, list[Event], list[Event]]] = {
    "gpu_resale_drawdown": (
        "H100 resale",
        [gpu_bar("2026-03-01", 30_000), gpu_bar(LAST, 25_000)],
        [gpu_bar("2026-03-02", 40_000, known_on="2026-04-10")],
    ),
    "gpu_collateral_ltv": (
        "f",
        [loan("2026-01-01", collateral=GPUS), gpu_bar(LAST, 25_000)],
        [repaid("2026-04-10", billions=0.1), gpu_bar("2026-03-02", 40_000, known_on="2026-04-11")],
    ),
    "pledged_equity_drawdown": (
        "ARM",
        [loan("2026-01-01", collateral=SHARES), close(LAST, "ARM", 100)],
        [
            repaid("2026-04-05", billions=0.1),
            loan("2026-04-06", "second", collateral=SHARES),
            late_close("2026-03-02", "ARM", 150, "2026-04-07"),
        ],
    ),
    "builders_vs_financiers": (
        "builders ahead",
        BASKETS,
        [late_close("2026-01-02", "CAT", 90, "2026-04-05"), watchlist("2026-04-06", builders=["CAT"])],
    ),
    "crowding": (
        "basket",
        BASKETS,
        [
            late_close("2026-01-02", "CAT", 90, "2026-04-05"),
            watchlist("2026-04-06", windows=[{"indicator": "crowding", "days": 80}]),
        ],
    ),
    "neocloud_shock": (
        "CRWV",
        [close("2026-03-31", "CRWV", 100), close(LAST, "CRWV", 95)],
        [late_close("2026-03-31", "CRWV", 110, "2026-04-06")],
    ),
    "share_drawdown": (
        "CAT",
        [close("2026-03-31", "CAT", 100), close(LAST, "CAT", 95)],
        [late_close("2026-03-31", "CAT", 110, "2026-04-06")],
    ),
    "revenue_coverage": (
        "OpenAI",
        [deal("2026-01-01", "oracle"), revenue(LAST)],
        [
            deal("2026-07-01", "another"),
            event(
                "CommitmentRevised",
                "2026-08-01",
                company="OpenAI",
                contract_id="all",
                before_usd=9e11,
                after_usd=9e11,
            ),
            revenue("2026-03-01"),
        ],
    ),
    "capex_cut": ("Meta", [guided(LAST, 60e9)], [guided("2026-01-01", 70e9)]),
    "dark_capacity": (
        "Microsoft",
        [event("UtilizationReported", LAST, company="Microsoft", utilization=0.9)],
        [event("UtilizationReported", "2026-01-01", company="Microsoft", utilization=0.2)],
    ),
    "unit_cost": (
        "OpenAI",
        [event("UnitCostReported", LAST, company="OpenAI", cost_usd=2e9, revenue_usd=1e9)],
        [event("UnitCostReported", "2026-01-01", company="OpenAI", cost_usd=1e9, revenue_usd=1e9)],
    ),
    "unpermitted_generation": (
        "Memphis",
        [event("GenerationObserved", LAST, site_id="Memphis", operator="xAI", observed_units=35)],
        [
            event(
                "GenerationObserved",
                "2026-01-01",
                site_id="Memphis",
                operator="xAI",
                observed_units=15,
                permitted_units=15,
            )
        ],
    ),
}

# Silence says that nothing has happened: no waiver, no change of what was announced or lent, or no
# power, which makes the delay longer by itself.
NEVER_STALE = {
    "bubble_break",
    "capacity_resale",
    "circularity",
    "commitment_downscaled",
    "conditional_share",
    "contract_renegotiations",
    "credit_waivers",
    "offbalance_leverage",
    "power_delay",
    "stranded_financing",
    "vendor_financed_share",
}


def test_every_indicator_goes_stale_or_its_silence_says_that_nothing_has_happened() -> None:
    going_stale = {one.id for one in DEFINITIONS.values() if one.stale_after}
    assert going_stale == CASES.keys()
    assert DEFINITIONS.keys() - going_stale == NEVER_STALE


def stale_since(journal: list[Event], indicator: str, subject: str) -> datetime | None:
    """Say what read.indicator_current says in `stale_since`."""
    step = given(WARNING_SIGNS, *journal)
    row = standing(WARNING_SIGNS, step, IndicatorCurrentRow)[indicator, subject]
    length = DEFINITIONS[indicator].stale_after
    assert length is not None
    clock = max(rows_of(step, ClockRow)[-1].now, row.known_at)
    goes_stale = row.input_at and row.input_at + length
    return goes_stale if goes_stale and goes_stale < clock else None


@pytest.mark.parametrize("indicator", CASES)
def test_a_value_is_stale_once_its_input_has_been_silent_for_too_long(indicator: str) -> None:
    subject, heard, _ = CASES[indicator]
    length = DEFINITIONS[indicator].stale_after
    assert length is not None
    goes_stale = noon(LAST) + length
    assert stale_since([*heard, tick(goes_stale)], indicator, subject) is None
    assert stale_since([*heard, tick(goes_stale + timedelta(minutes=1))], indicator, subject) == goes_stale


@pytest.mark.parametrize("indicator", CASES)
def test_what_says_nothing_new_of_the_input_makes_no_value_fresh(indicator: str) -> None:
    subject, heard, others = CASES[indicator]
    length = DEFINITIONS[indicator].stale_after
    assert length is not None
    later = tick(noon(LAST) + 2 * length)
    assert stale_since([*heard, *others, later], indicator, subject) == noon(LAST) + length


@pytest.mark.parametrize("indicator", CASES)
def test_an_input_that_comes_late_is_as_old_as_it_is(indicator: str) -> None:
    subject, heard, _ = CASES[indicator]
    length = DEFINITIONS[indicator].stale_after
    assert length is not None
    assert (
        stale_since([event("ClockTicked", "2027-06-01"), *heard], indicator, subject) == noon(LAST) + length
    )


COVERED = [deal("2026-01-01", "oracle", ends="2026-06-30"), revenue(LAST), event("ClockTicked", "2026-07-01")]


@pytest.mark.parametrize(
    ("indicator", "subject", "journal"),
    [
        ("gpu_collateral_ltv", "f", [loan("2026-01-01", collateral=GPUS), gpu_bar(LAST, 9e4), repaid(LAST)]),
        (
            "gpu_collateral_ltv",
            "f",
            [loan("2026-01-01", collateral=GPUS), gpu_bar(LAST, 9e4), loan(LAST, collateral=SHARES)],
        ),
        ("pledged_equity_drawdown", "ARM", [loan("2026-01-01", collateral=SHARES), repaid(LAST)]),
        (
            "neocloud_shock",
            "CRWV",
            [close("2026-03-31", "CRWV", 100), watchlist(LAST, neoclouds=["NBIS"])],
        ),
        ("revenue_coverage", "OpenAI", COVERED),
    ],
)
def test_what_is_settled_never_goes_stale(indicator: str, subject: str, journal: list[Event]) -> None:
    later = event("ClockTicked", "2029-01-01")
    step = given(WARNING_SIGNS, *journal, later)
    row = standing(WARNING_SIGNS, step, IndicatorCurrentRow)[indicator, subject]
    assert (row.input_at, row.level) == (None, "calm")
    assert stale_since([*journal, later], indicator, subject) is None


def test_what_was_settled_and_begins_again_can_go_stale_again() -> None:
    journal = [loan("2026-01-01", collateral=GPUS), repaid("2026-01-02"), loan("2026-02-01", collateral=GPUS)]
    # The repayment still counts, so that it takes more than it was.
    bigger = event(
        "LoanOriginated",
        "2026-02-01",
        facility_id="f",
        borrower="Fictional Neocloud",
        principal_usd=2e9,
        collateral=GPUS,
    )
    journal = [*journal[:2], bigger, event("ClockTicked", "2026-06-01")]
    assert stale_since(journal, "gpu_collateral_ltv", "f") == noon("2026-02-15")


def test_a_price_that_says_it_was_made_in_the_future_is_no_fresher_than_now() -> None:
    ahead: dict[str, Any] = {"last_at": noon("2026-12-01")}
    bar = gpu_bar(LAST, 25_000).model_copy(update=ahead)
    journal = [bar, event("ClockTicked", "2026-06-01")]
    assert stale_since(journal, "gpu_resale_drawdown", "H100 resale") == noon(LAST) + timedelta(days=14)


HIGH, LOW = gpu_bar("2026-03-01", 30_000), gpu_bar(LAST, 15_000)
SILENT = event("ClockTicked", "2026-04-16")


def resale(*journal: Event) -> tuple[IndicatorCurrentRow, list[SignalRow]]:
    step = given(WARNING_SIGNS, *journal)
    signals = [row for row in rows_of(step, SignalRow) if row.indicator == "gpu_resale_drawdown"]
    return standing(WARNING_SIGNS, step, IndicatorCurrentRow)["gpu_resale_drawdown", "H100 resale"], signals


@pytest.mark.parametrize("indicator", CASES)
def test_what_is_stale_is_unknown_whatever_its_level_was(indicator: str) -> None:
    subject, heard, _ = CASES[indicator]
    length = DEFINITIONS[indicator].stale_after
    assert length is not None
    step = given(WARNING_SIGNS, *heard, tick(noon(LAST) + length + timedelta(minutes=1)))
    row = standing(WARNING_SIGNS, step, IndicatorCurrentRow)[indicator, subject]
    assert (row.value, row.level, row.is_unknown, row.signal_id) == (0.0, "calm", True, None)


def test_a_red_sign_whose_input_fell_silent_is_no_longer_known_and_not_calm_again() -> None:
    row, signals = resale(HIGH, LOW, SILENT)
    assert row.text == (
        "no price since 1 April 2026, for more than 14 days; the last that was known: the median resale price"
        " of the H100 is 50.0 % below its high of the past year: $30,000.00 on 1 March 2026 (a publisher's"
        " figure), now $15,000.00 on 1 April 2026 (a publisher's figure)"
    )
    assert [(one.step, one.level) for one in signals] == [("opened", "critical"), ("cleared", "unknown")]
    assert signals[-1].message.startswith("GPU price drawdown (no longer known): no price since 1 April 2026")
    outbox = rows_of(given(WARNING_SIGNS, HIGH, LOW, SILENT), OutboxRow)
    told = [orjson.loads(one.payload) for one in outbox if one.key == "gpu_resale_drawdown/H100 resale"]
    assert (told[-1]["level"], told[-1]["value"]) == ("unknown", None)


def test_what_is_unknown_stays_so_and_is_told_once() -> None:
    _, signals = resale(
        HIGH, LOW, SILENT, *(event("ClockTicked", f"2026-05-{day:02}") for day in range(1, 9))
    )
    assert len(signals) == 2


def test_a_new_price_makes_it_known_and_opens_a_new_episode_where_it_is_still_bad() -> None:
    row, signals = resale(HIGH, LOW, SILENT, gpu_bar("2026-04-20", 15_000))
    assert (row.level, row.is_unknown) == ("critical", False)
    assert [one.step for one in signals] == ["opened", "cleared", "opened"]


def composite(*journal: Event) -> tuple[float, bool, str]:
    step = given(WARNING_SIGNS, *journal)
    row = standing(WARNING_SIGNS, step, IndicatorCurrentRow)["bubble_break", "all"]
    return row.value, row.is_unknown, row.text


def test_the_composite_says_which_of_its_signs_are_not_known_and_is_not_calm_without_them() -> None:
    value, is_unknown, text = composite(HIGH, LOW, SILENT)
    assert (value, is_unknown) == (1.0, False)
    assert text.endswith("(worst H100 resale: critical, since 1 April 2026, not known since 16 April 2026)")
    later = event("ClockTicked", "2026-07-16")
    assert composite(HIGH, LOW, SILENT, later) == (
        0.0,
        True,
        "none of the 5 signs is known to have been at warning or above in the last 90 days; not known since"
        " 16 April 2026: falling GPU prices",
    )
    calm = gpu_bar("2026-07-16", 29_000)
    assert composite(HIGH, LOW, SILENT, later, calm)[:2] == (0.0, False)


MOVE = (close("2026-03-31", "CRWV", 100), close(LAST, "CRWV", 80))


def shock(*journal: Event) -> tuple[IndicatorCurrentRow, list[SignalRow]]:
    step = given(WARNING_SIGNS, *journal)
    signals = [row for row in rows_of(step, SignalRow) if row.indicator == "neocloud_shock"]
    return standing(WARNING_SIGNS, step, IndicatorCurrentRow)["neocloud_shock", "CRWV"], signals


def test_a_sign_about_a_moment_ends_by_itself_after_its_days() -> None:
    row, _ = shock(*MOVE, event("ClockTicked", "2026-04-06"))
    assert (row.value, row.level) == (-0.2, "critical")
    row, signals = shock(*MOVE, event("ClockTicked", "2026-04-06"), event("ClockTicked", "2026-04-07"))
    assert (row.value, row.level, row.is_old, row.is_unknown) == (0.0, "calm", True, False)
    assert row.text == (
        "the move of 1 April 2026 is 6 days old; the last that was known: CRWV fell by 20.0 % on 1 April"
        " 2026, from $100.00 on 31 March 2026 to $80.00"
    )
    assert signals[-1].message.startswith(
        "Neocloud shock (no longer new): the move of 1 April 2026 is 6 days"
    )


def test_after_the_moment_its_input_grows_old_and_nothing_more_is_told() -> None:
    ticks = [event("ClockTicked", f"2026-04-{day:02}") for day in (7, 8, 9, 30)]
    row, signals = shock(*MOVE, *ticks)
    assert (row.is_unknown, row.is_old) == (True, False)
    assert [one.step for one in signals] == ["opened", "cleared"]
