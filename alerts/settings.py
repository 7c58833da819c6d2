"""What an operator can tell `alerts`. Read once in `app`; nothing else reads the environment."""

from dataclasses import dataclass, field

from alerts.addresses import MAIL
from alerts.channels.mail import Server, smtp_server
from wire.settings import Shared, at_least_one, fraction, setting, switch, text, whole


def mail_address(value: str) -> str:
    """A plain mail address."""
    if not MAIL.fullmatch(value) or not value.isascii():
        raise ValueError("should be a mail address, such as claimwire@example.org")
    return value


def desk_port(value: str) -> int:
    """A TCP port."""
    number = whole(value)
    if number > 65535:
        raise ValueError("should be a port from 0 (any free one) to 65535")
    return number


def hosts(value: str) -> tuple[str, ...]:
    """Host names, separated by commas."""
    return tuple(host.strip() for host in value.split(",") if host.strip())


def web_address(value: str) -> str:
    """An http(s) address without a slash at its end; empty where none is given."""
    if value and not value.startswith(("http://", "https://")):
        raise ValueError("should be an address such as https://desk.example.org")
    return value.rstrip("/")


@dataclass(frozen=True)
class AlertsSettings:
    """Settings of the alert service."""

    shared: Shared = field(default_factory=Shared)
    alert_score: float = setting(
        "CLAIMWIRE_ALERT_SCORE", "0.5", fraction, "Findings below this score are kept, but hold no position and alert nobody."
    )
    terminal: bool = setting(
        "CLAIMWIRE_TERMINAL", "no", switch, "Whether every alert is printed in the terminal, by a subscription of that name."
    )
    desk_host: str = setting(
        "CLAIMWIRE_DESK_HOST", "127.0.0.1", text, "Address that the desk listens on. The desk has no login of its own."
    )
    desk_port: int = setting("CLAIMWIRE_DESK_PORT", "8400", desk_port, "The desk's port; 0 is any free one.")
    desk_hosts: tuple[str, ...] = setting(
        "CLAIMWIRE_DESK_HOSTS",
        "localhost,127.0.0.1,::1",
        hosts,
        "Host names that the desk answers to, separated by commas; * is any, for a proxy that checks them.",
    )
    desk_url: str = setting("CLAIMWIRE_DESK_URL", "", web_address, "Address of the desk in messages; empty is where it listens.")
    smtp: Server | None = setting(
        "CLAIMWIRE_SMTP", "", smtp_server, "Server for mail: smtp://host:25 or smtps://user:password@host:465.", secret=True
    )
    mail_from: str = setting("CLAIMWIRE_MAIL_FROM", "claimwire@localhost.localdomain", mail_address, "Address that mail comes from.")
    private_networks: bool = setting(
        "CLAIMWIRE_PRIVATE_NETWORKS", "no", switch, "Whether webhooks may go to private networks or this machine."
    )
    senders: int = setting("CLAIMWIRE_SENDERS", "16", at_least_one, "Destinations that are sent to at one time.")
