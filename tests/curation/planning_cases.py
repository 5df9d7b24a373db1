"""The smallest thing that is wrong, for each check of the rules of planning."""

from __future__ import annotations

from typing import Any

from tests import knowledge_values as make

PERMIT = {**make.procedure(), "aliases": {"zh": ["许可俗名"], "en": ["the permit paper"]}}
ROAD = {**make.pathway(), "aliases": {"zh": ["新厂之路"], "en": ["the new plant road"]}}


def fact(identifier: str = "big", kind: str = "yes_no", **changes: Any) -> dict[str, Any]:
    """A fact as plain data."""
    return {
        "id": identifier,
        "kind": kind,
        "label": make.both("size"),
        "question": make.both("is it big"),
        **changes,
    }


START = fact("start_date", "date")
BIG = fact()
AREA = fact("area", "amount", unit=make.both("hectares"))


def case(verdict: str, *when: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """A case of a rule as plain data."""
    return {
        "verdict": verdict,
        "reason": make.both("so it is"),
        **({"when": list(when)} if when else {}),
        **changes,
    }


def rule(*cases: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """A rule for the permit as plain data."""
    given = cases or (case("applies", {"big": True}), case("does-not-apply", {"big": False}))
    return {"id": "permit", "cases": list(given), **changes}


def milestone(identifier: str = "opening", **changes: Any) -> dict[str, Any]:
    """A milestone as plain data."""
    texts = {name: make.both(name) for name in ("name", "meaning", "source")}
    return {"id": identifier, **texts, **changes}


def order(identifier: str) -> dict[str, Any]:
    """Something that comes before, as plain data."""
    return {"id": identifier, "basis": make.both("first things first")}


def planning(*rules: dict[str, Any], facts: tuple[dict[str, Any], ...] = (), **more: Any) -> dict[str, Any]:
    """The sections of a folder whose rules are right but for what is given."""
    return {"facts": [START, BIG, *facts], "applicability": list(rules) or [rule()], **more}


BAND = {"id": "some", "label": make.both("some"), "range": {"below": 10}}
WET = case("applies", {"big": True, "area": {"at_least": 5}})
DRY = case("does-not-apply")

PLANNING_WRONG: dict[str, tuple[str, list[dict[str, Any]], dict[str, Any]]] = {
    "fact with a hyphen": ("malformed-id unused-fact", [PERMIT], planning(facts=(fact("so-big"),))),
    "choice without options": ("malformed-fact unused-fact", [PERMIT], planning(facts=(fact("colour", "choice"),))),
    "amount without a unit": ("malformed-fact unused-fact", [PERMIT], planning(facts=(fact("weight", "amount"),))),
    "one answer twice": (
        "malformed-fact", [PERMIT],
        planning(rule(WET, DRY), facts=({**AREA, "bands": [{**BAND, "range": {"below": 5}}, {**BAND, "range": {"at_least": 5}}]},)),
    ),
    "no start date": ("malformed-fact", [PERMIT], {"facts": [BIG], "applicability": [rule()]}),
    "rule for nothing": ("dangling-id", [], planning()),
    "case of a limit that is not there": ("dangling-id", [PERMIT], planning(rule(limits=[{"case": "大型"}]))),
    "legal basis that is not there": (
        "dangling-id", [PERMIT], planning(rule(case("applies", {"big": True}, basis=1), case("does-not-apply"))),
    ),
    "order after nothing": ("dangling-id", [PERMIT], planning(rule(after=[order("nothing")]))),
    "stands for nothing": ("dangling-id", [PERMIT], planning(rule(stands_for=["nothing"]))),
    "lapses before nothing": (
        "dangling-id", [PERMIT], planning(rule(lapses=[{"length": 1, "unit": "years", "until": "nothing"}])),
    ),
    "fact that is not there": (
        "dangling-id unused-fact", [PERMIT], planning(rule(case("applies", {"small": True}), case("does-not-apply"))),
    ),
    "presumes a fact that is not there": ("dangling-id", [PERMIT], planning(rule(presume={"small": True}))),
    "pathway presumes a fact that is not there": (
        "dangling-id", [PERMIT, ROAD], planning(pathway_rules=[{"id": "new-plant", "when": [{"big": True}], "presume": {"small": True}}]),
    ),
    "pathway rule for nothing": (
        "dangling-id", [PERMIT], planning(pathway_rules=[{"id": "nowhere", "when": [{"big": True}]}]),
    ),
    "milestone after nothing": ("dangling-id", [PERMIT], planning(milestones=[milestone(after=[order("nothing")])])),
    "milestone lasts no amount": ("dangling-id", [PERMIT], planning(milestones=[milestone(lasts="big")])),
    "milestone called like a procedure": ("duplicate-id", [PERMIT], planning(milestones=[milestone("permit")])),
    "yes for an amount": (
        "misplaced-test dead-case unreachable-procedure unused-fact", [PERMIT],
        planning(rule(case("applies", {"area": True}), case("does-not-apply")), facts=(AREA,)),
    ),
    "option that the choice does not have": (
        "misplaced-test dead-case unreachable-procedure unused-fact", [PERMIT],
        planning(
            rule(case("applies", {"colour": ["blue"]}), case("does-not-apply")),
            facts=(fact("colour", "choice", options=[{"id": "red", "label": make.both("red")}]),),
        ),
    ),
    "presumes what cannot be": ("misplaced-test", [PERMIT], planning(rule(presume={"big": 3}))),
    "milestones in a circle": (
        "cycle", [PERMIT],
        planning(milestones=[milestone("a-day", after=[order("b-day")]), milestone("b-day", after=[order("a-day")])]),
    ),
    "rule after its own milestone": (
        "cycle", [PERMIT], planning(rule(after=[order("opening")]), milestones=[milestone(after=[order("permit")])]),
    ),
    "facts that need each other": (
        "cycle", [PERMIT],
        planning(facts=(
            fact("left", matters_when=[{"right": True}]), fact("right", matters_when=[{"left": True}]),
        )),
    ),
    "procedure without a rule": (
        "no-rule", [PERMIT, {**make.procedure("review"), "aliases": {"zh": ["审查俗名"], "en": ["the review paper"]}}], planning(),
    ),
    "pathway without a rule": ("no-rule", [PERMIT, ROAD], planning()),
    "fact that decides nothing": ("unused-fact", [PERMIT], planning(facts=(fact("blue"),))),
    "band that a condition cuts": ("loose-band", [PERMIT], planning(rule(WET, DRY), facts=({**AREA, "bands": [BAND]},))),
    "cases that contradict": (
        "contradiction", [PERMIT],
        planning(
            rule(case("applies", {"big": True}), case("does-not-apply", {"area": {"below": 5}}), case("open")),
            facts=(AREA,),
        ),
    ),
    "project that no case fits": (
        "no-case", [PERMIT],
        planning(rule(case("applies", {"big": True}), case("does-not-apply", {"big": False, "area": {"below": 5}})), facts=(AREA,)),
    ),
    "case that never holds": (
        "dead-case", [PERMIT],
        planning(
            rule(
                case("applies", {"big": True}), case("does-not-apply", {"big": False}),
                case("does-not-apply", {"area": {"above": 5, "below": 3}}),
            ),
            facts=(AREA,),
        ),
    ),
    "procedure that no project needs": (
        "unreachable-procedure", [PERMIT],
        planning(rule(case("does-not-apply", {"big": True}), case("does-not-apply", {"big": False}))),
    ),
    "pathway that no project goes along": (
        "unreachable-pathway", [PERMIT, ROAD],
        planning(
            rule(WET, DRY), facts=(AREA,),
            pathway_rules=[{"id": "new-plant", "when": [{"area": {"at_least": 5, "below": 5}}]}],
        ),
    ),
    "rule with too many facts": (
        "too-many-facts", [PERMIT],
        planning(
            rule(case("applies", {f"fact_{number}": True for number in range(17)}), case("does-not-apply", {"big": True}), case("open")),
            facts=tuple(fact(f"fact_{number}") for number in range(17)),
        ),
    ),
}  # fmt: skip
