"""Alerts by e-mail: plain text and HTML, threaded by claim. Talks to the one SMTP server that the settings name."""

import html
import smtplib
import ssl
from dataclasses import dataclass, field
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from urllib.parse import unquote, urlsplit

from alerts.channels.payload import as_text, before
from alerts.channels.result import SENT, Message, Result, Send
from alerts.wording import printable, side_name

SECONDS = 8.0  # by step; a conversation has some seven, and ends before its lease does


@dataclass(frozen=True, slots=True)
class Server:
    """An SMTP server; `tls` from the first byte (smtps), else by STARTTLS where the server has it."""

    host: str
    port: int
    tls: bool
    user: str = ""
    password: str = field(default="", repr=False)


def smtp_server(value: str) -> Server | None:
    """`smtp://host:25` or `smtps://user:password@host:465`; empty is none."""
    if not value:
        return None
    try:
        parts = urlsplit(value)
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
        raise ValueError("should be smtp://host:25 or smtps://user:password@host:465")
    tls = parts.scheme == "smtps"
    return Server(parts.hostname, port or (465 if tls else 25), tls, unquote(parts.username or ""), unquote(parts.password or ""))


def mail(server: Server | None, sender: str, seconds: float = SECONDS) -> Send:
    """A channel that mails from `sender`; each step of a conversation ends after `seconds`."""

    def send(message: Message) -> Result:
        if server is None:
            return Result("no mail server: set CLAIMWIRE_SMTP", retryable=True, down=True)
        try:
            with _connected(server, seconds) as connection:
                refused = connection.send_message(letter(message, sender))
        except smtplib.SMTPResponseException as error:
            words = error.smtp_error.decode("utf-8", "replace") if isinstance(error.smtp_error, bytes) else error.smtp_error
            login = isinstance(error, smtplib.SMTPAuthenticationError)
            return Result(f"SMTP {error.smtp_code}: {printable(words)}", retryable=login or error.smtp_code < 500, down=login)
        except smtplib.SMTPRecipientsRefused as error:
            code, answer = next(iter(error.recipients.values()))
            return Result(f"SMTP {code}: {printable(answer.decode('utf-8', 'replace'))}", retryable=code < 500)
        except (smtplib.SMTPException, OSError) as error:
            return Result(f"{server.host}:{server.port}: {type(error).__name__}: {error}", retryable=True, down=True)
        return Result(f"refused: {sorted(refused)}") if refused else SENT

    return send


def letter(message: Message, sender: str) -> EmailMessage:
    """The mail. Header text is made printable first: a line break in it would begin a header of its own."""
    alert, letter = message.alert, EmailMessage(policy=SMTP)
    domain = sender.rpartition("@")[2]
    thread = f"<claim-{alert.claim}@{domain}>"
    letter["From"] = Address("Claimwire", addr_spec=sender)
    letter["To"] = message.channel.removeprefix("mailto:")
    letter["Subject"] = printable(alert.headline)
    letter["Date"] = alert.created
    letter["Message-ID"] = f"<{message.delivery}@{domain}>"
    letter["References"] = letter["In-Reply-To"] = thread
    letter["Auto-Submitted"] = "auto-generated"
    letter.set_content(f"{letter['Subject']}\n\n{as_text(message)}\n")
    letter.add_alternative(_html(message), subtype="html")
    return letter


def _html(message: Message) -> str:
    alert = message.alert
    speaker = f"{alert.speaker} ({side_name(alert.side)})" if alert.speaker else side_name(alert.side)
    safe = {"headline": alert.headline, "sentence": alert.sentence, "speaker": speaker, "outlet": alert.outlet, "title": alert.title}
    shown = {name: html.escape(printable(value)) for name, value in safe.items()}
    article = shown["title"]
    if alert.url.startswith(("http://", "https://")):
        article = f'<a href="{html.escape(alert.url)}">{article}</a>'
    return (
        f"<h2>{shown['headline']}</h2><blockquote>{shown['sentence']}<br>{shown['speaker']}</blockquote>"
        f"<p>{shown['outlet']}, {alert.published:%d %B %Y, %H:%M} UTC: {article}</p>"
        f'<p>{html.escape(before(alert))}</p><p>Score {alert.score:.2f}. <a href="{html.escape(message.link)}">See the alert</a></p>'
    )


def _connected(server: Server, seconds: float) -> smtplib.SMTP:
    trust = ssl.create_default_context()
    if server.tls:
        connection: smtplib.SMTP = smtplib.SMTP_SSL(server.host, server.port, timeout=seconds, context=trust)
    else:
        connection = smtplib.SMTP(server.host, server.port, timeout=seconds)
    try:
        connection.ehlo()
        if not server.tls and connection.has_extn("starttls"):
            connection.starttls(context=trust)
            connection.ehlo()
        elif server.user and not server.tls:
            raise smtplib.SMTPNotSupportedError("no STARTTLS: the password is not sent in the clear")
        if server.user:
            connection.login(server.user, server.password)
    except BaseException:
        connection.close()
        raise
    return connection
