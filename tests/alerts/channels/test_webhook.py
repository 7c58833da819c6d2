import json
import socket
import threading
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from alerts.channels.result import SENT
from alerts.channels.webhook import outcome, webhook
from alerts.ledger.subscribing import new_secret
from tests.alerts.samples import message
from tests.servers import webhooks
from tests.servers.webhooks import Receiver

NOW = datetime(2025, 4, 26, 9, 0, tzinfo=UTC)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with webhooks.running() as receiver:
        yield receiver


def test_a_signed_post_that_the_library_verifies(receiver: Receiver) -> None:
    secret = new_secret()
    assert webhook(True)(message(receiver.url, secret=secret, delivery="delivery-1", sentence="“Да”, she said")) == SENT
    ((headers, body),) = receiver.requests
    assert headers["webhook-id"] == "delivery-1"
    data = Webhook(secret).verify(body, headers)
    assert (data["type"], data["data"]["headline"][:15], data["data"]["evidence"]["sentence"]) == (
        "alert",
        "Russia CONFIRMS",
        "“Да”, she said",
    )
    assert data["data"]["previous"] == {"stance": "deny", "since": "2024-10-24T08:00:00Z"}
    with pytest.raises(WebhookVerificationError):
        Webhook(new_secret()).verify(body, headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(body.replace(b"confirm", b"deny"), headers)


def test_the_published_vector() -> None:
    """From the specification's reference implementations (their test_signature)."""
    signer = Webhook("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    moment = datetime.fromtimestamp(1614265330, UTC)
    signed = signer.sign("msg_p5jXN8AQM9LWM0D4loKWxJek", moment, '{"test": 2432232314}')
    assert signed == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_our_headers_carry_that_signature(receiver: Receiver) -> None:
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    webhook(True, clock=lambda: NOW)(message(receiver.url, secret=secret))
    ((headers, body),) = receiver.requests
    assert headers["webhook-timestamp"] == str(int(NOW.timestamp()))
    assert headers["webhook-signature"] == Webhook(secret).sign("d" * 32, NOW, body.decode())


def test_the_same_delivery_has_the_same_id_and_body(receiver: Receiver) -> None:
    for _ in range(2):
        webhook(True)(message(receiver.url))
    (first, body), (second, again) = receiver.requests
    assert first["webhook-id"] == second["webhook-id"]
    assert json.loads(body) == json.loads(again)


@pytest.mark.parametrize(
    ("status", "retryable", "gone"),
    [(301, False, False), (307, False, False), (400, True, False), (404, True, False), (410, False, True), (429, True, False)]
    + [(500, True, False), (503, True, False)],
)
def test_case_36_what_a_status_means(receiver: Receiver, status: int, retryable: bool, gone: bool) -> None:
    receiver.answer = (status, {"Location": "http://127.0.0.1:1/elsewhere"})
    result = webhook(True)(message(receiver.url))
    assert (result.retryable, result.gone) == (retryable, gone)
    assert result.error
    assert str(status) in result.error
    assert len(receiver.requests) == 1


@pytest.mark.parametrize(
    ("given", "seconds"),
    [
        (b"30", 30.0),
        (b"0", 0.0),
        (b"999999999", 86400.0),
        (b"Sat, 26 Apr 2025 09:01:00 GMT", 60.0),
        (b"Sat, 26 Apr 2014 09:01:00 GMT", 0.0),
        (b"soon", None),
        (b"-5", None),
        (b"", None),
        (None, None),
    ],
)
def test_retry_after(given: bytes | None, seconds: float | None) -> None:
    assert outcome(429, given, NOW).retry_after == seconds


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "0", "localhost", "[::1]", "[::ffff:127.0.0.1]"]
)
def test_private_addresses_are_refused_on_the_address_dialled(receiver: Receiver, host: str) -> None:
    result = webhook(False)(message(receiver.url.replace("127.0.0.1", host)))
    assert result.error
    assert result.error.startswith("refused: ")
    assert not result.retryable
    assert receiver.requests == []


def test_a_name_that_is_none_and_a_closed_port_may_pass() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    for url in (f"http://127.0.0.1:{port}/", "http://no-such-host.invalid/"):
        result = webhook(True)(message(url))
        assert result.retryable
        assert result.down


def test_a_server_that_drips_is_left_at_the_deadline() -> None:
    with socket.create_server(("127.0.0.1", 0)) as door:
        stop = threading.Event()

        def drip() -> None:
            connection, _ = door.accept()
            with connection:
                connection.sendall(b"HTTP/1.1 200 OK\r\nX-Drip: ")
                try:
                    while not stop.wait(0.05):
                        connection.sendall(b"x")
                except OSError:
                    pass

        thread = threading.Thread(target=drip)
        thread.start()
        result = webhook(True, seconds=0.4)(message(f"http://127.0.0.1:{door.getsockname()[1]}/"))
        stop.set()
        thread.join()
    assert result.error == "no answer within 0.4 s"
    assert result.retryable


def test_a_huge_answer_is_not_read() -> None:
    with socket.create_server(("127.0.0.1", 0)) as door:
        sent = []

        def flood() -> None:
            connection, _ = door.accept()
            with connection:
                connection.recv(65536)
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n")
                try:
                    for _ in range(1000):
                        connection.sendall(b"x" * 1_000_000)
                        sent.append(1)
                except OSError:
                    pass

        thread = threading.Thread(target=flood)
        thread.start()
        assert webhook(True, seconds=5)(message(f"http://127.0.0.1:{door.getsockname()[1]}/")) == SENT
        thread.join()
    assert len(sent) < 100


def test_tls_that_cannot_be_trusted_may_pass(receiver: Receiver) -> None:
    result = webhook(True)(message(receiver.url.replace("http://", "https://")))
    assert result.error
    assert result.retryable
