"""A real Grafana with the project's own provisioning, for as long as a test looks at it."""

import base64
import http.client
import json
import os
import re
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml

from ouroboros.embedded.homes import free_port

ROOT = Path(__file__).resolve().parents[2]
# An alert that is kept firing for a while after its condition is over recovers.
FIRING = ("Alerting", "Recovering")

# Grafana says that it is healthy while it still reads the files of alerting and of dashboards.
PROVISIONED = ("finished to provision alerting", "finished to provision dashboards")

ADMIN, READER = "admin-password", "reader-password"


@dataclass(frozen=True)
class Grafana:
    """A running Grafana, and its HTTP interface."""

    port: int
    log: Path

    def ask(self, path: str, body: Any = None) -> tuple[int, Any]:
        """Ask as its administrator; return the status and what the JSON says."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        token = base64.b64encode(f"admin:{ADMIN}".encode()).decode()
        headers = {"Authorization": f"Basic {token}", "Content-Type": "application/json"}
        content = None if body is None else json.dumps(body)
        connection.request("GET" if body is None else "POST", path, content, headers)
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        return answer.status, json.loads(text) if text.startswith(("{", "[")) else text

    def get(self, path: str) -> Any:
        """Ask for what must be there."""
        status, answer = self.ask(path)
        assert status == 200, f"{path}: {status} {answer}"
        return answer

    def query(self, *queries: dict[str, Any]) -> dict[str, Any]:
        """Run queries as a panel does, over two years; return the result of each by its name."""
        now = int(time.time() * 1000)
        asked = [{"intervalMs": 86_400_000, "maxDataPoints": 500, **query} for query in queries]
        body = {"queries": asked, "from": str(now - 2 * 365 * 86_400_000), "to": str(now)}
        _, answer = self.ask("/api/ds/query", body)
        results: dict[str, Any] = answer.get("results", {"": {"error": answer}})
        return results

    def firing(self) -> set[tuple[str, str, str]]:
        """Name the alerts that fire now, by the title of their rule, their subject and their severity."""
        answer = self.get("/api/prometheus/grafana/api/v1/rules")
        rules = [rule for group in answer["data"]["groups"] for rule in group["rules"]]
        return {
            (rule["name"], alert["labels"].get("subject", ""), alert["labels"]["severity"])
            for rule in rules
            for alert in rule.get("alerts") or ()
            # A reason may follow, as in `Alerting (NoData)`.
            if alert["state"].partition(" ")[0] in FIRING
        }

    def complaints(self) -> list[str]:
        """Give what the log says about provisioning that is no mere information."""
        lines = self.log.read_text().splitlines()
        return [line for line in lines if re.search(r"level=(warn|error)", line) and "provisioning" in line]


@dataclass
class Receiver:
    """Who is told: everything that was posted; it answers with a status."""

    url: str
    told: list[dict[str, Any]] = field(default_factory=list)
    status: int = 200

    def about(self, subject: str, **labels: str) -> list[dict[str, Any]]:
        """Give Grafana's notifications about a subject, and with these labels, in their order."""
        wanted = {"subject": subject, **labels}.items()
        return [message for message in self.told if wanted <= message["commonLabels"].items()]


@contextmanager
def receiving() -> Iterator[Receiver]:
    """Listen for notifications."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            content = self.rfile.read(int(self.headers["Content-Length"]))
            receiver.told.append(json.loads(content))
            self.send_response(receiver.status)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    receiver = Receiver(f"http://127.0.0.1:{server.server_port}/alerts")
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def running(
    program: Path, folder: Path, database: str, files: Mapping[str, bytes], **environment: str
) -> Iterator[Grafana]:
    """Start Grafana on a free port with generated files, and stop it again."""
    port = free_port()
    folder.mkdir()
    provision(folder / "provisioning", folder / "generated", database, files)
    (folder / "plugins").mkdir()
    log = folder / "logs" / "grafana.log"
    paths = {
        "GF_PATHS_DATA": folder / "data",
        "GF_PATHS_LOGS": folder / "logs",
        "GF_PATHS_PLUGINS": folder / "plugins",
        "GF_PATHS_PROVISIONING": folder / "provisioning",
    }
    process = subprocess.Popen(
        [program / "bin" / "grafana", "server", "--homepath", program],
        cwd=program,
        env={
            **{name: value for name, value in os.environ.items() if not name.startswith("GF_")},
            **settings_of_compose(),
            **{name: str(path) for name, path in paths.items()},
            "GF_LOG_MODE": "file",
            "GF_SERVER_HTTP_ADDR": "127.0.0.1",
            "GF_SERVER_HTTP_PORT": str(port),
            "GF_SERVER_ROOT_URL": f"http://127.0.0.1:{port}/",
            "GF_SECURITY_ADMIN_PASSWORD": ADMIN,
            "OUROBOROS_READER_PASSWORD": READER,
            **environment,
        },
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        grafana = Grafana(port, log)
        wait_until_provisioned(grafana, process)
        yield grafana
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def settings_of_compose() -> dict[str, str]:
    """Give what docker-compose.yml tells Grafana, as far as it is the same everywhere."""
    service = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]["grafana"]
    return {name: value for name, value in service["environment"].items() if "$" not in value}


def provision(folder: Path, boards: Path, database: str, files: Mapping[str, bytes]) -> None:
    """Lay out the project's provisioning; only the addresses are those of the test."""
    shutil.copytree(ROOT / "dashboards" / "provisioning", folder)
    # As in Grafana's own image, where a folder that is missing is an error in the log.
    (folder / "plugins").mkdir()
    for name, content in files.items():
        path = folder / name if name.startswith("alerting/") else boards / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    url = urlsplit(database)
    sources = folder / "datasources" / "ouroboros.yaml"
    written = yaml.safe_load(sources.read_text())
    (source,) = written["datasources"]
    source["url"] = f"{url.hostname}:{url.port}"
    source["jsonData"] |= {"database": url.path.removeprefix("/"), "timescaledb": False}
    sources.write_text(yaml.safe_dump(written))
    providers = folder / "dashboards" / "ouroboros.yaml"
    written = yaml.safe_load(providers.read_text())
    (provider,) = written["providers"]
    provider["options"]["path"] = str(boards)
    providers.write_text(yaml.safe_dump(written))


def wait_until_provisioned(grafana: Grafana, process: subprocess.Popen[bytes], seconds: float = 120) -> None:
    """Wait until it is up and has read all files; raises AssertionError with the log where it is not."""
    deadline = time.monotonic() + seconds
    while process.poll() is None and time.monotonic() < deadline:
        if is_healthy(grafana) and all(word in grafana.log.read_text() for word in PROVISIONED):
            return
        time.sleep(0.5)
    log = grafana.log.read_text() if grafana.log.exists() else "it wrote no log"
    raise AssertionError(f"Grafana did not come up: {log[-5000:]}")


def is_healthy(grafana: Grafana) -> bool:
    try:
        return grafana.ask("/api/health")[0] == 200
    except (OSError, http.client.HTTPException):
        return False
