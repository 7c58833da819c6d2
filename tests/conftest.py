"""Fixtures for every test: a log and a database on each backend. Servers start once a session, when the first test asks.

A test that needs a server which this machine lacks is skipped and says what to install.
"""

import os
from collections.abc import Generator, Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from deploy.local_kafka import KafkaMissing
from tests.servers import kafka, postgresql
from tests.servers.chromium import browser, context, page, watch  # noqa: F401  (fixtures)

SHARED = Path(__file__).parent.parent.parent / "shared"


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """The address of a PostgreSQL server."""
    try:
        with postgresql.running() as server:
            yield server
    except postgresql.Missing as error:
        pytest.skip(str(error))


@pytest.fixture(scope="session")
def kafka_server() -> Iterator[str]:
    """The address, host:port, of a Kafka broker."""
    try:
        with kafka.running() as server:
            yield server
    except KafkaMissing as error:
        pytest.skip(str(error))


@pytest.fixture
def sqlite_database_url(tmp_path: Path) -> str:
    """A fresh SQLite database."""
    return f"sqlite:///{tmp_path}/claimwire.db"


@pytest.fixture
def postgresql_database_url(postgresql_server: str) -> Iterator[str]:
    """A fresh PostgreSQL database."""
    with postgresql.fresh_database(postgresql_server) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """A fresh database; the test runs once on each backend."""
    return str(request.getfixturevalue(f"{request.param}_database_url"))


@pytest.fixture
def sqlite_log_url(tmp_path: Path) -> str:
    """A fresh SQLite log."""
    return f"sqlite:///{tmp_path}/log.db"


@pytest.fixture
def kafka_log_url(kafka_server: str) -> str:
    """A fresh corner of the Kafka broker: topics and groups of this test's own."""
    session = "6s" if "CLAIMWIRE_TEST_KAFKA" in os.environ else "2s"  # a broker refuses less than 6 s unless told otherwise
    return f"kafka://{kafka_server}?prefix=test-{uuid4().hex[:12]}-&session={session}"


@pytest.fixture(params=["sqlite", "kafka"])
def log_url(request: pytest.FixtureRequest) -> str:
    """A fresh log; the test runs once on each backend."""
    return str(request.getfixturevalue(f"{request.param}_log_url"))


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Two processes share the tests: one takes what needs the Kafka broker, first, since that is the most; the rest goes by file."""
    for item in items:
        item.add_marker(pytest.mark.xdist_group(group(item)))
    items.sort(key=lambda item: group(item) != "kafka")


def group(item: pytest.Item) -> str:
    """What has to run in one process, so that there is one broker, and one of each fixture that a file's tests share."""
    needed = {*getattr(item, "fixturenames", ())}
    chosen = item.callspec.params.values() if isinstance(item, pytest.Function) and hasattr(item, "callspec") else ()
    broker = needed & {"kafka_server", "kafka_log_url"} or "kafka" in chosen
    return "kafka" if broker else item.nodeid.partition("::")[0]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Under CLAIMWIRE_NO_SKIPS=1, which CI sets, a skipped test has failed: its server or browser should have been there."""
    report = yield
    if report.skipped and not hasattr(report, "wasxfail") and os.environ.get("CLAIMWIRE_NO_SKIPS") == "1":
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        if SHARED.exists() or "shared/" not in reason:  # the shared data is beside the checkout or not; no package brings it
            report.outcome, report.longrepr = "failed", f"{reason} (CLAIMWIRE_NO_SKIPS=1 lets no test skip)"
    return report
