"""The files of alerting say what Grafana takes, and everything that they name is there."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from pydantic import ValidationError

from dashboards.alerts import queries
from dashboards.boards import boards
from dashboards.generate import GENERATED, alerting_files
from dashboards.grafana.board import uid_of
from events.units import Unit
from projections.definition import LEVELS, Level
from projections.indicators import DEFINITIONS
from tests.dashboards.alert_models import File, Policy, Query, Receiver, Route, Rule

ROOT = Path(__file__).resolve().parents[2]
SOURCES = ROOT / "dashboards" / "provisioning" / "datasources" / "ouroboros.yaml"
# Where Grafana puts in what the environment holds, and an empty text for what it does not.
PUT_IN = re.compile(r"\$\{?(\w+)")


def written() -> dict[str, File]:
    """The files as they are committed."""
    folder = GENERATED / "alerting"
    return {path.stem: File.model_validate(yaml.safe_load(path.read_bytes())) for path in folder.iterdir()}


def rules() -> list[Rule]:
    return [rule for group in written()["rules"].groups or () for rule in group.rules]


def routes(of: Policy | Route) -> Iterator[Route]:
    for route in of.routes or ():
        yield route
        yield from routes(route)


def receivers() -> list[Receiver]:
    points = written()["contact_points"].contact_points or ()
    return [receiver for point in points for receiver in point.receivers]


def policy() -> Policy:
    (only,) = written()["policies"].policies or ()
    return only


def test_the_committed_files_are_those_of_the_code() -> None:
    committed = {f"alerting/{path.name}": path.read_bytes() for path in (GENERATED / "alerting").iterdir()}
    assert committed == alerting_files()


def test_the_files_come_back_from_yaml_as_they_were() -> None:
    for name, content in alerting_files().items():
        plain = yaml.safe_load(content)
        file = File.model_validate(plain)
        assert file.model_dump(mode="json", by_alias=True, exclude_none=True) == plain, name


def test_a_key_that_grafana_would_drop_without_a_word_is_refused() -> None:
    plain = yaml.safe_load(alerting_files()["alerting/rules.yaml"])
    plain["groups"][0]["rules"][0]["keep_firing_for"] = "2m"
    with pytest.raises(ValidationError, match="keep_firing_for"):
        File.model_validate(plain)


def test_every_indicator_has_a_rule() -> None:
    assert {rule.labels["indicator"] for rule in rules() if "indicator" in rule.labels} == DEFINITIONS.keys()
    for rule in rules():
        if indicator := rule.labels.get("indicator"):
            assert rule.labels["family"] == DEFINITIONS[indicator].family
            form = Unit(DEFINITIONS[indicator].unit).printf
            assert form in rule.annotations["value"]
            assert form in rule.annotations["threshold"]


def test_no_message_is_made_at_the_times_of_evaluations() -> None:
    intervals = {group.interval for group in written()["rules"].groups or ()}
    tree: list[Policy | Route] = [policy(), *routes(policy())]
    following = {route.group_interval for route in tree if route.group_interval}
    (evaluated,), (sent,) = intervals, following
    assert int(sent.removesuffix("s")) % int(evaluated.removesuffix("s"))


def test_rules_have_names_of_their_own() -> None:
    for names in ([rule.uid for rule in rules()], [rule.title for rule in rules()]):
        assert len(names) == len(set(names))


def test_whom_a_route_sends_to_and_when_it_is_silent_exists() -> None:
    receivers = {point.name for point in written()["contact_points"].contact_points or ()}
    timings = {timing.name for timing in written()["mute_timings"].mute_times or ()}
    tree: list[Policy | Route] = [policy(), *routes(policy())]
    assert {route.receiver for route in tree} == receivers
    silent = {name for route in routes(policy()) for name in route.mute_time_intervals or ()}
    assert silent == timings


def test_every_text_that_a_message_names_is_defined() -> None:
    templates = "".join(template.template for template in written()["templates"].templates or ())
    defined = set(re.findall(r'define "([\w.]+)"', templates))
    contact_points = (GENERATED / "alerting" / "contact_points.yaml").read_text()
    used = set(re.findall(r'template "([\w.]+)"', templates + contact_points))
    assert {"ouroboros.title", "ouroboros.message"} <= used == defined


def test_rules_ask_data_sources_that_are_provisioned() -> None:
    (source,) = yaml.safe_load(SOURCES.read_text())["datasources"]
    asked = {query.datasource_uid for rule in rules() for query in rule.data}
    assert asked == {source["uid"], "__expr__"}
    for rule in rules():
        assert [query.ref_id for query in rule.data].count(rule.condition) == 1
        assert all(query.model["refId"] == query.ref_id for query in rule.data)


def test_every_alert_leads_to_a_panel_that_exists() -> None:
    panels = {board.uid: {panel.id: panel for panel in board.panels} for board in boards()}
    for rule in rules():
        linked = rule.annotations
        panel = panels[linked["__dashboardUid__"]][int(linked["__panelId__"])]
        if indicator := rule.labels.get("indicator"):
            assert linked["__dashboardUid__"] == uid_of(DEFINITIONS[indicator].board)
            assert (panel.kind, panel.indicator) == ("timeseries", indicator)
        else:
            assert panel.title == "What needs somebody"
        assert (linked["dashboard"], linked["panel"]) == (
            f"d/{linked['__dashboardUid__']}",
            linked["__panelId__"],
        )


def test_nothing_is_put_in_where_grafana_must_find_the_text_as_it_is() -> None:
    for rule in rules():
        for text in (rule.uid, rule.title, *rule.labels, *rule.labels.values()):
            assert "$" not in text, text


def test_the_environment_names_whom_to_notify_and_docker_compose_passes_it_on() -> None:
    texts = [str(value) for receiver in receivers() for value in receiver.settings.values()]
    texts += [value for route in routes(policy()) for _, _, value in route.object_matchers]
    named = {name for text in texts for name in PUT_IN.findall(text)}
    passed_on = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]["grafana"][
        "environment"
    ]
    assert named == {name for name in passed_on if name.startswith("OUROBOROS_ALERT_")}


def test_without_any_address_a_contact_point_is_still_one_that_grafana_starts_with() -> None:
    settings = {str(to.type): to.settings for to in receivers()}
    for kind, needed in (("webhook", "url"), ("email", "addresses"), ("slack", "endpointUrl")):
        assert PUT_IN.sub("", str(settings[kind][needed])), kind


def test_whoever_has_no_address_is_sent_nothing() -> None:
    for route in policy().routes:
        if not route.mute_time_intervals:
            (levels,) = (value for label, _, value in route.object_matchers if label == "severity")
            assert PUT_IN.sub("", levels) == ""


def test_no_mail_is_sent_at_night_of_what_is_only_to_be_watched() -> None:
    (mail,) = (route for route in policy().routes if route.continue_ and route.receiver == "Ouroboros mail")
    (pipeline, signs) = mail.routes or ()
    for route in (*(pipeline.routes or ()), signs):
        assert route.object_matchers == (("severity", "=", "watch"),)
        assert route.mute_time_intervals == ("Nights and weekends",)
    assert pipeline.routes


def test_grafana_remembers_what_it_has_sent_for_longer_than_any_message_waits_to_be_repeated() -> None:
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    kept = compose["services"]["grafana"]["environment"]["GF_UNIFIED_ALERTING_NOTIFICATION_LOG_RETENTION"]
    days = {"d": 1, "w": 7}
    tree: list[Policy | Route] = [policy(), *routes(policy())]
    for route in tree:
        repeated = route.repeat_interval or policy().repeat_interval
        assert int(repeated[:-1]) * days[repeated[-1]] < int(kept.removesuffix("d"))


def sql_of(query: Query) -> str:
    sql = query.model["rawSql"]
    assert isinstance(sql, str)
    return sql


def test_a_query_names_every_level_by_its_rank() -> None:
    sql = queries.above("credit_waivers")
    assert "indicator = 'credit_waivers'" in sql
    for level in LEVELS[1:]:
        assert f"('{level}', {level.rank})" in sql
    # Muted or not, a watch that was not sent is not sent later; signals are not, either.
    assert f"severity.name = '{Level.WATCH}' AND reached.muted" in sql
