"""Fixtures of the ingest tests: a server, settings that point to it, and a way to run the service and read what it put on the log."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ingest.settings import IngestSettings
from tests.ingest.running import Service
from tests.ingest.web import Web, serving
from wire.settings import read


@pytest.fixture
def web() -> Iterator[Web]:
    """An HTTP server on loopback."""
    with serving() as server:
        yield server


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """Settings of a quick service that may reach loopback."""
    return {
        "CLAIMWIRE_LOG": f"sqlite:///{tmp_path}/log.db",
        "CLAIMWIRE_DATABASE": f"sqlite:///{tmp_path}/claimwire.db",
        "CLAIMWIRE_TELEMETRY_PORT": "none",
        "CLAIMWIRE_PRIVATE_NETWORKS": "yes",
        "CLAIMWIRE_POLL_MIN": "0.2s",
        "CLAIMWIRE_POLL_MAX": "0.2s",
        "CLAIMWIRE_HORIZON": "never",
        "CLAIMWIRE_PARSERS": "1",
    }


@pytest.fixture
def settings(environment: dict[str, str]) -> IngestSettings:
    """The same, read."""
    return read(IngestSettings, environment)


@pytest.fixture
def start(environment: dict[str, str]) -> Iterator[Callable[..., Service]]:
    """Start the service with these feed addresses, and with settings changed by keyword."""
    services: list[Service] = []

    def begin(*addresses: str, **changed: str) -> Service:
        service = Service(read(IngestSettings, environment | changed), addresses, threading.Event())
        services.append(service)
        service.start()
        return service

    yield begin
    for service in services:
        service.stop()
