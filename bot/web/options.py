"""How the web part behaves where a site may want it otherwise. Values only; the environment is not read."""

from __future__ import annotations

from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network

Network = IPv4Network | IPv6Network


@dataclass(frozen=True, slots=True)
class Rate:
    """A token bucket: ``burst`` at once, refilled with ``per_second``."""

    burst: int
    per_second: float


@dataclass(frozen=True, slots=True)
class Options:
    """Times in seconds, sizes in bytes.

    ``frame_ancestors``: CSP sources of the sites that may embed the chat page; ``("*",)``: any, ``()``: none.
    ``trusted_proxies``: networks whose ``X-Forwarded-For`` is believed.
    """

    messages_per_conversation: Rate = Rate(30, 2)
    messages_per_address: Rate = Rate(600, 30)
    reads_per_address: Rate = Rate(600, 30)
    plans_per_address: Rate = Rate(60, 1)
    streams_per_conversation: int = 4
    streams_per_address: int = 100
    heartbeat: float = 15
    turn_limit: float = 30
    check_limit: float = 3
    body_limit: int = 64 * 1024
    frame_ancestors: tuple[str, ...] = ("'self'",)
    trusted_proxies: tuple[Network, ...] = field(default=())
