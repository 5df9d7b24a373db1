"""Token buckets, places for streams, and whose address counts. Pure."""

from __future__ import annotations

import contextlib
from ipaddress import ip_network

import pytest
from aiohttp import web
from aiohttp.test_utils import make_mocked_request
from hypothesis import given
from hypothesis import strategies as st

from bot.web.addresses import client_address
from bot.web.errors import TooMany
from bot.web.limits import Buckets, Gate, StreamPlaces
from bot.web.options import Options, Rate


class Timer:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_a_bucket_empties_and_fills_again() -> None:
    timer = Timer()
    buckets = Buckets(Rate(3, 0.5), timer)
    assert [buckets.take("a") for _ in range(4)] == [0, 0, 0, 2]
    assert buckets.take("b") == 0
    timer.now += 1
    assert buckets.take("a") == 1
    timer.now += 1
    assert buckets.take("a") == 0
    timer.now += 1000
    assert [buckets.take("a") == 0 for _ in range(4)] == [True, True, True, False]


def test_only_so_many_buckets_are_remembered() -> None:
    buckets = Buckets(Rate(1, 0.001), Timer(), keys=2)
    assert [buckets.take(key) for key in "aba"] == [0, 0, 1000]
    assert buckets.take("c") == 0
    assert buckets.take("b") == 0  # forgotten: the one used longest ago
    assert len(buckets._levels) == 2


@given(st.lists(st.floats(0, 5), max_size=60))
def test_no_more_is_let_through_than_burst_and_time_allow(pauses: list[float]) -> None:
    timer = Timer()
    buckets = Buckets(Rate(4, 1), timer)
    passed = 0
    for pause in pauses:
        timer.now += pause
        passed += buckets.take("a") == 0
    assert passed <= 4 + sum(pauses) + 1e-6


def test_made_up_conversations_do_not_get_round_the_limit_of_an_address() -> None:
    gate = Gate(Options(messages_per_address=Rate(2, 0.5)), Timer())
    gate.message("a", "one")
    gate.message("a", "two")
    with pytest.raises(TooMany) as raised:
        gate.message("a", "three")
    assert raised.value.retry_after == 2
    gate.message("b", "three")


def test_places_are_given_back_also_after_an_error() -> None:
    places = StreamPlaces(Options(streams_per_conversation=1))
    with contextlib.suppress(RuntimeError), places.place("a", "one"):
        assert places.taken == 1
        raise RuntimeError
    assert places.taken == 0
    with places.place("a", "one"), pytest.raises(TooMany), places.place("b", "one"):
        pass


def request(peer: str, *forwarded: str) -> web.Request:
    class Transport:
        def get_extra_info(self, name: str, default: object = None) -> object:
            return (peer, 1234) if name == "peername" else default

        def is_closing(self) -> bool:
            return False

    headers = [("X-Forwarded-For", value) for value in forwarded]
    from multidict import CIMultiDict

    return make_mocked_request("GET", "/", CIMultiDict(headers), transport=Transport())


@pytest.mark.parametrize(
    ("peer", "forwarded", "expected"),
    [
        ("203.0.113.7", [], "203.0.113.7"),
        ("203.0.113.7", ["1.2.3.4"], "203.0.113.7"),  # nobody trusted wrote that
        ("10.0.0.1", ["1.2.3.4"], "1.2.3.4"),
        ("10.0.0.1", ["9.9.9.9, 1.2.3.4, 10.0.0.2"], "1.2.3.4"),
        ("10.0.0.1", ["9.9.9.9", "1.2.3.4"], "1.2.3.4"),
        ("10.0.0.1", ["10.0.0.3, 10.0.0.2"], "10.0.0.3"),
        ("10.0.0.1", ["nonsense"], "unknown"),
        ("2001:db8:1:2:3:4:5:6", [], "2001:db8:1:2::"),
        ("::ffff:1.2.3.4", [], "1.2.3.4"),
    ],
)
def test_whose_address_counts(peer: str, forwarded: list[str], expected: str) -> None:
    assert client_address(request(peer, *forwarded), (ip_network("10.0.0.0/8"),)) == expected
