"""deploy/ checked without running it: files parse, keys are known, and every command and variable they name exists."""

from __future__ import annotations

import configparser
import importlib
import re
import shlex
from pathlib import Path
from typing import Any

import click
import pytest
import yaml
from dagster._config import process_config
from dagster._core.instance.config import dagster_instance_config_schema

from pipelines.definitions import build_defs
from pipelines.executors import BROKER, COLLECT_QUEUE, RESULTS, STEP_QUEUE, celery_config
from prosperity.cli import cli
from prosperity.settings import Settings, SettingsError

REPOSITORY = Path(__file__).resolve().parents[2]
DEPLOY = REPOSITORY / "deploy"
DAGSTER_FILES = (
    REPOSITORY / "dagster.yaml",
    DEPLOY / "dagster.production.yaml",
    DEPLOY / "k8s" / "dagster.k8s.yaml",
)
UNITS = sorted((DEPLOY / "systemd").iterdir())
KUBERNETES = ("access.yaml", "webserver.yaml", "daemon.yaml")

#: Variables that Dagster reads out of its own configuration.
OF_DAGSTER = {"PROSPERITY_DAGSTER_DATABASE", "PROSPERITY_LOG_BUCKET"}
#: Objects of Kubernetes that are made by hand: deploy/README.md says how.
BY_HAND = {"prosperity-secrets", "prosperity-instance"}
#: Of systemd.unit, systemd.service, systemd.exec, systemd.resource-control and systemd.timer: those in use here.
UNIT_KEYS = {
    "Unit": {"Description", "After", "Wants"},
    "Service": {
        "Type", "User", "Group", "EnvironmentFile", "WorkingDirectory", "ExecStart", "Restart", "RestartSec", "KillMode",
        "KillSignal", "TimeoutStartSec", "TimeoutStopSec", "MemoryMax", "CPUQuota", "StateDirectory", "UMask",
        "NoNewPrivileges", "PrivateTmp", "ProtectSystem", "ProtectHome", "ReadWritePaths",
    },
    "Install": {"WantedBy"},
    "Timer": {"OnBootSec", "OnUnitActiveSec"},
}  # fmt: skip


def loaded(path: Path) -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return content


def unit(path: Path) -> configparser.ConfigParser:
    parser = configparser.ConfigParser(interpolation=None, strict=True)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read_string(path.read_text(encoding="utf-8"))
    return parser


def parses(words: list[str]) -> None:
    """The words are a command of ours with options that it has. :raises click.UsageError: where not."""
    command: click.Command = cli
    rest = list(words)
    while isinstance(command, click.Group):
        command = command.commands[rest.pop(0)]
    command.make_context("prosperity", rest)


# ---------------------------------------------------------------------------------------------- Dagster


