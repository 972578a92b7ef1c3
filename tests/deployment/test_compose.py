"""docker-compose.yml and Grafana's provisioning say what production needs."""

import importlib.metadata
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
COMPOSE = ROOT / "docker-compose.yml"
EXAMPLE = ROOT / ".env.example"
PROVISIONING = ROOT / "dashboards" / "provisioning"

PINNED = re.compile(r"[\w./-]+:v?\d+(\.\d+)+(-[\w.-]+)?(@sha256:[0-9a-f]{64})?")
VARIABLE = re.compile(r"\$\{(?P<name>\w+)(?P<rule>:\?|:-|:\+)(?P<text>[^}]*)\}")
SECRET = re.compile(r"PASSWORD|SECRET|TOKEN|CREDENTIAL|PRIVATE|_KEY$")

Service = dict[str, Any]


def compose() -> dict[str, Any]:
    read: dict[str, Any] = yaml.safe_load(COMPOSE.read_text())
    return read


def services() -> dict[str, Service]:
    found: dict[str, Service] = compose()["services"]
    return found


def ours() -> dict[str, Service]:
    """The services that run our own image."""
    return {name: found for name, found in services().items() if found["image"].startswith("ouroboros:")}


def one_shot() -> set[str]:
    """The services that others wait for to end."""
    return {
        needed
        for service in services().values()
        for needed, how in service.get("depends_on", {}).items()
        if how["condition"] == "service_completed_successfully"
    }


def long_running() -> dict[str, Service]:
    return {name: service for name, service in services().items() if name not in one_shot()}


def texts(node: object) -> Iterator[str]:
    """Every text inside a YAML document, comments left out."""
    if isinstance(node, dict):
        for key, value in node.items():
            yield from (str(key), *texts(value))
    elif isinstance(node, list):
        for item in node:
            yield from texts(item)
    elif isinstance(node, str):
        yield node


def mappings(node: yaml.Node) -> Iterator[list[str]]:
    """The keys of every mapping in a YAML document, in order and repeated as they are written."""
    if isinstance(node, yaml.MappingNode):
        yield [key.value for key, _ in node.value]
        for _, value in node.value:
            yield from mappings(value)
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from mappings(item)


def variables() -> list[re.Match[str]]:
    return [found for text in texts(compose()) for found in VARIABLE.finditer(text)]


def example_settings() -> dict[str, str]:
    lines = [line for line in EXAMPLE.read_text().splitlines() if line and not line.startswith("#")]
    return dict(line.split("=", 1) for line in lines)


# --- docker-compose.yml ---


def test_the_compose_file_follows_the_compose_specification() -> None:
    package = importlib.metadata.distribution("check-jsonschema")
    vendored = package.locate_file("check_jsonschema/builtin_schemas/vendor/compose-spec.json")
    schema = json.loads(Path(str(vendored)).read_text())
    validator = jsonschema.validators.validator_for(schema)(schema)
    errors = [f"{error.json_path}: {error.message}" for error in validator.iter_errors(compose())]
    assert errors == []


def test_no_mapping_of_the_compose_file_repeats_a_key() -> None:
    root = yaml.compose(COMPOSE.read_text(), Loader=yaml.SafeLoader)
    assert root is not None
    assert [keys for keys in mappings(root) if len(keys) != len(set(keys))] == []


def test_every_environment_value_is_written_as_a_text() -> None:
    for name, service in services().items():
        for variable, value in service["environment"].items():
            assert isinstance(value, str), f"{name}: quote {variable}, or YAML reads it as {value!r}"


def test_every_published_port_binds_to_the_loopback_address_only() -> None:
    ports = [port for service in services().values() for port in service.get("ports", [])]
    assert ports
    for port in ports:
        assert re.fullmatch(r"127\.0\.0\.1:\d+:\d+", str(port)), port


def test_no_service_reaches_around_the_published_ports_and_mounts() -> None:
    for name, service in services().items():
        assert not {"network_mode", "privileged", "pid", "ipc", "devices", "env_file"} & service.keys(), name


def test_every_service_uses_an_image_of_a_pinned_version() -> None:
    for name, service in services().items():
        assert PINNED.fullmatch(service["image"]), f"{name}: {service['image']}"


def test_our_image_carries_the_version_of_the_project() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    assert ours()
    assert {service["image"] for service in ours().values()} == {f"ouroboros:{version}"}


def test_our_image_is_built_here_and_never_fetched() -> None:
    for name, service in ours().items():
        assert (service["build"], service["pull_policy"]) == (".", "build"), name


