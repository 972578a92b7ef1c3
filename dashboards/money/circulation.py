"""How much of all announced money can be going round, and what vendors' own money could have paid for."""

from dashboards.building.fields import DAY, Property, field, fields, link, renamed, unit, width, wrapped
from dashboards.building.indicators import bars, indicator_over_time
from dashboards.building.levels import UNKNOWN_COLOR, steps_of
from dashboards.building.panels import Panel, stat, table, when_empty
from dashboards.building.sql import chosen
from dashboards.money.graph import CAUTION, NO_MONEY, ONLY_COMPANY

NONE_KNOWN = {
    "type": "special",
    "options": {"match": "null", "result": {"color": UNKNOWN_COLOR, "index": 0, "text": "none known"}},
}
NEUTRAL = {"mode": "fixed", "fixedColor": "semi-dark-blue"}
DASHED: Property = {"id": "custom.lineStyle", "value": {"fill": "dash", "dash": [10, 10]}}


def _share(title: str, column: str, description: str) -> Panel:
    return _at_the_end(
        title,
        f"{description} {CAUTION} From read.circularity at the end of the time range.",
        f"{column} AS share, {column}_usd AS usd",
        {
            "unit": "percentunit",
            "decimals": 1,
            "color": {"mode": "thresholds"},
            "thresholds": {"mode": "absolute", "steps": steps_of("circularity")},
        },
    )


def _dollars(title: str, column: str, description: str) -> Panel:
    return _at_the_end(
        title,
        f"{description} From read.circularity at the end of the time range.",
        f"{column} AS dollars",
        {"unit": "currencyUSD", "decimals": 1, "color": NEUTRAL},
    )


def _at_the_end(title: str, description: str, columns: str, looks: dict[str, object]) -> Panel:
    return stat(
        title,
        description,
        f"SELECT {columns} FROM (SELECT) always LEFT JOIN (SELECT * FROM read.circularity"
        " WHERE basis = '$basis' AND known_at <= $__timeTo()"
        " ORDER BY known_at DESC, journal_offset DESC, journal_index DESC LIMIT 1) newest ON true",
        defaults={**looks, "mappings": [NONE_KNOWN]},
        overrides=[
            field("share", renamed("of announced")),
            field("usd", renamed("in dollars"), *unit("currencyUSD", 1), {"id": "color", "value": NEUTRAL}),
        ],
        fields="/.*/",
    )


AT_MOST = _share(
    "At most (CI_max)",
    "ci_max",
    "The largest part of all announced money that can be going round: the maximum-weight circulation of the"
    " graph ÷ announced money. Coloured by the thresholds of the sign circularity.",
)
ESTIMATE = _share(
    "Estimate (CI_bff)",
    "ci_bff",
    "The point estimate of what goes round, by Balanced Flow Forwarding (arXiv 2506.12546), ÷ announced"
    " money; never above CI_max. Coloured by the thresholds of the sign circularity.",
)
ANNOUNCED = _dollars(
    "Announced",
    "announced_usd",
    "All announced money of the chosen basis. Firm: stated, unconditional, or paid. All: conditional and"
    " estimated money too.",
)
ASSUMED = _dollars(
    "Of it assumed",
    "estimated_usd",
    "The part that rests on an assumption: capacity without a price, taken to cost so many dollars a"
    " gigawatt. Only on the basis all.",
)
OVER_TIME = when_empty(
    indicator_over_time(
        "Circulating share of announced money, both bases",
        "CI_max, the most that can go round (solid), and CI_bff, the estimate (dashed), as shares of"
        " announced money, on both bases; where both are the same, they lie on one line. The lines are the"
        f" thresholds of the sign circularity. {CAUTION} From read.indicator (circularity).",
        "circularity",
        (0, 0.35),
        name="replace(replace(subject, 'ci_max', 'CI_max,'), 'ci_bff', 'CI_bff,')",
        unit="percentunit",
        decimals=1,
        overrides=[
            fields("/^CI_bff/", DASHED),
            fields("/ all$/", {"id": "color", "value": {"mode": "fixed", "fixedColor": "purple"}}),
            fields("/ firm$/", {"id": "color", "value": {"mode": "fixed", "fixedColor": "blue"}}),
        ],
    ),
    NO_MONEY,
)

VENDORS_SQL = f"""SELECT vendor AS "Vendor", share AS "Share", round_trip_usd AS "Own money",
       purchases_usd AS "Orders", financing_usd AS "Financing", known_at AS "Since", vendor AS id
FROM (
  SELECT DISTINCT ON (vendor) * FROM read.vendor_round_trip
  WHERE basis = '$basis' AND known_at <= $__timeTo() AND vendor = ANY({chosen("company")})
  ORDER BY vendor, known_at DESC, journal_offset DESC, journal_index DESC
) newest
WHERE purchases_usd > 0 ORDER BY share DESC, vendor LIMIT 100"""
_DOLLARS = ("Own money", "Orders", "Financing")
VENDORS = when_empty(
    table(
        "Vendors: orders that their own money could have paid for",
        "For each vendor that finances anybody: the maximum flow from what it gives (equity, debt,"
        " credits, guarantees) to what is bought from it, ÷ its order book, at the end of the time range."
        f" The bar is coloured by the thresholds of the sign vendor_financed_share. {CAUTION} From"
        " read.vendor_round_trip.",
        VENDORS_SQL,
        overrides=[
            field("Vendor", wrapped(), link("Show only this company", ONLY_COMPANY)),
            bars("Share", "Share", "vendor_financed_share", 1.0),
            *(field(name, *unit("currencyUSD", 1), width(88)) for name in _DOLLARS),
            field("Own money", width(102)),
            field("Since", *DAY, width(95)),
            field("id", {"id": "custom.hidden", "value": True}),
        ],
    ),
    "At the end of this time range no vendor of this basis both finances others and sells to them.",
)
VENDORS_OVER_TIME = when_empty(
    indicator_over_time(
        "Vendor-financed share over time",
        "The same share of each chosen vendor over time, the twelve highest of the chosen basis. The lines"
        f" are the thresholds of the sign vendor_financed_share. {CAUTION} From read.indicator"
        " (vendor_financed_share).",
        "vendor_financed_share",
        (0, 0.35),
        name="regexp_replace(subject, ' (all|firm)$', '')",
        where="subject LIKE '% $basis'"
        f" AND regexp_replace(subject, ' (all|firm)$', '') = ANY({chosen('company')})",
        unit="percentunit",
        decimals=1,
        overrides=[fields("/.*/", {"id": "min", "value": 0})],
    ),
    "No vendor of this basis both finances others and sells to them.",
)
