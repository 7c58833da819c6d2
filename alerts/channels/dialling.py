"""How channels reach an address that a subscriber chose: resolved here, judged, and the judged address dialled, by a deadline."""

import socket
import time
from collections.abc import Iterable
from ipaddress import ip_address
from typing import Any

import httpcore

from wire.addresses import Address, refuse


class Refused(Exception):
    """The address must not be dialled; says why."""


def resolved(host: str, port: int, private: bool) -> list[Address]:
    """The addresses of `host` that may be dialled; Refused where none may, OSError where it has none."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = list(dict.fromkeys(ip_address(entry[4][0]) for entry in found))
    reasons = {address: refuse(address, private) for address in addresses}
    allowed = [address for address, reason in reasons.items() if reason is None]
    if not allowed:
        raise Refused("; ".join(f"{host} is {address}: {reason}" for address, reason in reasons.items()))
    return allowed


class GuardedBackend(httpcore.NetworkBackend):
    """httpcore's way to the network for one request: every address judged, everything over by `deadline` (monotonic seconds)."""

    def __init__(self, private: bool, deadline: float) -> None:
        self._private, self._deadline, self._network = private, deadline, httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """A connection to an allowed address of `host`."""
        try:
            addresses = resolved(host, port, self._private)
        except (OSError, UnicodeError) as error:
            raise httpcore.ConnectError(f"{host}: {error}") from None
        for address in addresses[:-1]:
            try:
                return self._dial(address, port, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                continue
        return self._dial(addresses[-1], port, local_address, socket_options)

    def _dial(self, address: Address, port: int, local: str | None, options: Iterable[Any] | None) -> httpcore.NetworkStream:
        stream = self._network.connect_tcp(str(address), port, remaining(self._deadline), local, options)
        return _TimedStream(stream, self._deadline)


class _TimedStream(httpcore.NetworkStream):
    """A stream whose every step ends by the deadline: a server that sends one byte a second does not hold us longer."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: float) -> None:
        self._stream, self._deadline = stream, deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, remaining(self._deadline))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, remaining(self._deadline))

    def close(self) -> None:
        self._stream.close()

    def start_tls(self, ssl_context: Any, server_hostname: str | None = None, timeout: float | None = None) -> httpcore.NetworkStream:
        return _TimedStream(self._stream.start_tls(ssl_context, server_hostname, remaining(self._deadline)), self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def remaining(deadline: float) -> float:
    """Seconds until the deadline; httpcore.ReadTimeout where it has passed."""
    left = deadline - time.monotonic()
    if left <= 0:
        raise httpcore.ReadTimeout("took too long")
    return left