def test_every_long_running_service_has_a_health_check() -> None:
    for name, service in long_running().items():
        test = service.get("healthcheck", {}).get("test", [])
        assert test[:1] in (["CMD"], ["CMD-SHELL"]), f"{name} has no health check"
        assert {"interval", "timeout", "retries", "start_period"} <= service["healthcheck"].keys(), name


def test_every_long_running_service_restarts_by_itself_and_stops_in_peace() -> None:
    for name, service in long_running().items():
        assert service.get("restart") == "unless-stopped", name
        assert "stop_grace_period" in service, name


def test_a_service_that_runs_once_is_not_restarted() -> None:
    assert one_shot() == {"migrate"}
    for name in one_shot():
        assert services()[name]["restart"] == "no", name


def test_a_service_waits_until_what_it_needs_is_ready() -> None:
    for name, service in services().items():
        for needed, how in service.get("depends_on", {}).items():
            ready = "service_completed_successfully" if needed in one_shot() else "service_healthy"
            assert how["condition"] == ready, f"{name} waits for {needed}: {how['condition']}"
    waits = {name: set(service.get("depends_on", {})) for name, service in services().items()}
    assert waits["migrate"] >= {"kafka", "timescaledb"}
    assert "migrate" in waits["worker"]
    assert "migrate" in waits["grafana"]


def test_no_secret_has_a_literal_value() -> None:
    secrets = {
        f"{name}.{variable}": value
        for name, service in services().items()
        for variable, value in service["environment"].items()
        if SECRET.search(variable)
    }
    assert len(secrets) >= 5
    for where, value in secrets.items():
        found = VARIABLE.fullmatch(value)
        assert found, f"{where} is written into docker-compose.yml"
        nothing = (found["rule"], found["text"]) == (":-", "")
        assert found["rule"] == ":?" or nothing, f"{where} has a default"
    for text in texts(compose()):
        assert not re.search(r"://[^/@\s]*:[^/@\s]*@", text), f"a password in an address: {text}"


def test_every_secret_that_is_not_set_is_asked_for_in_a_sentence() -> None:
    for text in texts(compose()):
        assert "$" not in VARIABLE.sub("", text).replace("$$", ""), f"write ${{NAME:?why}} in {text}"
    for variable in variables():
        if variable["rule"] == ":?":
            assert "copy .env.example to .env" in variable["text"], variable["name"]


def test_the_compose_file_and_the_example_settings_name_the_same_variables() -> None:
    assert {variable["name"] for variable in variables()} == example_settings().keys()


def test_the_example_settings_hold_no_secret_and_the_real_ones_stay_out_of_version_control() -> None:
    assert {name: value for name, value in example_settings().items() if SECRET.search(name) and value} == {}
    assert ".env" in (ROOT / ".gitignore").read_text().splitlines()


def test_every_named_volume_is_declared_and_every_declared_one_used() -> None:
    sources = {mount.split(":")[0] for service in services().values() for mount in service.get("volumes", [])}
    named = {source for source in sources if not source.startswith((".", "/"))}
    assert named == compose()["volumes"].keys()


def test_every_mounted_folder_exists_and_is_read_only() -> None:
    mounts = [mount for service in services().values() for mount in service.get("volumes", [])]
    folders = [mount.split(":") for mount in mounts if mount.startswith((".", "/"))]
    assert folders
    for source, target, *mode in folders:
        assert source.startswith("./"), f"{source} is outside the project"
        assert (ROOT / source).is_dir(), f"{source} is missing: Docker would make an empty one, owned by root"
        assert mode == ["ro"], f"{target} can be written to"


def test_our_own_containers_can_write_nowhere_and_gain_no_privilege() -> None:
    for name, service in ours().items():
        assert service.get("read_only") is True, name
        assert service.get("cap_drop") == ["ALL"], name
    for name, service in services().items():
        assert "no-new-privileges:true" in service.get("security_opt", []), name
        assert "cap_add" not in service, name


def test_every_container_has_bounded_memory_and_bounded_logs() -> None:
    for name, service in services().items():
        assert re.fullmatch(r"\d+[mg]", service.get("mem_limit", "")), name
        assert {"max-size", "max-file"} <= service.get("logging", {}).get("options", {}).keys(), name


