"""Domain values ↔ what a JSON column holds."""

from __future__ import annotations

from typing import Any, Final, Generic, TypeVar

from pydantic import TypeAdapter

from bot.domain.conversation import Context
from bot.domain.decisions import Trace
from bot.domain.handover import Case
from bot.domain.messages import Inbound
from bot.ports import TurnResult

T = TypeVar("T")


class Payload(Generic[T]):
    """Writes and reads one type of value."""

    def __init__(self, adapter: TypeAdapter[T]) -> None:
        self._adapter = adapter

    def write(self, value: T) -> Any:
        """The value as plain data, without what is as by default."""
        return self._adapter.dump_python(value, mode="json", exclude_defaults=True)

    def read(self, data: Any) -> T:
        """Plain data → the value. Raises pydantic.ValidationError for data of another shape."""
        return self._adapter.validate_python(data)


CASE: Final = Payload(TypeAdapter(Case))
CONTEXT: Final = Payload(TypeAdapter(Context))
INBOUND: Final = Payload(TypeAdapter(Inbound))
RESULT: Final = Payload(TypeAdapter(TurnResult))
TRACES: Final = Payload(TypeAdapter(tuple[Trace, ...]))
