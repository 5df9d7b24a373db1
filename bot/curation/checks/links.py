"""Checks of ids: that they are one of a kind, that what they name is there, and that what hangs together makes sense."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from bot.curation.problems import Problem
from bot.curation.yaml_files import Entry, KnowledgeFiles
from bot.domain.audience import is_required
from bot.domain.links import field_names, links
from bot.domain.records import Body, Kind, Pathway, Procedure, Ref
from bot.domain.references import AmbiguousName, Subject
from bot.domain.rules import Fact
from bot.domain.shapes import SAFE_ID, identifier
from bot.domain.text import Audience


def duplicate_ids(files: KnowledgeFiles) -> Iterator[Problem]:
    """Two entries of one kind with one id."""
    first: dict[tuple[str, str, str], str] = {}
    for raw in files.raw:
        name = raw.data.get("name") if raw.section == "ambiguous_names" else raw.data.get("id")
        if not isinstance(name, str):
            continue
        place = (raw.section, str(raw.data.get("kind", "")), name)
        here = f"{raw.file}:{raw.line}"
        if place in first:
            message = f"{name!r} is already at {first[place]}: rename or remove one of them"
            yield Problem(raw.file, raw.line_of(("id",)), "duplicate-id", message)
        first.setdefault(place, here)


def malformed_ids(files: KnowledgeFiles) -> Iterator[Problem]:
    """An id that cannot stand in an address or a file's name."""
    for entry in files.entries:
        if isinstance(entry.value, AmbiguousName | Fact):
            continue  # a fact's id is a key in JSON, and checked with the rules of planning
        if not SAFE_ID.fullmatch(entry.value.id):
            message = f"{entry.value.id!r}: write ids in lower-case letters, digits and single hyphens"
            yield entry.problem("malformed-id", message, ("id",))


def dangling_ids(files: KnowledgeFiles) -> Iterator[Problem]:
    """An id that names nothing. What is there but malformed counts as there: its own problem is told already."""
    refs = {f"{raw.data.get('kind')}/{raw.data.get('id')}" for raw in files.raw if raw.section == "records"}
    laws = {raw.data.get("id") for raw in files.raw if raw.section == "laws"}
    for entry in files.entries:
        value = entry.value
        if isinstance(value, AmbiguousName | Subject):
            yield from _dangling_refs(entry, refs)
            continue
        for link in links(value):
            known = link.id in laws if link.target == "law" else f"{link.target}/{link.id}" in refs
            if not known:
                message = f"{identifier(value)}: there is no {link.target} {link.id!r}: correct or remove it"
                yield entry.problem("dangling-id", message, link.path)


def _dangling_refs(entry: Entry, refs: set[str]) -> Iterator[Problem]:
    value = entry.value
    assert isinstance(value, AmbiguousName | Subject)
    field = "candidates" if isinstance(value, AmbiguousName) else "members"
    listed = value.candidates if isinstance(value, AmbiguousName) else value.members
    for index, item in enumerate(listed):
        if item not in refs:
            message = f"{identifier(value)}: there is no record {item!r}: write KIND/ID of one that is there"
            yield entry.problem("dangling-id", message, (field, index))
    if isinstance(value, AmbiguousName) and value.default is not None and value.default not in listed:
        message = (
            f"{value.name}: the default {value.default!r} is not one of its candidates: add or change it"
        )
        yield entry.problem("dangling-id", message, ("default",))


def misplaced_marks(files: KnowledgeFiles) -> Iterator[Problem]:
    """Marks on a field that is not there, or naming a source that is not there."""
    for entry, record in files.records():
        names = type(record).__dataclass_fields__
        for name, mark in record.marks.items():
            if name not in names:
                message = (
                    f"{record.id}: marks for {name!r}, which is no field of a {record.kind}: correct the name"
                )
                yield entry.problem("misplaced-mark", message, ("marks", name))
            if mark.source is not None and not 0 <= mark.source < len(record.sources):
                message = f"{record.id}: source {mark.source} of {len(record.sources)}: count sources from 0"
                yield entry.problem("misplaced-mark", message, ("marks", name, "source"))


