"""Server-side request forgery stopped where it happens: at connect, on the very address that is dialled.

A name is resolved here, each of its addresses judged, and a permitted one dialled; how the name was spelled, what a redirect said
and what the name resolves to later do not matter. Refuses everything that is no public address unless private networks are open.
"""

import asyncio
import socket
from collections.abc import Iterable
from ipaddress import ip_address
from typing import Any

import httpcore
import httpx

from wire.addresses import Address, refuse


class Refused(Exception):
    """An address that is not dialled; says which and why."""


class GuardedBackend(httpcore.AsyncNetworkBackend):
    """httpcore's way to the network, with every address judged before it is dialled. TLS and Host still use the name."""

    def __init__(self, private: bool, own: Iterable[tuple[str, int]] = ()) -> None:
        self._network = httpcore.AnyIOBackend()
        self._private = private
        self._own = tuple(own)

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """A connection to a permitted address of `host`; Refused where it has none."""
        permitted, reason = [], "no address"
        own = await self._own_addresses()
        for address in await resolve(host, port):
            verdict = refuse(address, self._private) or ("Claimwire's own" if (address, port) in own else None)
            if verdict is None:
                permitted.append(address)
            else:
                reason = f"{address} is {verdict}"
        if not permitted:
            raise Refused(f"{host}:{port} refused: {reason}")
        share = timeout and timeout / len(permitted)
        for address in permitted[:-1]:
            try:
                return await self._network.connect_tcp(str(address), port, share, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                continue
        return await self._network.connect_tcp(str(permitted[-1]), port, share, local_address, socket_options)

    async def connect_unix_socket(self, path: str, *arguments: Any, **options: Any) -> httpcore.AsyncNetworkStream:
        """Refused: no feed lies behind a socket file."""
        raise Refused(f"{path} refused: a socket file")

    async def sleep(self, seconds: float) -> None:
        """As httpcore asks for."""
        await self._network.sleep(seconds)

    async def _own_addresses(self) -> set[tuple[Address, int]]:
        # Only where private networks are open can our own broker, database or desk be reached at all, short of a public listen address.
        found: set[tuple[Address, int]] = set()
        for host, port in self._own:
            try:
                found.update((address, port) for address in await resolve(host, port))
            except httpcore.ConnectError:
                continue
        return found


async def resolve(host: str, port: int) -> list[Address]:
    """Every address of this name, in the resolver's order, each once; httpcore.ConnectError where it has none."""
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise httpcore.ConnectError(f"{host}: {getattr(error, 'strerror', None) or error}") from None
    return list(dict.fromkeys(ip_address(entry[4][0]) for entry in found))


def guarded_transport(private: bool, own: Iterable[tuple[str, int]] = (), connections: int = 100) -> httpx.AsyncHTTPTransport:
    """An httpx transport that dials only what wire.addresses permits. Give the client trust_env=False, or a proxy dials instead."""
    transport = httpx.AsyncHTTPTransport(trust_env=False)
    # httpx has no parameter for the network backend; its pool is httpcore's, which has one.
    transport._pool = httpcore.AsyncConnectionPool(
        ssl_context=httpx.create_ssl_context(trust_env=False),
        max_connections=connections,
        max_keepalive_connections=connections,
        keepalive_expiry=90,  # longer than the shortest poll interval: a busy feed's TLS session is used again
        network_backend=GuardedBackend(private, own),
    )
    return transport
