"""The seal of a plan: a digest of everything it says, so that a copy can be told from an altered one.

A seal is no signature: it shows that a document is whole, and with the stored knowledge that the plan follows from its facts.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError

from bot.domain.errors import InvalidInput
from bot.domain.plan import Plan

_PLAN: Final = TypeAdapter(Plan)


def sealed(plan: Plan) -> Plan:
    """The plan with its seal."""
    return replace(plan, seal=seal_of(plan))


def seal_of(plan: Plan) -> str:
    """64 hexadecimal digits over all that a plan says; the seal that it bears is left out."""
    text = _PLAN.dump_json(replace(plan, seal=""), exclude_defaults=True)
    return hashlib.sha256(text).hexdigest()


def is_whole(plan: Plan) -> bool:
    """Whether a plan is as it was sealed."""
    return plan.seal == seal_of(plan)


def plan_to_json(plan: Plan) -> dict[str, Any]:
    """A sealed plan as JSON data, with its ``number`` for people; what is empty or as by default is left out."""
    data: dict[str, Any] = _PLAN.dump_python(plan, mode="json", exclude_defaults=True)
    return {"number": plan.number, **data}


def plan_from_json(data: Mapping[str, Any]) -> Plan:
    """The plan that JSON data stand for. Raises InvalidInput for anything that ``plan_to_json`` would not write."""
    rest = {key: value for key, value in data.items() if key != "number"}
    try:
        plan = _PLAN.validate_json(json.dumps(rest), strict=True)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        raise InvalidInput(f"not a plan: {'.'.join(map(str, first['loc']))}: {first['msg']}") from None
    if plan_to_json(plan) != dict(data):
        raise InvalidInput("not a plan as it was made: something was added to it or left out")
    return plan