@pytest.mark.parametrize("path", DAGSTER_FILES, ids=lambda path: path.name)
def test_the_instance_configuration_is_what_dagster_knows(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in OF_DAGSTER:
        monkeypatch.setenv(name, "postgresql://host/dagster")
    content = loaded(path)
    classes = {name: content.pop(name) for name in ("run_launcher", "compute_logs") if name in content}
    found = process_config(dagster_instance_config_schema(), content)
    assert found.success, [error.message for error in found.errors or ()]
    for entry in classes.values():
        kind = getattr(importlib.import_module(entry["module"]), entry["class"])
        checked = process_config(kind.config_type(), entry.get("config", {}))
        assert checked.success, [error.message for error in checked.errors or ()]
    assert content["telemetry"] == {"enabled": False} and content["nux"] == {"enabled": False}
    assert content["run_monitoring"]["enabled"] and content["run_monitoring"]["max_runtime_seconds"]
    assert content["run_retries"]["enabled"] and not content["run_retries"]["retry_on_asset_or_op_failure"]
    assert {"schedule", "sensor"} <= content["retention"].keys()


def test_a_key_that_dagster_does_not_know_would_be_noticed() -> None:
    content = loaded(DAGSTER_FILES[1]) | {"run_retires": {"enabled": True}}
    assert not process_config(dagster_instance_config_schema(), content).success


def test_a_workers_application_is_configured_as_the_runs_are(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both by one function, and what matters for a worker that dies really arrives in celery's own configuration."""
    monkeypatch.setenv(BROKER, "redis://127.0.0.1:9/0")
    monkeypatch.setenv(RESULTS, "redis://127.0.0.1:9/1")
    monkeypatch.setenv("PROSPERITY_CELERY_VISIBILITY", "77")
    from pipelines import celery_app

    conf = importlib.reload(celery_app).app.conf
    assert conf.task_acks_late and conf.task_reject_on_worker_lost
    assert conf.worker_prefetch_multiplier == 1
    assert conf.broker_transport_options == {"visibility_timeout": 77}
    assert conf.broker_url == "redis://127.0.0.1:9/0" and conf.result_backend == "redis://127.0.0.1:9/1"
    assert "execute_plan" in celery_app.app.tasks
    definitions = build_defs(settings=Settings(home=REPOSITORY, executor="celery"))
    assert definitions.resolve_job_def("collect_nbs_income").executor_def.name == "celery"
    monkeypatch.setenv("PROSPERITY_CELERY_VISIBILITY", "soon")
    with pytest.raises(SettingsError, match="PROSPERITY_CELERY_VISIBILITY"):
        celery_config()


# ------------------------------------------------------------------------------------ commands, variables


def commands() -> list[list[str]]:
    found = []
    for path in UNITS:
        if path.suffix == ".service":
            program, *words = shlex.split(unit(path)["Service"]["ExecStart"].replace("%i", "daemon"))
            assert program.endswith("/bin/prosperity")
            found.append(words)
    services = loaded(DEPLOY / "compose.yaml")["services"].values()
    for service in services:
        if service["image"].startswith("prosperity"):
            found.append(service["command"])
            ping, program, *words = service["healthcheck"]["test"]
            assert (ping, program) == ("CMD", "prosperity")
            found.append(words)
    for container in containers():
        found.append(container["args"])
        for probe in ("startupProbe", "livenessProbe"):
            program, *words = container[probe]["exec"]["command"]
            assert program == "prosperity"
            found.append(words)
    return found


def containers() -> list[dict[str, Any]]:
    return [
        container
        for entry in kubernetes()
        if entry["kind"] == "Deployment"
        for container in entry["spec"]["template"]["spec"]["containers"]
    ]


def kubernetes() -> list[dict[str, Any]]:
    return [
        entry
        for name in KUBERNETES
        for entry in yaml.safe_load_all((DEPLOY / "k8s" / name).read_text(encoding="utf-8"))
    ]


def test_every_command_exists() -> None:
    found = commands()
    assert len(found) > 15
    for words in found:
        parses(words)
    with pytest.raises(click.UsageError):
        parses(["serve", "webserver", "--prot", "3000"])


def test_every_queue_has_a_worker() -> None:
    words = [entry for command in commands() for entry in command]
    assert {COLLECT_QUEUE, STEP_QUEUE} <= set(words)


def test_every_variable_is_one_that_the_program_reads() -> None:
    source = "".join(
        path.read_text(encoding="utf-8")
        for folder in ("src/prosperity", "pipelines")
        for path in (REPOSITORY / folder).rglob("*.py")
    )
    known = set(re.findall(r'"(PROSPERITY_[A-Z_]+)"', source))
    known |= OF_DAGSTER
    text = {path: path.read_text(encoding="utf-8") for path in DEPLOY.rglob("*") if path.is_file()}
    used = {name for content in text.values() for name in re.findall(r"PROSPERITY_[A-Z_]*[A-Z]", content)}
    assert used - known - {"PROSPERITY_ALERT"} == set()
    assert {BROKER, RESULTS} <= used


def test_no_file_holds_a_secret() -> None:
    for path in DEPLOY.rglob("*"):
        if not path.is_file():
            continue
        for line in path.read_text(encoding="utf-8").splitlines():
            if re.search(r"://[^/\s]*:[^/\s@]+@|(PASSWORD|SECRET|ACCESS_KEY(_ID)?)=|/hooks/", line):
                assert "CHANGE-ME" in line or line.lstrip().startswith("#"), f"{path.name}: {line}"


# --------------------------------------------------------------------------------- each kind of deployment


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_units_have_known_keys_and_limits(path: Path) -> None:
    found = unit(path)
    for section in found.sections():
        assert set(found[section]) <= UNIT_KEYS[section], section
    if path.suffix == ".service" and found["Service"]["Type"] == "exec":
        for key in ("MemoryMax", "CPUQuota", "User", "NoNewPrivileges", "KillMode", "EnvironmentFile"):
            assert found["Service"].get(key), key
        assert found["Service"]["Restart"] == "always"


def test_compose_services_are_limited_checked_and_local() -> None:
    content = loaded(DEPLOY / "compose.yaml")
    services, volumes = content["services"], content["volumes"]
    for name, service in services.items():
        assert service["healthcheck"]["test"] and service["restart"] == "unless-stopped", name
        assert {"cpus", "memory"} <= service["deploy"]["resources"]["limits"].keys(), name
        assert all(other in services for other in service.get("depends_on", {})), name
        assert all(entry.partition(":")[0] in volumes for entry in service.get("volumes", [])), name
        assert all(port.startswith("127.0.0.1:") for port in service.get("ports", [])), name
    assert "ports" not in services["warehouse"] and "ports" not in services["queue"]


def test_kubernetes_objects_refer_to_each_other() -> None:
    found = kubernetes()
    names = {(entry["kind"], entry["metadata"]["name"]) for entry in found}
    assert all(entry.get("apiVersion") for entry in found)
    for entry in found:
        if entry["kind"] != "Deployment":
            continue
        pod = entry["spec"]["template"]["spec"]
        labels = entry["spec"]["template"]["metadata"]["labels"]
        assert entry["spec"]["selector"]["matchLabels"] == labels
        assert ("ServiceAccount", pod["serviceAccountName"]) in names
        for volume in pod["volumes"]:
            assert ("PersistentVolumeClaim", volume["persistentVolumeClaim"]["claimName"]) in names
        assert pod["securityContext"]["runAsNonRoot"]
    for container in containers():
        assert {"requests", "limits"} <= container["resources"].keys()
        assert ("ConfigMap", container["envFrom"][0]["configMapRef"]["name"]) in names
    launcher = loaded(DEPLOY / "k8s" / "dagster.k8s.yaml")["run_launcher"]["config"]
    assert ("ServiceAccount", launcher["service_account_name"]) in names
    assert ("ConfigMap", launcher["env_config_maps"][0]) in names
    assert {*launcher["env_secrets"], launcher["instance_config_map"]} == BY_HAND
    steps = (DEPLOY / "README.md").read_text(encoding="utf-8")
    assert all(f" {name} " in steps for name in BY_HAND)


def test_the_image_copies_what_there_is() -> None:
    lines = (DEPLOY / "Dockerfile").read_text(encoding="utf-8").splitlines()
    copied = [word for line in lines if line.startswith("COPY") for word in line.split()[1:-1]]
    assert copied and all((REPOSITORY / name).exists() for name in copied)


def test_the_proxy_passes_on_to_ports_that_are_served() -> None:
    text = re.sub(r"#.*", "", (DEPLOY / "nginx.conf").read_text(encoding="utf-8"))
    assert text.count("{") == text.count("}")
    compose = loaded(DEPLOY / "compose.yaml")["services"]
    served = {port.split(":")[1] for service in compose.values() for port in service.get("ports", [])}
    assert set(re.findall(r"proxy_pass http://127\.0\.0\.1:(\d+)", text)) == served | {"4180"}
