"""Where the sources name each sign: what they speak of there, in words of our own.

The facts were collected without time stamps or paragraph numbers, so a passage is told by what
it is about. Its facts are in `events/ledger`, in the file of its source.
"""

from typing import NamedTuple

from projections.warning_signs.definition import S0, S1, S2, S3, S4

# Where a source can be heard, as far as it is known.
ADDRESSES = {
    S1: "https://www.youtube.com/watch?v=2reLd9KTyt8",
    S2: "https://www.youtube.com/watch?v=xsqn2XJDcwM",
}


class Passage(NamedTuple):
    """A part of a source, by what it is about."""

    source: str
    about: str


NAMED_IN: dict[str, tuple[Passage, ...]] = {
    "gpu_resale_drawdown": (
        Passage(S2, "the five signs that the boom is ending, the first of them: used GPUs become cheap"),
    ),
    "gpu_collateral_ltv": (
        Passage(S2, "loans secured by GPUs, with CoreWeave's vehicle and Blackstone's $7.5B: GPUs wear out"),
    ),
    "contract_renegotiations": (
        Passage(S2, "the five signs that the boom is ending: buyers ask for other terms"),
    ),
    "credit_waivers": (Passage(S2, "the five signs that the boom is ending: lenders make exceptions"),),
    "power_delay": (
        Passage(S2, "the five signs that the boom is ending: power does not come when it was promised"),
    ),
    "stranded_financing": (Passage(S2, "late power: what was financed cannot run without it"),),
    "unpermitted_generation": (
        Passage(S2, "power made on the site: xAI's 15 permitted turbines and the 35 on thermal images"),
    ),
    "revenue_coverage": (
        Passage(S1, "what OpenAI has committed to, and that it holds while its revenue keeps growing"),
        Passage(S2, "the five signs that the boom is ending: revenue stays far below commitments"),
    ),
    "circularity": (
        Passage(S0, "the whole essay: sellers who pay for their own demand"),
        Passage(S1, "the investors of OpenAI's round, and what OpenAI buys from each of them"),
        Passage(S2, "Nvidia's stakes in OpenAI and CoreWeave, its customers"),
    ),
    "vendor_financed_share": (
        Passage(S0, "the case of Cisco, which lent to the carriers that bought from it"),
        Passage(S1, "Microsoft's stake in OpenAI, paid mostly in Azure credits that return as Azure revenue"),
    ),
    "conditional_share": (Passage(S1, "Amazon's $50B for OpenAI, of which $35B wait for a condition"),),
    "commitment_downscaled": (Passage(S1, "OpenAI's compute target for 2030, cut from $1.4T to $600B"),),
    "offbalance_leverage": (
        Passage(S2, "the vehicle that builds Hyperion for Meta: $26B of its $29B are debt"),
    ),
    "pledged_equity_drawdown": (
        Passage(S1, "how SoftBank pays for OpenAI: its margin loan on ARM shares, and where ARM stands"),
    ),
    "capacity_resale": (
        Passage(S4, "the news itself: Meta means to sell compute that it built for its own use"),
    ),
    "dark_capacity": (
        Passage(S2, "data centres, full today, against the fibre of the dot-com years, 97 % of it dark"),
    ),
    "capex_cut": (
        Passage(S2, "the spending of the large buyers, on which all else depends and which they can stop"),
    ),
    "unit_cost": (
        Passage(S3, "the end of Sora for those who do not pay: every use adds to cost and energy"),
    ),
    "builders_vs_financiers": (
        Passage(S2, "the hedge: to own those who sell what is built with, against those who lend for it"),
    ),
    "neocloud_shock": (
        Passage(S1, "CoreWeave's results of February 2026: the share lost 19 % after hours"),
        Passage(S4, "how the market took the news: CoreWeave's share lost 14 %"),
    ),
    "crowding": (Passage(S2, "the question which company is the Cisco of this boom"),),
    "bubble_break": (Passage(S2, "the five signs that the boom is ending, taken together"),),
}


def named_in(indicator: str) -> str:
    """Say where the sources name an indicator, one passage after the other."""
    return "; ".join(f"{one.source}: {one.about}{_address(one.source)}" for one in NAMED_IN[indicator])


def _address(source: str) -> str:
    return f" ({ADDRESSES[source]})" if source in ADDRESSES else ""
