"""Late power of sites to which no day was promised: nobody knows whether it is late."""

from collections.abc import Sequence

from ouroboros.report.rows import SignRow, SiteRow
from ouroboros.report.words import UNKNOWN

DELAY, STRANDED = "power_delay", "stranded_financing"


def with_unknown_delays(signs: Sequence[SignRow], sites: Sequence[SiteRow]) -> list[SignRow]:
    """Give the signs with the level unknown where calm only means that no day was promised.

    What sums up sites is unknown where none of them has a day.
    """
    dated = [site for site in sites if site.expected_on is not None]
    of_sites = {f"site:{site.site_id}" for site in dated}
    known = of_sites | {f"operator:{site.operator or ''}" for site in dated}
    if any(sign.indicator == STRANDED and sign.subject in of_sites for sign in signs):
        known.add("all")
    return [
        sign._replace(level=UNKNOWN)
        if sign.indicator in (DELAY, STRANDED) and sign.level == "calm" and sign.subject not in known
        else sign
        for sign in signs
    ]
