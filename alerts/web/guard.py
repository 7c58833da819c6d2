"""Stands before every page: refuses strange hosts, cross-site posts and large bodies; sends the security headers.

Knows no page and no user. There is no login: who may reach the address may read it.
"""

from collections.abc import Sequence
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

#: Names under which a desk on this machine is reached. Another Host is a page elsewhere whose name was pointed at us (DNS rebinding).
LOOPBACK = ("localhost", "127.0.0.1", "::1")
MAX_BODY_BYTES = 64 * 1024  # the subscription form is some 2 KB

SECURITY_HEADERS = {
    "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",  # not no-referrer: with it browsers post forms from `Origin: null`
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}


class Guard:
    """ASGI middleware; `hosts` are the names it answers to, `*` is any."""

    def __init__(self, app: ASGIApp, hosts: Sequence[str] = LOOPBACK) -> None:
        self.app = app
        self.hosts = frozenset(host.lower() for host in hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer it with 403, 413 or 421."""
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        headers = Headers(scope=scope)

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                sent = MutableHeaders(scope=message)
                for name, value in SECURITY_HEADERS.items():
                    sent.setdefault(name, value)
                sent.setdefault("cache-control", "no-store")
            await send(message)

        refusal = self._refusal(scope["method"], headers)
        if refusal:
            return await refusal(scope, receive, send_guarded)
        await self.app(scope, receive, send_guarded)

    def _refusal(self, method: str, headers: Headers) -> PlainTextResponse | None:
        if "*" not in self.hosts and host_name(headers.get("host", "")) not in self.hosts:
            return PlainTextResponse("This desk does not answer to that host name. Allow it in CLAIMWIRE_DESK_HOSTS.\n", 421)
        if method in ("GET", "HEAD", "OPTIONS"):
            return None
        if is_cross_site(headers):
            return PlainTextResponse("Refused: the form was posted from another site.\n", 403)
        length = headers.get("content-length", "")
        if "transfer-encoding" in headers or not length.isdigit() or int(length[:12]) > MAX_BODY_BYTES:
            return PlainTextResponse(f"Refused: a form has a Content-Length of at most {MAX_BODY_BYTES} bytes.\n", 413)
        return None


def host_name(host: str) -> str:
    """The name in a Host header, without port and brackets; empty where it holds none."""
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


def is_cross_site(headers: Headers) -> bool:
    """Whether a browser sent this from another origin; a client that says nothing of it (curl) is no browser."""
    fetch_site = headers.get("sec-fetch-site")
    if fetch_site is not None:
        return fetch_site not in ("same-origin", "none")
    origin = headers.get("origin")
    if origin is None:
        return False
    try:
        return urlsplit(origin).netloc.lower() != headers.get("host", "").lower()
    except ValueError:
        return True
