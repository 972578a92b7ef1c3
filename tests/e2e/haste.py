"""The generated files with alert rules that do not wait for minutes."""

import yaml

from tests.dashboards.alert_models import File, Rule
from tests.e2e.house import FILES

RULES = "alerting/rules.yaml"


def in_haste(rules: bytes) -> bytes:
    """Shorten what would make the tests last for minutes: how long rules wait, and are kept firing."""

    def hastened(rule: Rule) -> Rule:
        waits, kept = ("0s" if duration == "0s" else "10s" for duration in (rule.for_, rule.keep_firing_for))
        return rule.model_copy(update={"for_": waits, "keep_firing_for": kept})

    file = File.model_validate(yaml.safe_load(rules))
    groups = tuple(
        group.model_copy(update={"rules": tuple(map(hastened, group.rules))}) for group in file.groups or ()
    )
    hasty = file.model_copy(update={"groups": groups})
    return yaml.safe_dump(hasty.model_dump(mode="json", by_alias=True, exclude_none=True)).encode()


FILES_IN_HASTE = {**FILES, RULES: in_haste(FILES[RULES])}
