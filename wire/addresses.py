"""Which network addresses a request that somebody else chose may go to. Pure: resolves and dials nothing.

Refuses everything that is no public address; private networks can be opened, the rest never.
"""

from ipaddress import IPv4Address, IPv6Address, ip_network

Address = IPv4Address | IPv6Address

#: Opened by CLAIMWIRE_PRIVATE_NETWORKS=yes: loopback, RFC 1918, RFC 6598 (carrier NAT, also VPNs), RFC 4193.
PRIVATE = tuple(
    ip_network(net) for net in ("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "::1/128", "fc00::/7")
)
#: Never dialled, whatever is open: IANA's special-purpose registry. Python's `is_global` knows only part of it.
NEVER_V4 = tuple(
    ip_network(net)
    for net in (
        "0.0.0.0/8",
        "169.254.0.0/16",  # link-local, and every cloud's metadata service
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",  # 6to4 relays
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
    )
)
#: Of IPv6 only 2000::/3 is handed out; these parts of it lead elsewhere: protocol use and Teredo, documentation, 6to4.
GLOBAL_V6 = ip_network("2000::/3")
NEVER_V6 = tuple(ip_network(net) for net in ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"))
#: IPv4 inside IPv6: mapped, and NAT64, which is how an IPv6-only cluster reaches every IPv4 host. The address inside is judged.
EMBEDDING = tuple(ip_network(net) for net in ("::ffff:0:0/96", "64:ff9b::/96"))


def refuse(address: Address, private: bool) -> str | None:
    """Why this address must not be dialled; None where it may be. `private`: private networks are open."""
    if isinstance(address, IPv6Address) and any(address in net for net in EMBEDDING):
        return refuse(IPv4Address(int(address) & 0xFFFFFFFF), private)
    if any(address in net for net in PRIVATE):
        return None if private else "a private address (CLAIMWIRE_PRIVATE_NETWORKS=yes opens them)"
    if isinstance(address, IPv4Address):
        return "not a public address" if any(address in net for net in NEVER_V4) else None
    if address not in GLOBAL_V6 or address.scope_id or any(address in net for net in NEVER_V6):
        return "not a public address"
    return None
