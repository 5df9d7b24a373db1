"""The files that deploy the assistant: valid by their own rules, hardened, and about things that exist."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from prometheus_client import CollectorRegistry

from bot.settings import Settings
from bot.web.metrics import Metrics
from tests.deployment.scaled import nginx_configuration

ROOT = Path(__file__).resolve().parents[2]
DOCKER = ROOT / "docker"
SETTINGS = {f"BOT_{name.upper()}" for name in Settings.model_fields}
SCALED = {"nginx", "bot-1", "bot-2", "nlu-1", "nlu-2", "migrate", "postgres", "prometheus"}


def compose() -> dict[str, Any]:
    return dict(yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8")))


def services() -> dict[str, dict[str, Any]]:
    return dict(compose()["services"])


def test_the_compose_file_is_valid_by_the_specification() -> None:
    """``compose-spec.json`` is the specification's own schema (github.com/compose-spec/compose-spec, Apache-2.0)."""
    schema = json.loads((Path(__file__).parent / "compose-spec.json").read_text(encoding="utf-8"))
    jsonschema.Draft7Validator(schema).validate(compose())


def test_up_gives_the_embedded_shape_and_the_profile_the_scaled_one() -> None:
    plain = {name for name, service in services().items() if "profiles" not in service}
    scaled = {name for name, service in services().items() if service.get("profiles") == ["scaled"]}
    assert plain == {"yuanwen"}
    assert scaled == SCALED
    assert services().keys() == plain | scaled | {"train"}
    assert "secrets" not in services()["yuanwen"], "the embedded shape starts without any preparation"


