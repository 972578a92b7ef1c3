"""Which sites a viewer chose: by operator and by name."""

from dashboards.grafana.fields import unit
from dashboards.grafana.sql import chosen
from dashboards.grafana.variables import chosen_from

NOT_STATED = "not stated"
MW = unit("suffix:MW", 0)

# A site is chosen by its operator and by its name; events that name no operator follow their site.
IS_CHOSEN = f"""coalesce(s.operator, '{NOT_STATED}') = ANY({chosen("operator")})
  AND s.site_id = ANY({chosen("site")})"""
SITES = f"(SELECT s.site_id FROM read.power_site s WHERE {IS_CHOSEN})"

OPERATOR = chosen_from(
    "operator", "Operator", f"SELECT DISTINCT coalesce(operator, '{NOT_STATED}') FROM read.power_site"
)
SITE = chosen_from(
    "site",
    "Site",
    "SELECT site_id FROM read.power_site s"
    f" WHERE coalesce(s.operator, '{NOT_STATED}') = ANY({chosen('operator')})",
)