def prerequisite_cycles(files: KnowledgeFiles) -> Iterator[Problem]:
    """Procedures that wait for each other, and bodies that are above each other."""
    before: dict[str, tuple[str, ...]] = {}
    above: dict[str, tuple[str, ...]] = {}
    entries: dict[Ref, Entry] = {}
    for entry, record in files.records():
        entries[Ref(Kind(record.kind), record.id)] = entry
        if isinstance(record, Procedure):
            before[record.id] = record.prerequisites
        elif isinstance(record, Body) and record.parent:
            above[record.id] = (record.parent,)
    for kind, edges, field in ((Kind.PROCEDURE, before, "prerequisites"), (Kind.BODY, above, "parent")):
        for cycle in cycles(edges):
            message = f"{' → '.join((*cycle, cycle[0]))} never begins: take one link out"
            yield entries[Ref(kind, cycle[0])].problem("cycle", message, (field,))


def cycles(edges: dict[str, tuple[str, ...]]) -> Iterator[tuple[str, ...]]:
    """One cycle for every node whose last unvisited way leads back to it, without recursion."""
    done: set[str] = set()
    for start in sorted(edges):
        path: list[str] = []
        ways: list[Iterator[str]] = [iter((start,))]
        while ways:
            step = next(ways[-1], None)
            if step is None:
                ways.pop()
                if path:
                    done.add(path.pop())
            elif step in path:
                yield tuple(path[path.index(step) :])
            elif step not in done:
                path.append(step)
                ways.append(iter(edges.get(step, ())))


def subjects_apart(files: KnowledgeFiles) -> Iterator[Problem]:
    """A record in two subjects: which of them is meant?"""
    where: defaultdict[str, list[Entry]] = defaultdict(list)
    for entry in files.entries:
        if isinstance(entry.value, Subject):
            if len(entry.value.members) < 2:
                yield entry.problem(
                    "lonely-subject", f"{entry.value.id}: one member is no subject: add or remove"
                )
            for member in dict.fromkeys(entry.value.members):
                where[member].append(entry)
    for member, entries in where.items():
        for entry in entries[1:]:
            first = identifier(entries[0].value)
            message = f"{member} is already in the subject {first!r}: keep it in one of them"
            yield entry.problem("two-subjects", message, ("members",))


def staff_behind_public(files: KnowledgeFiles) -> Iterator[Problem]:
    """A public record that loses something it needs, because what it names is for staff only."""
    staff = {
        Ref(Kind(record.kind), record.id)
        for _, record in files.records()
        if record.audience is Audience.STAFF
    }
    for entry, record in files.records():
        if record.audience is Audience.STAFF:
            continue
        for link in links(record):
            if link.ref in staff and link.path[0] in ("owner", "lead", "authority_body", "steps"):
                message = f"{record.id}: {link.id!r} is for staff only, so the public would miss it: name a public one"
                yield entry.problem("staff-behind-public", message, link.path)
        cls: type = type(record)
        fields = field_names(cls)
        for name, mark in record.marks.items():
            if mark.audience is Audience.STAFF and name in fields and is_required(cls, name):
                message = f"{record.id}: {name!r} cannot be for staff only, the record is nothing without it"
                yield entry.problem("staff-behind-public", message, ("marks", name))


def pathway_order(files: KnowledgeFiles) -> Iterator[Problem]:
    """A step that needs one of a later group, or that stands twice in one group."""
    needs = {
        record.id: record.prerequisites for _, record in files.records() if isinstance(record, Procedure)
    }
    for entry, record in files.records():
        if not isinstance(record, Pathway):
            continue
        groups: dict[str, int] = {}
        for index, step in enumerate(record.steps):
            if groups.get(step.procedure) == step.group:
                message = f"{record.id}: {step.procedure!r} stands twice: keep one step"
                yield entry.problem("pathway-order", message, ("steps", index))
            groups.setdefault(step.procedure, step.group)
        for index, step in enumerate(record.steps):
            late = [
                need for need in needs.get(step.procedure, ()) if groups.get(need, step.group) > step.group
            ]
            for need in late:
                message = (
                    f"{record.id}: {step.procedure!r} needs {need!r}, which is in a later group: move one"
                )
                yield entry.problem("pathway-order", message, ("steps", index, "group"))
