"""The money map: who finances whom, who buys from whom, and how much of it can be going round."""

from collections.abc import Mapping

from dashboards.grafana.board import DEALS as DEALS_ANNOUNCED
from dashboards.grafana.board import Board, chosen_from, one_of, row
from dashboards.grafana.fields import DAY, HIDDEN, USD, color, field, fields, link, renamed, steps, width
from dashboards.grafana.indicators import bars, indicator_over_time
from dashboards.grafana.levels import no_value, steps_of
from dashboards.grafana.panels import NEUTRAL, Panel, stat, table, text
from dashboards.grafana.sql import chosen
from dashboards.panels.deals import CONDITIONAL, DEALS, DOUBLES, HUBS, LOOPS, UNKNOWN_NAMES
from dashboards.panels.money_graph import CAUTION, GRAPH, NO_MONEY, ONLY_COMPANY

DOLLARS = {"unit": "currencyUSD", "color": NEUTRAL}
SHARE = {
    "unit": "percentunit",
    "color": {"mode": "thresholds"},
    "thresholds": steps(*steps_of("circularity"))["value"],
}
DASHED = {"id": "custom.lineStyle", "value": {"fill": "dash", "dash": [10, 10]}}


def _at_the_end(title: str, column: str, description: str, looks: Mapping[str, object]) -> Panel:
    """Return a panel with a sum in dollars at the end of the time range, or its share of announced money."""
    columns = f"{column} AS dollars" if column.endswith("_usd") else f"{column} AS share, {column}_usd AS usd"
    return stat(
        title,
        f"{description} From read.circularity at the end of the time range.",
        f"SELECT {columns} FROM (SELECT) always LEFT JOIN (SELECT * FROM read.circularity"
        " WHERE basis = '$basis' AND known_at <= $__timeTo()"
        " ORDER BY known_at DESC, journal_offset DESC, journal_index DESC LIMIT 1) newest ON true",
        field("share", renamed("of announced")),
        field("usd", renamed("in dollars"), *USD, {"id": "color", "value": NEUTRAL}),
        defaults={**looks, "decimals": 1, "mappings": [no_value("none known")]},
        fields="/.*/",
    )


AT_MOST = _at_the_end(
    "At most (CI_max)",
    "ci_max",
    "The largest part of all announced money that can be going round: the maximum-weight circulation of the"
    f" graph ÷ announced money. Coloured by the thresholds of the sign circularity. {CAUTION}",
    SHARE,
)
ESTIMATE = _at_the_end(
    "Estimate (CI_bff)",
    "ci_bff",
    "The point estimate of what goes round, by Balanced Flow Forwarding (arXiv 2506.12546), ÷ announced"
    f" money; never above CI_max. Coloured by the thresholds of the sign circularity. {CAUTION}",
    SHARE,
)
ANNOUNCED = _at_the_end(
    "Announced",
    "announced_usd",
    "All announced money of the chosen basis. Firm: stated, unconditional, or paid. All: conditional and"
    " estimated money too.",
    DOLLARS,
)
ASSUMED = _at_the_end(
    "Of it assumed",
    "estimated_usd",
    "The part that rests on an assumption: capacity without a price, taken to cost so many dollars a"
    " gigawatt. Only on the basis all.",
    DOLLARS,
)
OVER_TIME = indicator_over_time(
    "Circulating share of announced money, both bases",
    "circularity",
    f"CI_max is solid, CI_bff dashed; where both are the same, they lie on one line. {CAUTION}",
    name="replace(replace(subject, 'ci_max', 'CI_max,'), 'ci_bff', 'CI_bff,')",
    overrides=[
        fields("/^CI_bff/", DASHED),
        fields("/ all$/", color("purple")),
        fields("/ firm$/", color("blue")),
    ],
    empty=NO_MONEY,
)

VENDORS = table(
    "Vendors: orders that their own money could have paid for",
    "For each vendor that finances anybody: the maximum flow from what it gives (equity, debt, credits,"
    " guarantees) to what is bought from it, ÷ its order book, at the end of the time range. The bar is"
    f" coloured by the thresholds of the sign vendor_financed_share. {CAUTION} From read.vendor_round_trip.",
    f"""SELECT vendor AS "Vendor", share AS "Share", round_trip_usd AS "Own money",
       purchases_usd AS "Orders", financing_usd AS "Financing", known_at AS "Since", vendor AS id
FROM (
  SELECT DISTINCT ON (vendor) * FROM read.vendor_round_trip
  WHERE basis = '$basis' AND known_at <= $__timeTo() AND vendor = ANY({chosen("company")})
  ORDER BY vendor, known_at DESC, journal_offset DESC, journal_index DESC
) newest
WHERE purchases_usd > 0 ORDER BY share DESC, vendor LIMIT 100""",
    field("Vendor", link("Show only this company", ONLY_COMPANY)),
    bars("Share", "Share", "vendor_financed_share", 1.0),
    *(field(name, *USD, width(88)) for name in ("Own money", "Orders", "Financing")),
    field("Own money", width(102)),
    field("Since", *DAY, width(95)),
    field("id", HIDDEN),
    empty="At the end of this time range no vendor of this basis both finances others and sells to them.",
)
VENDORS_OVER_TIME = indicator_over_time(
    "Vendor-financed share over time",
    "vendor_financed_share",
    f"The highest of the chosen vendors on the chosen basis. {CAUTION}",
    name="regexp_replace(subject, ' (all|firm)$', '')",
    where="subject LIKE '% $basis'"
    f" AND regexp_replace(subject, ' (all|firm)$', '') = ANY({chosen('company')})",
    overrides=[fields("/.*/", {"id": "min", "value": 0})],
    empty="No vendor of this basis both finances others and sells to them.",
)

READING = text(
    "How to read this",
    f"**{CAUTION}** Shares say what *could* go round.\n\nAll is as known at the **end of the time range**.",
)

BOARD = Board(
    uid="ouroboros-money-map",
    title="Money map",
    description="Who finances whom, who buys from whom, and how much of announced money can be going round.",
    order=20,
    rows=(
        row(5, (READING, 6), (AT_MOST, 5), (ESTIMATE, 5), (ANNOUNCED, 4), (ASSUMED, 4)),
        row(17, (GRAPH, 24)),
        row(9, (OVER_TIME, 12), (VENDORS_OVER_TIME, 12)),
        row(8, (VENDORS, 13), (LOOPS, 11)),
        row(9, (HUBS, 12), (CONDITIONAL, 12)),
        row(14, (DEALS, 24)),
        row(6, (DOUBLES, 24)),
        row(6, (UNKNOWN_NAMES, 24)),
    ),
    tags=("circularity",),
    variables=(
        one_of("basis", "Basis", ("all", "firm"), "all"),
        chosen_from("company", "Company", "SELECT DISTINCT id FROM read.money_flow_node_history"),
    ),
    annotations=(DEALS_ANNOUNCED,),
)