def test_the_broker_keeps_events_for_ever_and_makes_no_topics_of_its_own() -> None:
    broker = services()["kafka"]["environment"]
    assert (broker["KAFKA_LOG_RETENTION_MS"], broker["KAFKA_LOG_RETENTION_BYTES"]) == ("-1", "-1")
    assert broker["KAFKA_LOG_MESSAGE_TIMESTAMP_TYPE"] == "LogAppendTime"
    assert broker["KAFKA_AUTO_CREATE_TOPICS_ENABLE"] == "false"
    assert broker["KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS"] == "0"
    assert int(broker["KAFKA_MESSAGE_MAX_BYTES"]) == 8 * 2**20
    copies = {name: value for name, value in broker.items() if name.endswith(("_FACTOR", "_MIN_ISR"))}
    assert set(copies.values()) == {"1"}
    assert broker["KAFKA_LOG_DIRS"] in [mount.split(":")[1] for mount in services()["kafka"]["volumes"]]


def test_every_command_of_our_image_is_one_that_the_program_knows() -> None:
    commands = [service["command"] for service in ours().values()]
    checked = ours().keys() & long_running().keys()
    commands += [ours()[name]["healthcheck"]["test"][2:] for name in sorted(checked)]
    assert len(commands) >= 3
    for command in commands:
        asked = [sys.executable, "-m", "ouroboros", *command, "--help"]
        done = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 0, f"{' '.join(command)}: {done.stderr}"


def compose_config(settings: Path) -> subprocess.CompletedProcess[str]:
    """What `docker compose config` says to the file with these settings and none from outside."""
    docker = shutil.which("docker")
    if docker is None:
        pytest.skip("no docker client here: nobody to ask about docker-compose.yml")
    if subprocess.run([docker, "compose", "version"], capture_output=True, check=False).returncode:
        pytest.skip("the docker client here has no compose plugin: nobody to ask about docker-compose.yml")
    clean = {name: value for name, value in os.environ.items() if name not in example_settings()}
    asked = [docker, "compose", "--file", str(COMPOSE), "--env-file", str(settings), "config", "--quiet"]
    return subprocess.run(asked, cwd=ROOT, env=clean, capture_output=True, text=True, timeout=60, check=False)


def test_docker_compose_accepts_the_file_once_the_passwords_are_chosen(tmp_path: Path) -> None:
    chosen = tmp_path / "chosen.env"
    chosen.write_text("".join(f"{name}={value or 'chosen'}\n" for name, value in example_settings().items()))
    done = compose_config(chosen)
    assert (done.returncode, done.stderr) == (0, "")


def test_docker_compose_says_what_to_do_while_a_password_is_missing() -> None:
    done = compose_config(EXAMPLE)
    assert done.returncode != 0
    assert "copy .env.example to .env" in done.stderr


# --- Grafana's provisioning ---


def test_grafana_reads_the_database_of_the_compose_file_as_the_read_only_role() -> None:
    (source,) = yaml.safe_load((PROVISIONING / "datasources" / "ouroboros.yaml").read_text())["datasources"]
    assert (source["type"], source["uid"]) == ("grafana-postgresql-datasource", "ouroboros")
    assert source["url"].split(":")[0] in services()
    assert source["jsonData"]["database"] == services()["timescaledb"]["environment"]["POSTGRES_DB"]
    assert (source["jsonData"]["timescaledb"], source["jsonData"]["postgresVersion"]) == (True, 1700)
    assert source["user"] == "ouroboros_reader"
    assert source["secureJsonData"] == {"password": "$OUROBOROS_READER_PASSWORD"}
    grafana, migrate = services()["grafana"]["environment"], services()["migrate"]["environment"]
    assert grafana["OUROBOROS_READER_PASSWORD"] == migrate["OUROBOROS_READER_PASSWORD"]


def test_grafana_finds_the_generated_dashboards_and_alert_rules() -> None:
    mounts = dict(mount.split(":")[:2][::-1] for mount in services()["grafana"]["volumes"])
    (provider,) = yaml.safe_load((PROVISIONING / "dashboards" / "ouroboros.yaml").read_text())["providers"]
    assert mounts[provider["options"]["path"]] == "./dashboards/generated"
    assert mounts["/etc/grafana/provisioning/alerting"] == "./dashboards/generated/alerting"
    assert mounts["/etc/grafana/provisioning/datasources"] == "./dashboards/provisioning/datasources"
    assert mounts["/etc/grafana/provisioning/dashboards"] == "./dashboards/provisioning/dashboards"


def test_grafana_finds_nothing_but_yaml_where_it_looks_for_alert_rules() -> None:
    found = list((ROOT / "dashboards" / "generated" / "alerting").iterdir())
    assert found
    assert [path.name for path in found if path.suffix != ".yaml"] == []
