"""Which addresses are dialled (hazards 8 to 11); how they may be spelled is tested where they are resolved."""

from ipaddress import ip_address

import pytest

from wire.addresses import refuse

PUBLIC = ["93.184.216.34", "1.1.1.1", "2606:4700::1111", "2a00:1450:4001:80b::200e", "64:ff9b::5db8:d822", "::ffff:93.184.216.34"]
PRIVATE = ["127.0.0.1", "127.9.9.9", "10.1.2.3", "172.16.0.1", "192.168.1.1", "100.64.0.1", "::1", "fd00::1", "::ffff:127.0.0.1"]
NEVER = """0.0.0.0 0.1.2.3 169.254.169.254 224.0.0.1 239.1.1.1 240.0.0.1 255.255.255.255 192.0.2.1 198.51.100.1 203.0.113.9 198.18.0.1
192.0.0.8 192.88.99.1 :: 64:ff9b::a9fe:a9fe 2002:7f00:1:: 2002:a9fe:a9fe:: ::7f00:1 fec0::1 ff02::1 fe80::1 fe80::1%1 2001:db8::1 2001::1
100::1 ::ffff:169.254.169.254 64:ff9b:1::1 3fff::1 5f00::1""".split()


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_address_is_dialled(address: str) -> None:
    assert refuse(ip_address(address), private=False) is None


@pytest.mark.parametrize("address", PRIVATE)
def test_a_private_address_only_where_they_are_open(address: str) -> None:
    assert "CLAIMWIRE_PRIVATE_NETWORKS" in str(refuse(ip_address(address), private=False))
    assert refuse(ip_address(address), private=True) is None


@pytest.mark.parametrize("address", [*NEVER, "64:ff9b::7f00:1"])
def test_what_is_never_dialled(address: str) -> None:
    assert refuse(ip_address(address), private=False) is not None


@pytest.mark.parametrize("address", NEVER)
def test_what_is_not_dialled_where_private_networks_are_open_either(address: str) -> None:
    assert refuse(ip_address(address), private=True) is not None