@pytest.mark.parametrize("name", sorted(SCALED | {"yuanwen", "train"}))
def test_every_container_is_hardened_limited_and_looked_at(name: str) -> None:
    service = services()[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert {"cpus", "memory"} <= service["deploy"]["resources"]["limits"].keys()
    assert not service.get("privileged")
    built = service.get("build", {}).get("target")
    looked_at = "healthcheck" in service or "HEALTHCHECK" in stage(built)
    assert looked_at
    assert built is None or re.search(r"^USER (?!root)\w+", stage(built), re.MULTILINE)


@pytest.mark.parametrize("name", sorted(SCALED | {"yuanwen", "train"}))
def test_only_known_settings_are_given(name: str) -> None:
    service = services()[name]
    environment = {key for key in service.get("environment", {}) if key.startswith("BOT_")}
    secrets = {key for key in service.get("secrets", ()) if key.startswith("BOT_")}
    assert environment | secrets <= SETTINGS
    assert set(service.get("secrets", ())) <= compose()["secrets"].keys()
    assert not {key for key in environment if "TOKEN" in key or "SECRET" in key} or name == "yuanwen"


def test_nothing_is_published_but_to_this_machine_and_rasa_has_no_way_in() -> None:
    ports = [port for service in services().values() for port in service.get("ports", ())]
    assert ports
    assert all(port.startswith("127.0.0.1:") for port in ports)
    assert compose()["networks"]["back"]["internal"] is True
    for name in ("nlu-1", "nlu-2", "postgres"):
        assert services()[name]["networks"] == ["back"]
        assert "ports" not in services()[name]


def test_the_bots_believe_the_balancer_and_nobody_else() -> None:
    front = compose()["networks"]["front"]["ipam"]["config"][0]["subnet"]
    assert services()["bot-1"]["environment"]["BOT_TRUSTED_PROXIES"] == front


def test_mounted_files_exist() -> None:
    for service in services().values():
        for volume in service.get("volumes", ()):
            source = volume.split(":")[0]
            assert source in compose()["volumes"] or (ROOT / source).exists(), source


def stage(name: str | None) -> str:
    """A stage of the Dockerfile."""
    parts = re.split(r"^FROM ", (DOCKER / "Dockerfile").read_text(encoding="utf-8"), flags=re.MULTILINE)
    return next((part for part in parts if re.match(rf"\S+ AS {name}\n", part)), "")


def test_every_target_is_a_stage_and_the_last_one_is_the_whole() -> None:
    targets = {service["build"]["target"] for service in services().values() if "build" in service}
    assert targets == {"bot", "nlu", "embedded"}
    assert all(map(stage, targets))
    text = (DOCKER / "Dockerfile").read_text(encoding="utf-8")
    assert re.findall(r"^FROM \S+ AS (\w+)", text, re.MULTILINE)[-1] == "embedded"
    assert "bin/yuanwen train" in stage("built"), "the model is in the image, not made at the first start"


def test_secrets_are_made_once_for_their_owner_only_and_never_committed(tmp_path: Path) -> None:
    shutil.copy(DOCKER / "secrets" / "make", tmp_path / "make")
    subprocess.run([tmp_path / "make"], check=True)
    made = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert made.keys() == compose()["secrets"].keys() | {"make"}
    assert made["postgres_password"].decode() in made["BOT_DATABASE_URL"].decode()
    assert len(made["BOT_SECRET_KEY"]) >= 40
    assert not made["BOT_TELEGRAM_TOKEN"]
    assert os.stat(tmp_path).st_mode & 0o077 == 0
    subprocess.run([tmp_path / "make"], check=True)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == made
    for name in compose()["secrets"]:
        ignored = subprocess.run(
            ["git", "check-ignore", "-q", f"docker/secrets/{name}"], cwd=ROOT, check=False
        )
        assert ignored.returncode in (0, 128), "ignored, or this is no git work tree"


def metric_names() -> set[str]:
    registry = CollectorRegistry()
    Metrics(registry)
    names: set[str] = set()
    for metric in registry.collect():
        endings = {"counter": ("_total",), "histogram": ("_bucket", "_sum", "_count")}.get(metric.type, ("",))
        names |= {metric.name + ending for ending in endings}
    return names


def used_names(expression: str) -> set[str]:
    without_labels = re.sub(r"\{[^}]*\}|by \([^)]*\)", "", expression)
    return set(re.findall(r"yuanwen_\w+", without_labels))


def test_alerts_and_panels_are_about_figures_that_exist() -> None:
    rules = yaml.safe_load((DOCKER / "prometheus" / "alerts.yml").read_text(encoding="utf-8"))
    alerts = [rule for group in rules["groups"] for rule in group["rules"]]
    assert len({alert["alert"] for alert in alerts}) == len(alerts) >= 6
    for alert in alerts:
        assert alert["labels"]["severity"] in ("page", "ticket")
        assert alert["annotations"].keys() == {"summary", "what_to_do"}
        assert used_names(alert["expr"]) <= metric_names(), alert["alert"]
    board = json.loads((DOCKER / "grafana" / "yuanwen.json").read_text(encoding="utf-8"))
    expressions = [target["expr"] for panel in board["panels"] for target in panel["targets"]]
    assert len({panel["id"] for panel in board["panels"]}) == len(board["panels"]) >= 8
    assert all(
        used_names(expression) and used_names(expression) <= metric_names() for expression in expressions
    )


def test_prometheus_reads_both_bots_and_the_alerts() -> None:
    settings = yaml.safe_load((DOCKER / "prometheus" / "prometheus.yml").read_text(encoding="utf-8"))
    (job,) = settings["scrape_configs"]
    assert job["static_configs"][0]["targets"] == ["bot-1:8080", "bot-2:8080"]
    assert all((DOCKER / "prometheus" / file).exists() for file in settings["rule_files"])


@pytest.mark.skipif(shutil.which("nginx") is None and not os.environ.get("CI"), reason="no nginx here")
def test_nginx_takes_its_configuration(tmp_path: Path) -> None:
    file = nginx_configuration(tmp_path, 8090, ["127.0.0.1:1", "127.0.0.1:2"])
    subprocess.run(["nginx", "-t", "-q", "-p", tmp_path, "-c", file], check=True)
