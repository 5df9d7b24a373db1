"""The circuit breaker as a state machine: never lets calls through while open, always recovers."""

from __future__ import annotations

from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from bot.nlu.breaker import CircuitBreaker
from tests.fakes.clock import FakeClock


class BreakerMachine(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.clock = FakeClock()
        self.breaker = CircuitBreaker(self.clock, failures=3, pause=5.0)
        self.failures = 0

    @rule()
    def fail(self) -> None:
        self.breaker.failed()
        self.failures += 1

    @rule()
    def succeed(self) -> None:
        self.breaker.succeeded()
        self.failures = 0

    @rule()
    def wait_long_enough(self) -> None:
        self.clock.advance(5.1)
        assert self.breaker.allows(), "after the pause one call may try"

    @invariant()
    def open_exactly_after_three_failures_in_a_row(self) -> None:
        assert self.breaker.closed is (self.failures < 3)


TestBreaker = BreakerMachine.TestCase
TestBreaker.settings = settings(deadline=None, max_examples=50)


def test_half_open_lets_one_call_through() -> None:
    clock = FakeClock()
    breaker = CircuitBreaker(clock, failures=1, pause=5.0)
    breaker.failed()
    assert not breaker.allows()
    clock.advance(5.1)
    assert breaker.allows()
    assert not breaker.allows(), "shut again behind the one that tries"
