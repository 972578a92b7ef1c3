"""The money: the map, its tables, loops, and how much of it can be going round."""

from decimal import Decimal

from events.words import percent
from ouroboros.pages.charts import chart
from ouroboros.pages.markup import Column, Html, details, element, section, table
from ouroboros.report.curves import circularity_chart
from ouroboros.report.money_map import MOST_COMPANIES, legend, money_map
from ouroboros.report.rows import EdgeRow, Facts, LoopRow, NodeRow
from ouroboros.report.words import dollars

BASES = {"all": "All money", "firm": "Firm money only"}
_EXPLAINED = (
    "Each arrow is announced money from one company to another, wider by the same step with each tenfold;"
    " the way back is an arrow of its own. Its colour tells what share of it circulates, by the point"
    " estimate. Firm money is stated, unconditional and not estimated, or was paid."
    " Separate deals do not prove that the same dollars travel."
)
_EDGES = (
    Column("From"),
    Column("To"),
    Column("Amount", number=True),
    Column("Of it circulating", number=True),
)
_NODES = (
    Column("Company"),
    Column("Money in", number=True),
    Column("Money out", number=True),
    Column("Circulating", number=True),
)
_LOOPS = (Column("Loop"), Column("Companies", number=True), Column("Smallest amount on the way", number=True))
_TRIPS = (
    Column("Vendor"),
    Column("Basis"),
    Column("It gives", number=True),
    Column("Is bought from it", number=True),
    Column("Can be the same money", number=True),
    Column("Share", number=True),
)


def money_section(facts: Facts) -> Html:
    """Show the map on the basis that is chosen, with the same numbers as tables."""
    choices = [_choice(basis, told) for basis, told in BASES.items()]
    legend_entries = [
        element(
            "li",
            element("span", "➜", class_="swatch", style=f"color:{color}", aria_hidden="true"),
            f" {told}",
        )
        for color, told in legend().items()
    ]
    return section(
        "money",
        "Money map",
        element("p", _EXPLAINED),
        element("fieldset", element("legend", "Count"), *choices, class_="choices"),
        element("ul", *legend_entries, class_="key"),
        *(_of_basis(facts, basis) for basis in BASES),
    )


def circularity_section(facts: Facts) -> Html:
    """Show the loops, who pays for its own orders, and circularity over time."""
    drawn = (
        chart(
            "circularity-chart",
            "The share of announced money that can be going round, over time, with its thresholds.",
            circularity_chart(facts).to_json(),
        )
        if facts.circularity
        else Html("")
    )
    trips = [
        (
            one.vendor,
            one.basis,
            dollars(one.financing_usd),
            dollars(one.purchases_usd),
            dollars(one.round_trip_usd),
            percent(one.share),
        )
        for one in sorted(facts.round_trips, key=lambda one: (-one.round_trip_usd, one.vendor, one.basis))
    ]
    return section(
        "circularity",
        "Circular money",
        element("p", _newest_circularity(facts)),
        drawn,
        *(_loops(facts.standing.loops, basis) for basis in BASES),
        table("Vendors whose own money can have paid for their orders", _TRIPS, trips, "round_trips"),
    )


def _choice(basis: str, told: str) -> Html:
    chosen = element("input", type="radio", name="basis", value=basis, checked=basis == "all")
    return element("label", chosen, f" {told}")


def _of_basis(facts: Facts, basis: str) -> Html:
    nodes = [one for one in facts.standing.nodes if one.basis == basis]
    edges = [one for one in facts.standing.edges if one.basis == basis]
    if not nodes:
        return element("div", element("p", f"{BASES[basis]}: none was announced yet."), data_basis=basis)
    label = (
        f"{BASES[basis]}: {len(edges)} flows between {len(nodes)} companies; the table below has the same."
    )
    return element(
        "div",
        element(
            "h3",
            f"{BASES[basis]}: {dollars(sum((one.amount_usd for one in edges), start=Decimal()))}",
        ),
        chart(f"map-{basis}", label, money_map(nodes, edges).to_json()),
        _not_drawn(len(nodes)),
        details(f"{BASES[basis]} as tables", _edge_table(edges, basis), _node_table(nodes, basis)),
        data_basis=basis,
    )


def _not_drawn(companies: int) -> Html:
    if companies <= MOST_COMPANIES:
        return Html("")
    told = f"The {MOST_COMPANIES} companies with the most money are drawn; the tables have all {companies:,}."
    return element("p", told, class_="small")


def _edge_table(edges: list[EdgeRow], basis: str) -> Html:
    rows = [
        (one.source, one.target, dollars(one.amount_usd), dollars(one.circulating_usd))
        for one in sorted(edges, key=lambda one: (-one.amount_usd, one.source, one.target))
    ]
    return table("Flows", _EDGES, rows, f"edges-{basis}")


def _node_table(nodes: list[NodeRow], basis: str) -> Html:
    rows = [
        (one.id, dollars(one.in_usd), dollars(one.out_usd), dollars(one.circulating_usd))
        for one in sorted(nodes, key=lambda one: (-(one.in_usd + one.out_usd), one.id))
    ]
    return table("Companies", _NODES, rows, f"nodes-{basis}")


def _loops(loops: list[LoopRow], basis: str) -> Html:
    rows = [
        (one.path, str(one.length), dollars(one.bottleneck_usd))
        for one in sorted(loops, key=lambda one: one.rank)
        if one.basis == basis
    ]
    return table(f"Loops, the widest first: {BASES[basis].lower()}", _LOOPS, rows, f"loops-{basis}")


def _newest_circularity(facts: Facts) -> str:
    newest = {one.basis: one for one in facts.circularity}
    told = [
        f"{BASES[basis]}: at most {percent(one.ci_max)} of {dollars(one.announced_usd)} can be going round,"
        f" {percent(one.ci_bff)} by the point estimate."
        for basis in BASES
        if (one := newest.get(basis))
    ]
    return " ".join(told) or "No money was announced yet."
