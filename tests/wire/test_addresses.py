from ipaddress import ip_address

import pytest

from wire.addresses import refuse

PRIVATE = [
    "127.0.0.1",
    "127.255.0.9",
    "10.0.0.1",
    "172.31.0.1",
    "192.168.1.1",
    "100.64.0.1",
    "::1",
    "fd00::1",
    "::ffff:10.0.0.1",
    "64:ff9b::7f00:1",
]
NEVER = [
    *("0.0.0.0", "169.254.169.254", "192.0.2.1", "198.18.0.1", "203.0.113.9", "224.0.0.1", "255.255.255.255", "240.0.0.1"),
    *(
        "64:ff9b::a9fe:a9fe",
        "2002:7f00:1::",
        "::7f00:1",
        "fec0::1",
        "ff02::1",
        "fe80::1",
        "::",
        "2001:db8::1",
        "2001::1",
        "::ffff:169.254.169.254",
    ),
]
PUBLIC = ["1.1.1.1", "8.8.8.8", "2606:4700:4700::1111", "::ffff:1.1.1.1", "64:ff9b::101:101"]


@pytest.mark.parametrize("address", PRIVATE)
def test_private_networks_can_be_opened(address: str) -> None:
    assert "CLAIMWIRE_PRIVATE_NETWORKS" in (refuse(ip_address(address), private=False) or "")
    assert refuse(ip_address(address), private=True) is None


@pytest.mark.parametrize("address", NEVER)
def test_case_9_never_dialled(address: str) -> None:
    assert refuse(ip_address(address), private=False) == refuse(ip_address(address), private=True) == "not a public address"


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses(address: str) -> None:
    assert refuse(ip_address(address), private=False) is None
