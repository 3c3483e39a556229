"""Where parcels may go: to public addresses, and to those networks that the operator names.

Whoever enters an endpoint could otherwise make the server knock at whatever stands behind its firewall, and read in
an error's text what it answers. The address is looked up once and the connection goes to what was checked.
"""

import asyncio
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Self

Network = IPv4Network | IPv6Network


class OutOfReach(Exception):
    """An address that nothing may be sent to, or that there is none of."""


@dataclass(frozen=True, slots=True)
class Reach:
    """The networks that are not public, and may be sent to all the same, without TLS too."""

    networks: tuple[Network, ...] = ()

    @classmethod
    def of(cls, networks: Sequence[str]) -> Self:
        """Return the reach of networks and addresses such as `10.0.0.0/8` or `::1`. Raises ValueError."""
        return cls(tuple(ip_network(each) for each in networks))

    async def address(self, host: str, port: int, *, encrypted: bool) -> str:
        """Return the address to connect to. Raises OutOfReach that says why there is none."""
        try:
            found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise OutOfReach(f"There is no address for the name {host}.") from error
        addresses = [ip_address(str(each[4][0]).partition("%")[0]) for each in found]
        named = [each for each in addresses if self._is_named(each)]
        public = [each for each in addresses if _is_public(each)]
        if not named and not public:
            raise OutOfReach(f"{host} is not a public address, and not in a network that the operator allows.")
        if not named and not encrypted:
            raise OutOfReach(f"{host} is public, and its endpoint has no https: the key would go there in clear text.")
        return str((named or public)[0])

    def _is_named(self, address: IPv4Address | IPv6Address) -> bool:
        return any(_plain(address) in network for network in self.networks)


def _plain(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """Return the IPv4 address that an IPv6 one stands for, else itself."""
    return getattr(address, "ipv4_mapped", None) or address


def _is_public(address: IPv4Address | IPv6Address) -> bool:
    plain = _plain(address)
    other = any(getattr(plain, kind, None) for kind in ("sixtofour", "teredo", "is_site_local"))
    return plain.is_global and not (plain.is_multicast or plain.is_reserved or other)
