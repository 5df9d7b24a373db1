"""Puts steps into groups that are handled in the same period: the bands of the pathways, never against the order of steps."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from bot.domain.plan import Group, PlanStep
from bot.domain.records import Pathway
from bot.planning.steps import MILESTONE

_LAST: Final = 1000
_TURNS: Final = 5


def group_steps(steps: Sequence[PlanStep], pathways: Sequence[Pathway]) -> tuple[PlanStep, ...]:
    """``steps``, which stand in order, with their groups numbered from 1.

    A step has the band that the first pathway with it gives, else the one of that pathway's steps of its stage, but not later than
    what waits for it; it is moved later where a step before it is. A milestone comes half a band after what it waits for.
    """
    bands = _bands(pathways)
    stages = _stages(steps, bands)
    wanted = _wanted(steps, bands, stages)
    halves = _halves(steps, wanted, _bands(pathways[:1]))
    numbers = {half: number for number, half in enumerate(sorted(set(halves.values())), start=1)}
    return tuple(replace(step, group=numbers[halves[step.id]]) for step in steps)


def _halves(
    steps: Sequence[PlanStep], wanted: Mapping[str, int], main: Mapping[str, int]
) -> Mapping[str, int]:
    """The band of every step: its own, moved behind what it waits for, and behind the earlier bands of the main pathway."""
    halves = {step.id: wanted.get(step.id, 0) for step in steps}
    for turn in range(_TURNS):
        before = dict(halves)
        for step in steps:
            latest = max((halves[item] for item in step.after), default=0)
            latest += step.kind == MILESTONE
            if (
                step.id in main and turn < _TURNS - 1
            ):  # should both orders ever be at odds, waiting has the last word
                earlier = (
                    halves[item] for item, band in main.items() if band < main[step.id] and item in halves
                )
                latest = max(latest, *earlier, 0)
            halves[step.id] = max(halves[step.id], latest)
        if halves == before:
            break
    return halves


def _wanted(
    steps: Sequence[PlanStep], bands: Mapping[str, int], stages: Mapping[str, int]
) -> Mapping[str, int]:
    """The band of each procedure as far as it goes by itself and by what waits for it."""
    found: dict[str, int] = {}
    ends: dict[str, int] = {}  # the earliest band that waits for a step
    for step in reversed(steps):
        if step.kind == MILESTONE:
            continue
        band = bands.get(step.id)
        if band is None:
            band = min(stages.get(step.stage, 0), ends.get(step.id, _LAST))
        found[step.id] = band
        for item in step.after:
            ends[item] = min(ends.get(item, _LAST), band)
    return found


def _bands(pathways: Sequence[Pathway]) -> Mapping[str, int]:
    """The band of each procedure in half bands, of the first pathway that has it; a procedure in it twice counts once, early."""
    bands: dict[str, int] = {}
    for pathway in pathways:
        for step in pathway.steps:
            bands.setdefault(step.procedure, 2 * step.group)
    return bands


def _stages(steps: Sequence[PlanStep], bands: Mapping[str, int]) -> Mapping[str, int]:
    """The latest band among the steps of a stage."""
    found: defaultdict[str, int] = defaultdict(int)
    for step in steps:
        if step.id in bands:
            found[step.stage] = max(found[step.stage], bands[step.id])
    return found


def groups_of(steps: Sequence[PlanStep]) -> tuple[Group, ...]:
    """The groups of steps that have their numbers."""
    found: defaultdict[int, list[str]] = defaultdict(list)
    for step in steps:
        found[step.group].append(step.id)
    return tuple(Group(number, tuple(found[number])) for number in sorted(found))
