"""Alerts by HTTP POST, signed as Standard Webhooks has it. Follows no redirect and reads no answer beyond its status."""

import ssl
import time
from collections.abc import Callable
from datetime import datetime
from email.utils import parsedate_to_datetime

import httpcore
from standardwebhooks import Webhook

from alerts.channels.dialling import GuardedBackend, Refused
from alerts.channels.payload import as_json
from alerts.channels.result import SENT, Message, Result, Send
from wire.messages import utc_now

SECONDS = 15.0
LONGEST_RETRY_AFTER = 86400.0


def webhook(private_networks: bool, seconds: float = SECONDS, clock: Callable[[], datetime] = utc_now) -> Send:
    """A channel that posts; an attempt ends after `seconds`."""
    trust = ssl.create_default_context()

    def send(message: Message) -> Result:
        body, now = as_json(message), clock()
        backend = GuardedBackend(private_networks, time.monotonic() + seconds)
        try:
            with httpcore.ConnectionPool(ssl_context=trust, network_backend=backend, retries=0) as pool:
                with pool.stream("POST", message.channel, headers=_headers(message, body, now), content=body) as response:
                    answer = dict(response.headers)
                    return outcome(response.status, answer.get(b"Retry-After") or answer.get(b"retry-after"), now)
        except Refused as error:
            return Result(f"refused: {error}")
        except (httpcore.TimeoutException, TimeoutError):
            return Result(f"no answer within {seconds:g} s", retryable=True, down=True)
        except (httpcore.NetworkError, httpcore.ProtocolError, OSError) as error:
            return Result(f"{type(error).__name__}: {error}", retryable=True, down=True)

    return send


def outcome(status: int, retry_after: bytes | None, now: datetime) -> Result:
    """What an HTTP status means: only 2xx is taken, 410 is final, a redirect is a wrong address, all else may pass."""
    if 200 <= status < 300:
        return SENT
    if status == 410:
        return Result("HTTP 410: gone for good", gone=True)
    if 300 <= status < 400:
        return Result(f"HTTP {status}: redirects are not followed; subscribe with the new address")
    return Result(f"HTTP {status}", retryable=True, down=True, retry_after=_seconds(retry_after, now))


def _headers(message: Message, body: bytes, now: datetime) -> dict[bytes | str, bytes | str]:
    headers: dict[bytes | str, bytes | str] = {
        "Content-Type": "application/json",
        "User-Agent": "Claimwire",
        "webhook-id": message.delivery,
        "webhook-timestamp": str(int(now.timestamp())),
    }
    if message.secret:
        headers["webhook-signature"] = Webhook(message.secret).sign(message.delivery, now, body.decode())
    return headers


def _seconds(retry_after: bytes | None, now: datetime) -> float | None:
    """`Retry-After` as seconds from now, from its two forms; None where it is neither. At most a day."""
    if not retry_after:
        return None
    given = retry_after.decode("latin-1").strip()
    try:
        seconds = float(given) if given.isdigit() else (parsedate_to_datetime(given) - now).total_seconds()
    except (ValueError, TypeError):
        return None
    return min(max(seconds, 0.0), LONGEST_RETRY_AFTER)
