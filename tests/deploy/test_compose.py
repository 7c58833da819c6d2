"""Holds docker-compose.yml and deploy/Dockerfile against the Compose schema, the settings table and the repository."""

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from docs.generate import settings

ROOT = Path(__file__).parent.parent.parent
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = ("ingest", "classify", "alerts")
DECLARED = {one.variable: one for entries in settings().values() for one in entries}


def test_the_file_is_valid_compose() -> None:
    schema = json.loads((ROOT / "tests/deploy/compose-spec.json").read_text(encoding="utf-8"))
    jsonschema.Draft7Validator(schema).validate(COMPOSE)


def test_the_schema_refuses_what_is_no_compose() -> None:
    schema = json.loads((ROOT / "tests/deploy/compose-spec.json").read_text(encoding="utf-8"))
    with pytest.raises(jsonschema.ValidationError, match="imagee"):
        jsonschema.Draft7Validator(schema).validate(COMPOSE | {"services": {"ingest": {"imagee": "claimwire"}}})


@pytest.mark.parametrize("service", OURS)
def test_every_variable_is_a_setting_with_a_value_it_takes(service: str) -> None:
    for variable, value in SERVICES[service]["environment"].items():
        assert variable in DECLARED, f"{variable} is no setting: see docs/settings.md"
        DECLARED[variable].parse(_filled_in(value) or DECLARED[variable].default)


@pytest.mark.parametrize("service", OURS)
def test_a_service_is_asked_for_its_health_where_it_listens(service: str) -> None:
    environment = SERVICES[service]["environment"]
    assert f":{environment['CLAIMWIRE_TELEMETRY_PORT']}/healthz" in SERVICES[service]["healthcheck"]["test"][-1]


@pytest.mark.parametrize("service", OURS)
def test_prometheus_scrapes_each_service_where_it_listens(service: str) -> None:
    scraped = yaml.safe_load((ROOT / "deploy/prometheus/prometheus.yml").read_text(encoding="utf-8"))["scrape_configs"]
    targets = {target: one["labels"] for config in scraped for one in config["static_configs"] for target in one["targets"]}
    port = SERVICES[service]["environment"]["CLAIMWIRE_TELEMETRY_PORT"]
    assert targets[f"{service}:{port}"] == {"service": service}


def test_the_addresses_are_those_of_the_file() -> None:
    environment = SERVICES["ingest"]["environment"]
    assert environment["CLAIMWIRE_LOG"] == "kafka://kafka:9092?partitions=6"
    assert SERVICES["kafka"]["environment"]["KAFKA_ADVERTISED_LISTENERS"] == "PLAINTEXT://kafka:9092"
    database = _filled_in(environment["CLAIMWIRE_DATABASE"])
    given = SERVICES["postgres"]["environment"]
    assert database == f"postgresql://{given['POSTGRES_USER']}:secret@postgres/{given['POSTGRES_DB']}"
    grafana = yaml.safe_load((ROOT / "deploy/grafana/provisioning/datasources/prometheus.yml").read_text(encoding="utf-8"))
    assert grafana["datasources"][0]["url"] == "http://prometheus:9090"


def test_the_desk_is_published_at_its_port() -> None:
    port = SERVICES["alerts"]["environment"]["CLAIMWIRE_DESK_PORT"]
    assert SERVICES["alerts"]["ports"] == [f"127.0.0.1:{port}:{port}"]


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_listens_on_this_machine_only(service: str) -> None:
    assert all(port.startswith("127.0.0.1:") for port in SERVICES[service].get("ports", []))


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_has_a_health_check_and_few_rights(service: str) -> None:
    given = SERVICES[service]
    assert given["healthcheck"]["test"]
    assert given["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in given["security_opt"]
    assert not re.search(r":latest$", given["image"])
    assert given.get("read_only") or service == "kafka", "Kafka's start script writes its configuration beside itself"


@pytest.mark.parametrize("service", SERVICES)
def test_what_is_mounted_exists(service: str) -> None:
    for volume in SERVICES[service].get("volumes", []):
        source = volume.split(":")[0]
        assert (ROOT / source).exists() if source.startswith(".") else source in COMPOSE["volumes"]


def test_the_example_names_every_variable_that_the_file_asks_for() -> None:
    asked = set(re.findall(r"\$\{(\w+)", (ROOT / "docker-compose.yml").read_text(encoding="utf-8")))
    given = set(re.findall(r"^(\w+)=", (ROOT / ".env.example").read_text(encoding="utf-8"), re.MULTILINE))
    assert asked == given


def test_no_secret_is_written_down() -> None:
    for line in (ROOT / ".env.example").read_text(encoding="utf-8").splitlines():
        assert not line.strip() or line.startswith("#") or line.endswith("=")


def test_the_image_copies_what_exists_and_is_sent() -> None:
    lines = (ROOT / "deploy/Dockerfile").read_text(encoding="utf-8").splitlines()
    copied = [path for line in lines if line.startswith("COPY ") and "--from" not in line for path in line.split()[1:-1]]
    sent = {line[1:] for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines() if line.startswith("!")}
    assert copied
    assert not [path for path in copied if not (ROOT / path).exists()]
    assert set(copied) == sent, ".dockerignore lets through what the image copies, no more"


def test_the_image_does_not_run_as_root() -> None:
    users = re.findall(r"^USER (\S+)", (ROOT / "deploy/Dockerfile").read_text(encoding="utf-8"), re.MULTILINE)
    assert users == ["claimwire"]


def _filled_in(value: str) -> str:
    """A value with compose's ${VARIABLE:-default} filled in as with nothing given; passwords are `secret`."""
    return re.sub(r"\$\{(\w+)(?::[-?]([^}]*))?\}", lambda found: "secret" if "PASSWORD" in found[1] else found[2], value)
