"""How often and how much at once: token buckets by key, and places for open event streams."""

from __future__ import annotations

import time
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from bot.web.errors import TooMany
from bot.web.options import Options, Rate

Timer = Callable[[], float]
_STREAM_RETRY = 15.0  # seconds until a place for a stream may be free again


class Buckets:
    """Token buckets, one a key. Only the ``keys`` used last are remembered; the others' buckets are full."""

    def __init__(self, rate: Rate, timer: Timer = time.monotonic, keys: int = 20_000) -> None:
        self._rate = rate
        self._timer = timer
        self._keys = keys
        self._levels: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, key: str) -> float:
        """Takes one token and returns 0, or takes none and returns the seconds until there is one."""
        now = self._timer()
        level, since = self._levels.pop(key, (float(self._rate.burst), now))
        level = min(float(self._rate.burst), level + (now - since) * self._rate.per_second)
        allowed = level >= 1
        self._levels[key] = (level - 1 if allowed else level, now)
        if len(self._levels) > self._keys:
            self._levels.popitem(last=False)
        return 0.0 if allowed else (1 - level) / self._rate.per_second


class Gate:
    """Lets messages and reads through, or raises TooMany."""

    def __init__(self, options: Options, timer: Timer = time.monotonic) -> None:
        self._by_address = Buckets(options.messages_per_address, timer)
        self._by_conversation = Buckets(options.messages_per_conversation, timer)
        self._reads = Buckets(options.reads_per_address, timer)
        self._plans = Buckets(options.plans_per_address, timer)

    def message(self, address: str, conversation: str) -> None:
        """One message from ``address`` in ``conversation``."""
        # The address first: made-up conversation ids must not get round its limit.
        _admit(self._by_address.take(address) or self._by_conversation.take(conversation))

    def read(self, address: str) -> None:
        """One look at a conversation's events."""
        _admit(self._reads.take(address))

    def plan(self, address: str) -> None:
        """One plan to be made."""
        _admit(self._plans.take(address))


def _admit(wait: float) -> None:
    if wait > 0:
        raise TooMany(wait)


class StreamPlaces:
    """The places for open event streams, counted by conversation and by address."""

    def __init__(self, options: Options) -> None:
        self._per_conversation = options.streams_per_conversation
        self._per_address = options.streams_per_address
        self._conversations: Counter[str] = Counter()
        self._addresses: Counter[str] = Counter()

    @property
    def taken(self) -> int:
        """How many streams are open."""
        return self._addresses.total()

    @contextmanager
    def place(self, address: str, conversation: str) -> Iterator[None]:
        """A place for as long as the block runs. Raises TooMany when there is none."""
        if self._conversations[conversation] >= self._per_conversation:
            raise TooMany(_STREAM_RETRY)
        if self._addresses[address] >= self._per_address:
            raise TooMany(_STREAM_RETRY)
        self._conversations[conversation] += 1
        self._addresses[address] += 1
        try:
            yield
        finally:
            _give_back(self._conversations, conversation)
            _give_back(self._addresses, address)


def _give_back(counter: Counter[str], key: str) -> None:
    counter[key] -= 1
    if counter[key] <= 0:
        del counter[key]
