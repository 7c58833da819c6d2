"""Whatever else Apprise speaks: Slack, Teams, Telegram, Matrix, ntfy, ... Addresses are Apprise's own, after `apprise:`."""

import re
from typing import Any

import apprise

from alerts.channels.dialling import Refused, resolved
from alerts.channels.payload import as_text
from alerts.channels.result import SENT, Message, Result, Send
from alerts.wording import printable

#: What a chat would take for a call to everybody.
CALLS = re.compile(r"<!|@(?=(?:everyone|here|channel|all)\b)", re.IGNORECASE)


def through_apprise(private_networks: bool) -> Send:
    """A channel that hands the alert to Apprise."""

    def send(message: Message) -> Result:
        services = apprise.Apprise(asset=apprise.AppriseAsset(secure_logging=True, app_id="Claimwire", app_desc="Claimwire"))
        if not services.add(message.channel.removeprefix("apprise:")):
            return Result("Apprise does not know this address")
        try:
            for service in services:
                _judge(service, private_networks)
        except Refused as error:
            return Result(f"refused: {error}")
        except OSError as error:
            return Result(f"{error}", retryable=True, down=True)
        title = calm(printable(message.alert.headline))
        taken = services.notify(body=calm(as_text(message)), title=title, body_format=apprise.NotifyFormat.TEXT)
        return SENT if taken else Result("the service did not take it", retryable=True, down=True)

    return send


def calm(text: str) -> str:
    """The text with a zero-width space in whatever would call a whole channel."""
    return CALLS.sub(lambda call: call[0][0] + "\u200b" + call[0][1:], text)


def _judge(service: Any, private: bool) -> None:
    """Refuse a host that the subscriber names, where it is none of ours to reach. Apprise resolves it again: a name that
    changes between the two is not caught."""
    if any("{host}" in template for template in service.templates) and service.host:
        resolved(service.host, service.port or 443, private)
