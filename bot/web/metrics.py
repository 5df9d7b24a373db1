"""What ``/metrics`` tells, in a registry that the wiring owns."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Enum, Gauge, Histogram
from prometheus_client.core import CounterMetricFamily
from prometheus_client.registry import Collector

from bot.domain.messages import Inbound
from bot.ports import Assistant, OutboxMessage, TurnResult

_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.015, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
_DELIVERY_STATES = ("sent", "later", "flooded", "unknown", "refused", "unreachable", "unfit")
_NLU_STATES = ("ready", "loading", "away")


class Metrics:
    """The figures. All times in seconds."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.registry = registry
        self._deliveries = _Deliveries()
        self._turns = Counter(
            "yuanwen_turns",
            "Turns, by how they ended",
            ("channel", "outcome", "source", "language"),
            registry=registry,
        )
        self._turn_errors = Counter(
            "yuanwen_turn_errors", "Turns that failed", ("channel", "error"), registry=registry
        )
        self._turn_seconds = Histogram(
            "yuanwen_turn_seconds", "Time of a turn", ("channel",), buckets=_SECONDS, registry=registry
        )
        self._requests = Counter(
            "yuanwen_http_requests", "HTTP requests", ("route", "method", "status"), registry=registry
        )
        self._request_seconds = Histogram(
            "yuanwen_http_request_seconds",
            "Time of an HTTP request",
            ("route",),
            buckets=_SECONDS,
            registry=registry,
        )
        self.streams = Gauge("yuanwen_event_streams", "Open event streams", registry=registry)
        self._ready = Gauge("yuanwen_ready", "1 when all that must be ready is", registry=registry)
        self._nlu = Enum("yuanwen_nlu_state", "State of the NLU", states=[*_NLU_STATES], registry=registry)
        self._revision = Gauge(
            "yuanwen_knowledge_revision", "The active revision of the knowledge", registry=registry
        )

    def deliveries(self, channel: str, counts: Callable[[], Mapping[str, int]]) -> None:
        """``counts`` tells, whenever somebody looks, how many sends of a channel ended in which state."""
        if not self._deliveries.channels:
            self.registry.register(self._deliveries)
        self._deliveries.channels[channel] = counts

    def turn(self, channel: str, result: TurnResult, seconds: float) -> None:
        """One turn that was answered."""
        self._turns.labels(
            channel, result.outcome.value, result.understanding.source.value, result.language.value
        ).inc()
        self._turn_seconds.labels(channel).observe(seconds)

    def turn_failed(self, channel: str, error: BaseException) -> None:
        """One turn that raised."""
        self._turn_errors.labels(channel, type(error).__name__).inc()

    def request(self, route: str, method: str, status: int, seconds: float) -> None:
        """One HTTP request that has ended. A stream's time is not counted: it lasts as long as its page."""
        self._requests.labels(route, method if method in _METHODS else "other", str(status)).inc()
        if not route.endswith("/events"):
            self._request_seconds.labels(route).observe(seconds)

    def readiness(self, ready: bool, parts: dict[str, Any]) -> None:
        """What the last check of readiness found. Reads ``nlu`` and ``revision`` of its parts."""
        self._ready.set(1 if ready else 0)
        if (state := parts.get("nlu")) in _NLU_STATES:
            self._nlu.state(state)
        if isinstance(revision := parts.get("revision"), int):
            self._revision.set(revision)


class _Deliveries(Collector):
    """How sends ended, as those who send have counted: ``unknown`` may have arrived or not and was, or is, repeated once."""

    def __init__(self) -> None:
        self.channels: dict[str, Callable[[], Mapping[str, int]]] = {}

    def collect(self) -> Iterator[CounterMetricFamily]:
        """See prometheus_client."""
        family = CounterMetricFamily(
            "yuanwen_deliveries", "Messages sent to people, by how that ended", labels=("channel", "state")
        )
        for channel, counts in self.channels.items():
            found = counts()
            for state in sorted({*_DELIVERY_STATES, *found}):
                family.add_metric((channel, state), found.get(state, 0))
        yield family


class Counted:
    """An assistant whose turns are counted."""

    def __init__(self, assistant: Assistant, metrics: Metrics) -> None:
        self._assistant = assistant
        self._metrics = metrics

    async def handle(self, message: Inbound) -> TurnResult:
        """See the port."""
        started = time.perf_counter()
        try:
            result = await self._assistant.handle(message)
        except Exception as error:
            self._metrics.turn_failed(message.channel, error)
            raise
        self._metrics.turn(message.channel, result, time.perf_counter() - started)
        return result

    async def events(self, channel: str, conversation: str, after: int) -> Sequence[OutboxMessage]:
        """See the port."""
        return await self._assistant.events(channel, conversation, after)

    async def wait(self, channel: str, conversation: str, after: int, seconds: float) -> bool:
        """See the port."""
        return await self._assistant.wait(channel, conversation, after, seconds)
