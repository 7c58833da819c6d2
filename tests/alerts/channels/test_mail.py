import socket
from collections.abc import Iterator
from email import message_from_string, policy

import pytest

from alerts.channels.mail import Server, letter, mail, smtp_server
from alerts.channels.result import SENT
from tests.alerts.samples import message
from tests.servers import smtp

FROM = "claimwire@desk.example.org"
TO = "mailto:editor@example.org"


@pytest.fixture
def server() -> Iterator[smtp.Server]:
    with smtp.running() as server:
        yield server


def send_by(server: smtp.Server):  # type: ignore[no-untyped-def]
    return mail(Server("127.0.0.1", server.port, tls=False), FROM)


def test_a_letter_with_plain_text_and_html(server: smtp.Server) -> None:
    assert send_by(server)(message(TO, sentence="“Да”, she said & <b>smiled</b>")) == SENT
    (got,) = server.letters
    assert got["To"] == "editor@example.org"
    assert got["Subject"].startswith("Russia CONFIRMS North Korean troops in Russia: reverses")
    plain, rich = got.get_body(("plain",)), got.get_body(("html",))
    assert plain is not None
    assert rich is not None
    assert "“Да”, she said & <b>smiled</b>" in plain.get_content()
    assert "Before: Russia denied on 24 October 2024." in plain.get_content()
    assert "“Да”, she said &amp; &lt;b&gt;smiled&lt;/b&gt;" in rich.get_content()


def test_alerts_of_one_claim_make_one_thread_and_a_repeat_has_the_same_id(server: smtp.Server) -> None:
    for delivery in ("d1", "d1", "d2"):
        send_by(server)(message(TO, delivery=delivery))
    assert [got["Message-ID"] for got in server.letters] == [f"<{name}@desk.example.org>" for name in ("d1", "d1", "d2")]
    assert {got["References"] for got in server.letters} == {"<claim-3@desk.example.org>"}


def test_case_37_a_line_break_in_a_headline_begins_no_header() -> None:
    hostile = "Russia\r\nBcc: all@example.org\r\n\r\nbody"
    got = message_from_string(letter(message(TO, headline=hostile), FROM).as_string(), policy=policy.default)
    assert got["Bcc"] is None
    assert got["Subject"].split() == hostile.split()


@pytest.mark.parametrize("url", ["javascript:alert(1)", 'https://x.example/"><script>'])
def test_a_hostile_address_is_no_link(url: str) -> None:
    body = letter(message(TO, url=url), FROM).get_body(("html",))
    assert body is not None
    assert "javascript:" not in body.get_content()
    assert "<script>" not in body.get_content()


@pytest.mark.parametrize(
    ("command", "answer", "retryable"),
    [("RCPT", "450 later", True), ("RCPT", "550 no such user", False), ("MAIL", "451 busy", True), ("DATA", "554 spam", False)],
)
def test_what_an_answer_means(server: smtp.Server, command: str, answer: str, retryable: bool) -> None:
    server.answers[command] = answer
    result = send_by(server)(message(TO))
    assert result.error
    assert answer[:3] in result.error
    assert result.retryable is retryable
    assert server.letters == []


def test_no_server_may_pass() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    result = mail(Server("127.0.0.1", port, tls=False), FROM)(message(TO))
    assert result.retryable
    assert result.down
    assert mail(None, FROM)(message(TO)).error == "no mail server: set CLAIMWIRE_SMTP"


def test_a_password_is_not_sent_in_the_clear(server: smtp.Server) -> None:
    result = mail(Server("127.0.0.1", server.port, tls=False, user="u", password="p"), FROM)(message(TO))
    assert result.error
    assert "STARTTLS" in result.error


def test_the_server_s_address() -> None:
    assert smtp_server("") is None
    assert smtp_server("smtp://mail.example.org") == Server("mail.example.org", 25, tls=False)
    assert smtp_server("smtps://me%40example.org:p%2Fw@mail.example.org:4650") == Server(
        "mail.example.org", 4650, True, "me@example.org", "p/w"
    )
    assert "p/w" not in repr(smtp_server("smtps://me:p%2Fw@mail.example.org"))
    for wrong in ("mail.example.org", "http://mail.example.org", "smtp://", "smtp://host:port"):
        with pytest.raises(ValueError, match="should be smtp"):
            smtp_server(wrong)
