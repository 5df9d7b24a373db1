"""Boundary cases and drafts in memory: the same behaviour as the databases (the contract suite runs on all three)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from bot.domain.cases import BoundaryCase, CaseFilter, Draft
from bot.domain.errors import Conflict, NotFound
from bot.ports import TurnRecord


@dataclass(slots=True)
class CaseStore:
    cases: dict[str, BoundaryCase] = field(default_factory=dict)
    drafts: dict[int, Draft] = field(default_factory=dict)


class FakeCases:
    def __init__(self, store: CaseStore) -> None:
        self._cases = store.cases

    async def add(self, case: BoundaryCase) -> None:
        self._cases[case.number] = case

    async def get(self, number: str) -> BoundaryCase:
        if number not in self._cases:
            raise NotFound(f"no boundary case {number}")
        return self._cases[number]

    async def save(self, case: BoundaryCase) -> BoundaryCase:
        if self._cases[case.number].version != case.version:
            raise Conflict("somebody else was first: read the case again")
        self._cases[case.number] = replace(case, version=case.version + 1)
        return self._cases[case.number]

    async def listed(self, wanted: CaseFilter, limit: int) -> Sequence[BoundaryCase]:
        found = sorted(self._cases.values(), key=lambda case: (case.due, case.number))
        return [case for case in found if wanted.fits(case)][:limit]


class FakeDrafts:
    def __init__(self, store: CaseStore) -> None:
        self._drafts = store.drafts

    async def add(self, draft: Draft) -> Draft:
        stored = replace(draft, id=max(self._drafts, default=0) + 1)
        self._drafts[stored.id] = stored
        return stored

    async def get(self, draft_id: int) -> Draft:
        if draft_id not in self._drafts:
            raise NotFound(f"no draft {draft_id}")
        return self._drafts[draft_id]

    async def end(self, draft: Draft) -> None:
        if self._drafts[draft.id].state != "draft":
            raise Conflict(f"draft {draft.id} was published or rejected before")
        self._drafts[draft.id] = draft

    async def listed(self, state: str, limit: int) -> Sequence[Draft]:
        found = sorted(self._drafts.values(), key=lambda draft: -draft.id)
        return [draft for draft in found if not state or draft.state == state][:limit]


class FakeAsked:
    def __init__(self, turns: Sequence[TurnRecord]) -> None:
        self._turns = turns

    async def counts(self, since: datetime) -> Sequence[tuple[str, int]]:
        counted = Counter(
            record for turn in self._turns if turn.at >= since for record in turn.result.records
        )
        return counted.most_common()
