"""The order of steps: who waits for whom, with what is not on the road bridged, and every circle found."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet

from bot.domain.errors import InvalidInput
from bot.domain.plan import Edge
from bot.domain.records import Procedure
from bot.domain.rules import Milestone, Rule
from bot.domain.text import Bilingual

Needs = Mapping[str, Mapping[str, Bilingual | None]]


def all_needs(
    rules: Mapping[str, Rule], milestones: Mapping[str, Milestone], procedures: Mapping[str, Procedure]
) -> Needs:
    """For every procedure and milestone what comes before it, and why (None: it says so itself), stand-ins included."""
    needs: dict[str, dict[str, Bilingual | None]] = {}
    for identifier, rule in rules.items():
        needs[identifier] = {order.id: order.basis for order in rule.after}
        needs[identifier].update(dict.fromkeys(procedures[identifier].prerequisites))
    for milestone in milestones.values():
        needs[milestone.id] = {order.id: order.basis for order in milestone.after}
    stand_ins = [(rule.id, place) for rule in rules.values() for place in rule.stands_for]
    for identifier, found in needs.items():
        for stand_in, place in stand_ins:
            if place in found and stand_in != identifier:
                found.setdefault(stand_in, found[place])
    return {
        identifier: {need: basis for need, basis in found.items() if need in needs}
        for identifier, found in needs.items()
    }


def edges_among(needs: Needs, nodes: AbstractSet[str]) -> tuple[Edge, ...]:
    """The edges between ``nodes``. What is not among them is bridged: whoever needs it waits for what it waits for.

    Of an edge that others imply anyway none is kept out of the bridged ones, so that each step names what it needs directly.
    """
    edges: dict[tuple[str, str], Edge] = {}
    for node in nodes:
        for need, basis in needs[node].items():
            for before in _present(need, needs, nodes):
                direct = before == need
                edges.setdefault((before, node), Edge(before, node, basis if direct else None))
    return tuple(_without_implied(edges, needs))


def _present(need: str, needs: Needs, nodes: AbstractSet[str]) -> Iterable[str]:
    """``need`` itself when it is there, else the nearest ones before it that are."""
    found: list[str] = []
    seen: set[str] = set()
    waiting = [need]
    while waiting:
        item = waiting.pop()
        if item in seen:
            continue
        seen.add(item)
        if item in nodes:
            found.append(item)
        else:
            waiting.extend(needs.get(item, ()))
    return found


def _without_implied(edges: Mapping[tuple[str, str], Edge], needs: Needs) -> Iterable[Edge]:
    """A bridged edge is dropped where another way leads from its begin to its end; direct ones stay."""
    after: dict[str, list[str]] = {}
    for before, node in edges:
        after.setdefault(before, []).append(node)
    for (before, node), edge in edges.items():
        if before in needs[node] or not _leads(before, node, after):
            yield edge


def _leads(start: str, end: str, after: Mapping[str, Sequence[str]]) -> bool:
    """Whether ``end`` is reached from ``start`` over at least one step between."""
    waiting = [step for step in after.get(start, ()) if step != end]
    seen: set[str] = set()
    while waiting:
        item = waiting.pop()
        if item == end:
            return True
        if item not in seen:
            seen.add(item)
            waiting.extend(after.get(item, ()))
    return False


def in_order(nodes: Iterable[str], edges: Iterable[Edge]) -> tuple[str, ...]:
    """The nodes so that each comes after all it waits for; else as they were given. Raises InvalidInput, naming a circle."""
    waits: dict[str, set[str]] = {node: set() for node in nodes}
    for edge in edges:
        waits[edge.after].add(edge.before)
    done: dict[str, None] = {}
    left = list(waits)
    while left:
        ready = [node for node in left if waits[node] <= done.keys()]
        if not ready:
            raise InvalidInput(
                f"steps that wait for each other: {', '.join(sorted(left))}; correct the knowledge"
            )
        done.update(dict.fromkeys(ready))
        left = [node for node in left if node not in done]
    return tuple(done)
