"""What a channel is given and what it answers. The policy on it stands in alerts.retry, not here."""

from collections.abc import Callable
from dataclasses import dataclass, field

from alerts.nouns import Alert


@dataclass(frozen=True, slots=True)
class Message:
    """One alert for one address. `delivery` is the idempotency key: it stays the same when the message is sent again."""

    delivery: str
    alert: Alert
    channel: str
    secret: str | None = field(repr=False)
    link: str  # the alert's page on the desk


@dataclass(frozen=True, slots=True)
class Result:
    """How one attempt went; `error` is None where the message was taken."""

    error: str | None = None
    retryable: bool = False
    down: bool = False  # the destination, not this message, is in trouble: what else goes there should wait
    retry_after: float | None = None  # seconds, as the other side asks
    gone: bool = False  # the address will never take anything again


SENT = Result()
Send = Callable[[Message], Result]
