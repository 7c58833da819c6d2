"""The one-node Kafka that `make kafka` and the tests start: it ends when whoever started it does, and says why it does not start."""

import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.local_kafka import KafkaMissing, LocalKafka, fetch, free_port
from tests.waiting import wait_until

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture(autouse=True)
def fetched() -> None:
    try:
        fetch()
    except KafkaMissing as error:
        pytest.skip(str(error))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_the_broker_ends_with_its_launcher(tmp_path: Path, number: signal.Signals) -> None:
    port = free_port()
    command = [sys.executable, "deploy/local_kafka.py", "--port", str(port), "--data", str(tmp_path)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as launcher:
        assert launcher.stdout
        assert launcher.stdout.readline() == f"Kafka 4.3.1 runs at 127.0.0.1:{port}. Use it with\n"
        assert launcher.stdout.readline() == f"  CLAIMWIRE_LOG=kafka://127.0.0.1:{port}\n"
        assert accepts(port)
        launcher.send_signal(number)
    assert launcher.returncode == (0 if number == signal.SIGTERM else -signal.SIGKILL)
    if sys.platform == "linux" or number == signal.SIGTERM:
        wait_until(lambda: not accepts(port))


def test_an_address_that_is_taken_is_named(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(KafkaMissing, match=f"127.0.0.1:{port} is taken: stop what runs there, or choose another --port"):
            LocalKafka(tmp_path, port).start()


def test_a_broker_that_does_not_start_says_why(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("no folder")
    with pytest.raises(KafkaMissing, match=r"could not be prepared(.|\n)*data"):
        LocalKafka(tmp_path).start()


def accepts(port: int) -> bool:
    """Whether somebody listens there."""
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
    except OSError:
        return False
    return True
