"""What capacity stated without a price is taken to cost: an assumption, named wherever it is used.

Low is what AMD and Broadcom put their own part of a gigawatt of AI data centre at (15 to 20
billion dollars), mid what Nvidia puts its hardware at (35), high what Nvidia puts the whole
at (50 to 60), all of autumn 2025 and second-hand: Nvidia's earnings call as told by Mint on 1
September, the others by Investing.com with Bernstein's own estimate, 35 for the whole.
A leg stated in megawatts alone counts at the middle, on the basis `all` only.
"""

from events.deals import Leg

USD_PER_GW_LOW = 15_000_000_000
USD_PER_GW_MID = 35_000_000_000
USD_PER_GW_HIGH = 50_000_000_000

MW_PER_GW = 1000
CENTS_PER_USD = 100

ASSUMPTION = (
    f"{USD_PER_GW_MID / 1e9:g} billion USD per GW "
    f"(low {USD_PER_GW_LOW / 1e9:g}, high {USD_PER_GW_HIGH / 1e9:g})"
)


def estimated_cents(leg: Leg) -> int:
    """Turn a leg's capacity into cents where no amount is stated; 0 where one is, or neither."""
    if leg.amount_usd is not None or leg.capacity_mw is None:
        return 0
    return round(leg.capacity_mw * (USD_PER_GW_MID // MW_PER_GW) * CENTS_PER_USD)
