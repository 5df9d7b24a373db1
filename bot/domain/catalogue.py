"""All that is known, as one immutable value, and the look-ups over it. No storage, no search by words, no wording."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType
from typing import TypeVar

from bot.domain.audience import public_record, without_links
from bot.domain.records import Body, Kind, Matter, Mechanism, Pathway, Procedure, Record, Ref
from bot.domain.references import AmbiguousName, Caution, ContactPoint, Law, LawChange, Subject
from bot.domain.rules import PlanningRules
from bot.domain.text import Audience

_KIND_ORDER = {kind: place for place, kind in enumerate(Kind)}
K = TypeVar("K")
V = TypeVar("V")


def ref_of(record: Record) -> Ref:
    """The reference of a record."""
    return Ref(Kind(record.kind), record.id)


@dataclass(frozen=True, slots=True)
class KnowledgeSet:
    """The whole knowledge base. ``records`` stand by kind (as ``Kind`` lists them), then by id; the rest as written."""

    records: Mapping[Ref, Record] = field(default_factory=dict)
    laws: Mapping[str, Law] = field(default_factory=dict)
    contact_points: Mapping[str, ContactPoint] = field(default_factory=dict)
    ambiguous_names: tuple[AmbiguousName, ...] = ()
    subjects: tuple[Subject, ...] = ()
    cautions: tuple[Caution, ...] = ()
    law_changes: tuple[LawChange, ...] = ()
    planning: PlanningRules = PlanningRules()

    @classmethod
    def of(cls, records: Iterable[Record], **rest: object) -> KnowledgeSet:
        """A set of ``records`` in their order of place; of two with one reference the later counts."""
        ordered = sorted(records, key=lambda record: (_KIND_ORDER[Kind(record.kind)], record.id))
        return cls(records=MappingProxyType({ref_of(record): record for record in ordered}), **rest)  # type: ignore[arg-type]

    def for_audience(self, audience: Audience) -> KnowledgeSet:
        """What ``audience`` may see. For the public: no staff record, no staff field, and no id of a removed record."""
        if audience is Audience.STAFF:
            return self
        seen = [public for public in map(public_record, self.records.values()) if public is not None]
        gone = self.records.keys() - {ref_of(record) for record in seen}
        lost = {str(ref) for ref in gone}
        return replace(
            KnowledgeSet.of(without_links(record, gone) for record in seen),
            laws=self.laws,
            contact_points={
                name: point
                for name, point in self.contact_points.items()
                if point.audience is Audience.PUBLIC
            },
            ambiguous_names=tuple(_public_names(self.ambiguous_names, lost)),
            subjects=tuple(_public_subjects(self.subjects, lost)),
            cautions=self.cautions,
            law_changes=self.law_changes,
            planning=_public_planning(self.planning, lost),
        )


def _public_names(names: Iterable[AmbiguousName], lost: set[str]) -> Iterable[AmbiguousName]:
    for name in names:
        candidates = tuple(item for item in name.candidates if item not in lost)
        if candidates:
            default = None if name.default in lost else name.default
            yield replace(name, candidates=candidates, default=default)


def _public_subjects(subjects: Iterable[Subject], lost: set[str]) -> Iterable[Subject]:
    for subject in subjects:
        members = tuple(item for item in subject.members if item not in lost)
        if len(members) > 1:
            yield replace(subject, members=members)


def _public_planning(planning: PlanningRules, lost: set[str]) -> PlanningRules:
    """Without the rules of procedures and pathways that the public does not see, and without their ids."""

    def seen(identifier: str) -> bool:
        return f"{Kind.PROCEDURE.value}/{identifier}" not in lost

    return replace(
        planning,
        rules=tuple(
            replace(
                rule,
                after=tuple(order for order in rule.after if seen(order.id)),
                stands_for=tuple(filter(seen, rule.stands_for)),
                lapses=tuple(lapse for lapse in rule.lapses if seen(lapse.until)),
            )
            for rule in planning.rules
            if seen(rule.id)
        ),
        milestones=tuple(
            replace(item, after=tuple(order for order in item.after if seen(order.id)))
            for item in planning.milestones
        ),
        pathways=tuple(rule for rule in planning.pathways if f"{Kind.PATHWAY.value}/{rule.id}" not in lost),
    )


@dataclass(frozen=True, slots=True)
class Revision:
    """One loaded state of the knowledge base. ``number`` counts from 1; ``digest`` is of the content alone."""

    number: int
    digest: str
    created_at: datetime
    note: str = ""


class Catalogue:
    """One revision as one audience sees it, with its look-ups. Built once, never changed, shared between tasks."""

    __slots__ = (
        "_candidate", "_led", "_of_kind", "_parts", "_pathways", "_requiring", "_run", "_subjects", "_supported",
        "_with_id", "audience", "knowledge", "revision",
    )  # fmt: skip

    def __init__(self, knowledge: KnowledgeSet, revision: Revision, audience: Audience) -> None:
        """``knowledge`` may hold everything: what ``audience`` may not see is taken out here."""
        self.audience = audience
        self.revision = revision
        self.knowledge = knowledge.for_audience(audience)
        records = self.knowledge.records
        self._of_kind = _group((Kind(record.kind), record) for record in records.values())
        self._with_id = _group((ref.id, ref) for ref in records)
        self._subjects = {
            Ref.parse(member): subject for subject in self.knowledge.subjects for member in subject.members
        }
        procedures = [record for record in records.values() if isinstance(record, Procedure)]
        self._requiring = _group((before, item) for item in procedures for before in item.prerequisites)
        pathways = [record for record in records.values() if isinstance(record, Pathway)]
        self._pathways = _group((step.procedure, item) for item in pathways for step in item.steps)
        matters = [record for record in records.values() if isinstance(record, Matter)]
        self._led = _group((item.lead, item) for item in matters if item.lead)
        self._supported = _group((support.body, item) for item in matters for support in item.support)
        self._candidate = _group((body, item) for item in matters for body in item.candidates)
        mechanisms = [record for record in records.values() if isinstance(record, Mechanism)]
        self._run = _group((body, item) for item in mechanisms for body in item.run_by)
        bodies = [record for record in records.values() if isinstance(record, Body)]
        self._parts = _group((item.parent, item) for item in bodies if item.parent)

    @property
    def records(self) -> Mapping[Ref, Record]:
        """Every record that this audience may see."""
        return self.knowledge.records

    def get(self, ref: Ref) -> Record | None:
        """The record, or None when there is none (for this audience)."""
        return self.knowledge.records.get(ref)

    def of_kind(self, kind: Kind) -> tuple[Record, ...]:
        """All records of a kind."""
        return self._of_kind.get(kind, ())

    def with_id(self, identifier: str) -> tuple[Ref, ...]:
        """The references that bear an id: several when kinds share it."""
        return self._with_id.get(identifier, ())

    def body(self, identifier: str | None) -> Body | None:
        """The body with this id."""
        record = self.get(Ref(Kind.BODY, identifier)) if identifier else None
        return record if isinstance(record, Body) else None

    def procedure(self, identifier: str) -> Procedure | None:
        """The procedure with this id."""
        record = self.get(Ref(Kind.PROCEDURE, identifier))
        return record if isinstance(record, Procedure) else None

    def matter(self, identifier: str) -> Matter | None:
        """The matter with this id."""
        record = self.get(Ref(Kind.MATTER, identifier))
        return record if isinstance(record, Matter) else None

    def law(self, identifier: str) -> Law | None:
        """The law with this id."""
        return self.knowledge.laws.get(identifier)

    def subject_of(self, ref: Ref) -> Subject | None:
        """The subject that a record belongs to."""
        return self._subjects.get(ref)

    def beside(self, ref: Ref) -> tuple[Ref, ...]:
        """The other records of the same subject."""
        subject = self._subjects.get(ref)
        members = map(Ref.parse, subject.members) if subject else ()
        return tuple(member for member in members if member != ref)

    def requiring(self, procedure: str) -> tuple[Procedure, ...]:
        """The procedures that have this one as a prerequisite."""
        return self._requiring.get(procedure, ())

    def pathways_with(self, procedure: str) -> tuple[Pathway, ...]:
        """The pathways that this procedure is a step of."""
        return self._pathways.get(procedure, ())

    def led_by(self, body: str) -> tuple[Matter, ...]:
        """The matters that a body leads."""
        return self._led.get(body, ())

    def supported_by(self, body: str) -> tuple[Matter, ...]:
        """The matters that a body supports."""
        return self._supported.get(body, ())

    def open_for(self, body: str) -> tuple[Matter, ...]:
        """The unsettled matters that a body is a candidate for."""
        return self._candidate.get(body, ())

    def run_by(self, body: str) -> tuple[Mechanism, ...]:
        """The mechanisms that a body runs."""
        return self._run.get(body, ())

    def parts_of(self, body: str) -> tuple[Body, ...]:
        """The bodies whose parent this one is."""
        return self._parts.get(body, ())


def _group(pairs: Iterable[tuple[K, V]]) -> Mapping[K, tuple[V, ...]]:
    """The values by key, each once, in the order they came."""
    found: defaultdict[K, dict[int, V]] = defaultdict(dict)
    for key, value in pairs:
        found[key][id(value)] = value
    return {key: tuple(values.values()) for key, values in found.items()}
