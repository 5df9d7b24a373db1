"""Whose request it is, for limits: the network address, also behind proxies that are trusted."""

from __future__ import annotations

from ipaddress import IPv6Address, ip_address, ip_network

from aiohttp import web

from bot.web.options import Network


def client_address(request: web.Request, trusted: tuple[Network, ...]) -> str:
    """The address that a limit counts: the last in ``X-Forwarded-For`` that is not a trusted proxy's own.

    Of IPv6 the /64 network counts, since one household or phone has a whole one.
    """
    address = request.remote or ""
    hops = [hop.strip() for line in request.headers.getall("X-Forwarded-For", []) for hop in line.split(",")]
    while hops and _is_trusted(address, trusted):
        address = hops.pop()
    return _counted(address)


def _is_trusted(address: str, trusted: tuple[Network, ...]) -> bool:
    try:
        parsed = ip_address(address)
    except ValueError:
        return False
    return any(parsed.version == network.version and parsed in network for network in trusted)


def _counted(address: str) -> str:
    try:
        parsed = ip_address(address)
    except ValueError:
        return "unknown"
    if isinstance(parsed, IPv6Address):
        return str(parsed.ipv4_mapped or ip_network((parsed, 64), strict=False).network_address)
    return str(parsed)
