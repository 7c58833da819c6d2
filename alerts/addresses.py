"""Channel addresses: what kind they are, whether they can be used, and how they are shown. Pure; opens nothing.

terminal:    https://example.org/hook    mailto:desk@example.org    apprise:ntfy://example.org/topic
"""

import re
from urllib.parse import urlsplit

KINDS = ("terminal", "webhook", "mail", "apprise")
EXAMPLES = "terminal:, https://example.org/hook, mailto:desk@example.org or apprise:slack://..."
MAIL = re.compile(r"[^\s@,;<>()\"\\]+@[^\s@,;<>()\"\\]+")


def kind(channel: str) -> str:
    """One of KINDS; ValueError, naming what would be right, for an address that is none."""
    scheme, _, rest = channel.partition(":")
    scheme = scheme.lower()
    if any(ord(letter) <= 32 or ord(letter) == 127 for letter in channel):
        raise ValueError("a channel address holds no spaces and no control characters")
    if scheme == "terminal" and not rest:
        return "terminal"
    if scheme in ("http", "https") and _host(channel):
        return "webhook"
    if scheme == "mailto" and MAIL.fullmatch(rest):
        return "mail"
    if scheme == "apprise" and "://" in rest:
        return "apprise"
    raise ValueError(f"not a channel address: {shown(channel)!r}; should be {EXAMPLES}")


def shown(channel: str) -> str:
    """The address without its secrets: paths, users, tokens and queries of webhooks and apprise services are masked."""
    scheme, _, rest = channel.partition(":")
    if scheme.lower() in ("terminal", "mailto"):
        return channel
    if scheme.lower() == "apprise":
        return f"apprise:{rest.partition('://')[0]}://****"
    host = _host(channel)
    if not host:
        return "****"
    parts = urlsplit(channel)
    return f"{parts.scheme}://{host}" + ("/****" if parts.path.strip("/") or parts.query else "")


def _host(channel: str) -> str | None:
    """`example.org:8443` of a web address; None where it has no host, or a port that is none."""
    try:
        parts = urlsplit(channel)
        name = f"[{parts.hostname}]" if parts.hostname and ":" in parts.hostname else parts.hostname
        return name and (f"{name}:{parts.port}" if parts.port else name)
    except ValueError:
        return None


def destination(channel: str) -> str:
    """What is sent to one message at a time: the mail server for all mail, any other address by itself."""
    what = kind(channel)
    return what if what in ("terminal", "mail") else channel
