"""Which sites a viewer chose: by operator and by name."""

from dashboards.building.fields import unit
from dashboards.building.sql import chosen
from dashboards.building.variables import chosen_from

UID = "ouroboros-power"
NOT_STATED = "not stated"
MW = unit("suffix:MW", 0)

# A site chosen by its operator and by its name; events that name no operator follow their site.
IS_CHOSEN = f"""coalesce(s.operator, '{NOT_STATED}') = ANY({chosen("operator")})
  AND s.site_id = ANY({chosen("site")})"""
SITES = f"(SELECT s.site_id FROM read.power_site s WHERE {IS_CHOSEN})"

# Of a site without a promised day no delay can be told: its 0 days mean nothing.
DATED = "SELECT s.site_id FROM read.power_site s WHERE s.expected_on IS NOT NULL"

OPERATOR = chosen_from(
    "operator", "Operator", f"SELECT DISTINCT coalesce(operator, '{NOT_STATED}') FROM read.power_site"
)
SITE = chosen_from(
    "site",
    "Site",
    "SELECT site_id FROM read.power_site s"
    f" WHERE coalesce(s.operator, '{NOT_STATED}') = ANY({chosen('operator')})",
)
