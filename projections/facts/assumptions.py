"""What capacity stated without a price is taken to cost: an assumption, named wherever it is used.

Low is what AMD and Broadcom put their own part of a gigawatt of AI data centre at (15 to 20
billion dollars), mid what Nvidia puts its hardware at (35), high what Nvidia puts the whole
at (50 to 60), all of autumn 2025 and second-hand: Nvidia's earnings call as reported by Mint on 1
September, the others by Investing.com with Bernstein's own estimate, 35 for the whole.
A leg stated in megawatts alone counts at the middle, unless a watchlist chooses another, and
on the basis `all` only.
"""

from typing import Literal

from events.families.deals import Leg

Gigawatt = Literal["low", "mid", "high"]

USD_PER_GW_LOW = 15_000_000_000
USD_PER_GW_MID = 35_000_000_000
USD_PER_GW_HIGH = 50_000_000_000
USD_PER_GW: dict[Gigawatt, int] = {"low": USD_PER_GW_LOW, "mid": USD_PER_GW_MID, "high": USD_PER_GW_HIGH}

MW_PER_GW = 1000
CENTS_PER_USD = 100


def assumption(gigawatt: Gigawatt) -> str:
    """Return an assumption, what it takes a gigawatt to cost, and the other two."""
    others = ", ".join(f"{name} {usd / 1e9:g}" for name, usd in USD_PER_GW.items() if name != gigawatt)
    return f"{gigawatt}: {USD_PER_GW[gigawatt] / 1e9:g} billion USD per GW ({others})"


def is_capacity_alone(leg: Leg) -> bool:
    """Return whether a leg states capacity and no amount."""
    return leg.amount_usd is None and leg.capacity_mw is not None


def estimated_cents(leg: Leg, gigawatt: Gigawatt = "mid") -> int:
    """Convert a leg's capacity to cents where no amount is stated; 0 where one is, or neither."""
    if leg.amount_usd is not None or leg.capacity_mw is None:
        return 0
    return round(leg.capacity_mw * (USD_PER_GW[gigawatt] // MW_PER_GW) * CENTS_PER_USD)
