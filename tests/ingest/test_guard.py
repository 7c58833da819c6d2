"""Which addresses are dialled, however they are spelled (hazards 8 to 11)."""

import asyncio
import dataclasses
import socket
from collections.abc import Callable
from ipaddress import ip_address
from typing import Any

import pytest

from ingest.app import own_addresses
from ingest.fetch import Fetcher, FetchError
from ingest.guard import resolve
from ingest.settings import IngestSettings
from tests.ingest.web import Reply, Web
from wire.settings import Shared, read

SPELLINGS = """127.0.0.1 127.1 2130706433 0177.0.0.1 0x7f000001 0x7f.1 0 0.0.0.0 localhost localhost. [::1] [::ffff:127.0.0.1]
[::ffff:7f00:1] [0:0:0:0:0:0:0:1] ①②⑦.⓪.⓪.① １２７.0.0.1 127。0。0。1 user@127.0.0.1 example.com@127.0.0.1""".split()


@pytest.mark.parametrize("host", SPELLINGS)
def test_no_spelling_of_this_machine_is_fetched(web: Web, settings: IngestSettings, host: str) -> None:
    web["/feed"] = Reply(b"secret")
    assert refused(settings, f"http://{host}:{web.port}/feed")
    assert not web.asked


def test_a_redirect_to_a_private_address_is_refused(web: Web, settings: IngestSettings, resolver: Any) -> None:
    """The first server is dialled as a public one would be; the second is the same machine by its private name."""
    web["/feed"] = Reply(b"", 302, {"Location": f"http://metadata.example:{web.port}/secret"})
    resolver["metadata.example"] = ["169.254.169.254"]
    assert refused(settings, web.url("/feed"), private=True)
    assert [path for path, _ in web.asked] == ["/feed"]


def test_of_mixed_records_only_the_permitted_is_dialled(web: Web, settings: IngestSettings, resolver: Any) -> None:
    web["/feed"] = Reply(b"<rss/>")
    resolver["mixed.example"] = ["169.254.169.254", "127.0.0.1", "::1"]
    assert not refused(settings, f"http://mixed.example:{web.port}/feed", private=True)
    assert web.asked[0][1]["host"] == f"mixed.example:{web.port}"
    resolver["mixed.example"] = ["10.0.0.1", "127.0.0.1"]
    assert refused(settings, f"http://mixed.example:{web.port}/feed")


def test_a_name_is_judged_anew_at_every_connect(web: Web, settings: IngestSettings, resolver: Any) -> None:
    """DNS rebinding: the second answer is a private address."""
    resolver["rebind.example"] = ["93.184.216.34"]
    assert asyncio.run(resolve("rebind.example", 80)) == [ip_address("93.184.216.34")]
    resolver["rebind.example"] = ["127.0.0.1"]
    web["/feed"] = Reply(b"secret")
    assert refused(settings, f"http://rebind.example:{web.port}/feed")
    assert not web.asked


def test_our_own_addresses_are_refused_even_where_private_networks_are_open(web: Web, settings: IngestSettings) -> None:
    own = read(Shared, {"CLAIMWIRE_TELEMETRY_HOST": "0.0.0.0", "CLAIMWIRE_TELEMETRY_PORT": str(web.port)})
    assert refused(settings, f"http://localhost:{web.port}/metrics", private=True, own=tuple(own_addresses(own)))
    assert not web.asked


def test_what_is_our_own() -> None:
    shared = read(
        Shared,
        {
            "CLAIMWIRE_LOG": "kafka://broker-1:9092,broker-2:9093",
            "CLAIMWIRE_DATABASE": "postgresql://claimwire:secret@db/claimwire",
            "CLAIMWIRE_TELEMETRY_PORT": "9464",
        },
    )
    assert set(own_addresses(shared)) == {("broker-1", 9092), ("broker-2", 9093), ("db", 5432), ("127.0.0.1", 9464)}


def test_a_proxy_of_the_environment_is_not_used(web: Web, settings: IngestSettings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", web.url(""))
    assert refused(settings, "http://169.254.169.254/latest", private=True)
    assert not web.asked


def refused(settings: IngestSettings, url: str, private: bool = False, own: tuple[tuple[str, int], ...] = ()) -> bool:
    """Whether a fetch is refused, rather than answered or tried."""

    async def once() -> None:
        async with Fetcher(dataclasses.replace(settings, private_networks=private), own) as fetcher:
            await fetcher.get(url, cap=1000, accept="*/*")

    try:
        asyncio.run(once())
    except FetchError as error:
        unknown = error.outcome == "unreachable" and "not known" in str(error)  # what the resolver itself refuses
        return error.outcome == "refused" or unknown
    return False


@pytest.fixture
def resolver(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[str]]:
    """Names that resolve as a test says; the system's resolver answers for all others. There is no public DNS to ask here."""
    names: dict[str, list[str]] = {}
    system: Callable[..., Any] = socket.getaddrinfo

    def answer(host: Any, port: Any, *more: Any, **options: Any) -> Any:
        if host in names:
            return [found for address in names[host] for found in system(address, port, *more, **options)]
        return system(host, port, *more, **options)

    monkeypatch.setattr(socket, "getaddrinfo", answer)
    return names
