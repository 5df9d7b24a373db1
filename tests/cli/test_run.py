"""Before anything is built or loaded: whether the address is free."""

from __future__ import annotations

import socket

import pytest

from bot.cli.run import refuse_taken_port
from bot.domain.errors import InvalidInput


def test_a_free_port_is_not_refused() -> None:
    refuse_taken_port("127.0.0.1", 0)
    refuse_taken_port("localhost", 0)


def test_a_port_in_use_is_named() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(InvalidInput, match=rf"port {port} is in use: .* BOT_HTTP_PORT"):
            refuse_taken_port("127.0.0.1", port)


@pytest.mark.parametrize("host", ["192.0.2.1", "not a host"])
def test_an_address_of_another_machine_is_named(host: str) -> None:
    with pytest.raises(InvalidInput, match="BOT_HTTP_HOST"):
        refuse_taken_port(host, 0)
