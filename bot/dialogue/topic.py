"""Which record an utterance is about: candidates from the index, grouped by subject, the right facet for what is asked."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.dialogue.asks import TOLD, fit, kinds_for
from bot.dialogue.linking import LinkQuery
from bot.dialogue.linking.scoring import lead, score
from bot.dialogue.mind import Mind
from bot.dialogue.place import place_in
from bot.dialogue.splitting import joined
from bot.domain.decisions import Scored
from bot.domain.records import Kind, Ref
from bot.domain.references import AmbiguousName
from bot.domain.understanding import Ask

_TELLS_ITSELF = frozenset({Kind.PARK, Kind.MECHANISM, Kind.CONCEPT})
_FAR = 2.5  # logits
_CLEARLY = 1.5
_SHARED = frozenset({Ask.WHO, Ask.HOW, Ask.LEGAL_BASIS})
_FAINT = 0.2
_CERTAIN = 0.9
_WELL = 0.6
_LOOSE = frozenset({Ask.OVERVIEW, Ask.CONFIRM, Ask.STATUS, Ask.LIST, Ask.SCOPE, Ask.COMPARE, Ask.RISK})
_JOINT = re.compile(
    r"\s*(?:,|、|和|与|及|跟|还有|以及|或者|或|&|/|\+|and|or)\s*(?:and\s+)?(?:the\s+|an?\s+)?"
)


@dataclass(frozen=True, slots=True)
class Topic:
    """The finding. ``winner`` None: nothing is meant clearly enough. ``rivals``: records as close as the winner."""

    query: LinkQuery
    candidates: tuple[Scored, ...]
    winner: Ref | None = None
    rivals: tuple[Ref, ...] = ()
    why: str = ""
    staff_only: bool = False
    also: tuple[Ref, ...] = ()  # further records named beside the winner ("A and B")

    @property
    def top(self) -> float:
        """The best score, 0 without candidates."""
        return self.candidates[0].score if self.candidates else 0.0


def find_topic(text: str, ask: Ask, current: Ref | None, mind: Mind) -> Topic:
    """The record that a normalised text is about, if any."""
    query = mind.index.query(text)
    by_place = mind.by_place if place_in(text, mind.lexicon) else ()
    signals = mind.index.search(query)
    candidates = tuple(score(signals, ask, current, mind.weights, mind.families, by_place, mind.asked))
    topic = Topic(query, candidates)
    if not candidates or candidates[0].score < mind.bounds.answer or _only_mentioned(candidates[0]):
        return replace(topic, why="no candidate reaches the bound")
    if _means_staff_record(candidates, mind):
        return replace(topic, staff_only=True, why="the best candidate is not for this audience")
    if ambiguous := _ambiguous_name(topic, mind):
        return _settle_ambiguous(topic, ambiguous, mind)
    return _settle(topic, ask, mind)


def find_topic_of(text: str, background: str, ask: Ask, current: Ref | None, mind: Mind) -> Topic:
    """The record that a question is about: by itself where it names one, else with what was told beside it."""
    topic = find_topic(text, ask, current, mind)
    if not background or (topic.winner is not None and _names_a_thing(topic)):
        return topic
    with_background = find_topic(joined([background, text]), ask, current, mind)
    if with_background.staff_only and not topic.staff_only and topic.winner is not None:
        return topic
    meant = with_background.top >= min(topic.top, mind.bounds.in_scope) or topic.winner is None
    return with_background if meant else topic


def _names_a_thing(topic: Topic) -> bool:
    """True when a name of something stands in the text; a body alone may be who is asked about, not what."""
    return any(ref.kind is not Kind.BODY for name in topic.query.named for ref in name.refs)


def _settle(topic: Topic, ask: Ask, mind: Mind) -> Topic:
    groups = _by_subject([c for c in topic.candidates if mind.catalogue.get(c.ref)], mind)
    if not groups:
        return replace(topic, why="nothing visible")
    best = groups[0]
    close = [
        group
        for group in groups[1:]
        if group[0].score >= mind.bounds.answer and lead(best[0], group[0]) < mind.bounds.margin
    ]
    if ask is Ask.PLAN:
        roads = [group for group in (best, *close) if group[0].ref.kind is Kind.PATHWAY]
        best, close = (roads[0], roads[1:]) if roads else (best, close)
    winner, twins = _facet(best, ask, mind)
    also = _named_together(topic.query, ask, mind)
    if len(also) > 1 and not _outshines(best[0], also, mind):
        return replace(topic, winner=also[0], also=tuple(also[1:]), why="several names side by side")
    if twins:
        return replace(topic, winner=winner, rivals=twins, why="several records of one subject fit")
    if close and not _counterparts(winner, [g[0].ref for g in close], mind):
        rivals = tuple(dict.fromkeys((winner, *(_facet(group, ask, mind)[0] for group in close[:3]))))
        return replace(topic, winner=winner, rivals=rivals, why="close candidates")
    return replace(topic, winner=winner, why="clear winner")


def _outshines(best: Scored, named: Sequence[Ref], mind: Mind) -> bool:
    """True when one record is meant more clearly than the names side by side: certain itself, or the thing two bodies share."""
    if best.ref in named or all(
        mind.families.get(ref, str(ref)) == mind.families.get(best.ref) for ref in named
    ):
        return False  # one of them, or the subject that they are the parts of
    thing_of_bodies = best.ref.kind is not Kind.BODY and all(ref.kind is Kind.BODY for ref in named)
    return best.score >= _CERTAIN or (thing_of_bodies and best.score >= mind.bounds.answer)


def _by_subject(candidates: Sequence[Scored], mind: Mind) -> list[list[Scored]]:
    """Candidates grouped by subject, groups and members best first."""
    groups: dict[str, list[Scored]] = {}
    for candidate in candidates:
        groups.setdefault(mind.subject(candidate.ref), []).append(candidate)
    return list(groups.values())


def _facet(group: Sequence[Scored], ask: Ask, mind: Mind) -> tuple[Ref, tuple[Ref, ...]]:
    """The member of the subject that answers ``ask``, and the others that fit as well (to be asked about)."""
    best = group[0]
    if ask in (Ask.OVERVIEW, Ask.DEFINITION) and dict(best.signals).get("titled"):
        return best.ref, ()
    scores = {candidate.ref: candidate for candidate in group}
    members = [ref for ref in (best.ref, *mind.catalogue.beside(best.ref)) if mind.catalogue.get(ref)]
    for kind in kinds_for(ask):
        of_kind = [ref for ref in members if ref.kind is kind]
        if not of_kind:
            continue
        of_kind.sort(key=lambda ref: scores[ref].score if ref in scores else 0.0, reverse=True)
        if ask in _LOOSE and best.ref.kind is not kind and fit(ask, best.ref.kind) > 0:
            first = max((scores.get(ref, Scored(ref, 0.0)) for ref in of_kind), key=lambda each: each.score)
            if lead(best, first) >= mind.bounds.margin:
                return best.ref, ()  # any kind can answer this: the one that was named does
        second = scores.get(of_kind[0], Scored(of_kind[0], 0.0))
        if best.ref.kind in _TELLS_ITSELF - {kind} and lead(best, second) >= _FAR:
            return best.ref, ()  # what was named tells it itself, and the other was hardly meant
        if best.ref.kind is not kind and _tells(ask, best.ref.kind) and lead(best, second) >= _CLEARLY:
            return best.ref, ()  # the same of one that has words of its own for what is asked
        if len(of_kind) == 1 or _leads(of_kind, scores, mind):
            return of_kind[0], ()
        second = scores.get(of_kind[0], Scored(of_kind[0], 0.0))
        if best.ref.kind is not kind and lead(best, second) >= mind.bounds.margin:
            return (
                best.ref,
                (),
            )  # none of the kind that fits best was meant more than another: its name itself was
        broad = [ref for ref in members if ref.kind is Kind.MATTER]
        if broad and fit(ask, Kind.MATTER) >= _WELL and broad[0] in scores:
            return broad[0], ()  # the matter covers all of them
        return of_kind[0], tuple(of_kind[:4])
    return best.ref, ()


def _tells(ask: Ask, kind: Kind) -> bool:
    """True where a kind has words of its own for an ask that several kinds answer about as well."""
    return ask in _SHARED and kind is not Kind.BODY and ask in TOLD[kind]


def _leads(refs: Sequence[Ref], scores: dict[Ref, Scored], mind: Mind) -> bool:
    first, second = (scores.get(ref, Scored(ref, 0.0)) for ref in refs[:2])
    return first.score >= mind.bounds.near and lead(first, second) >= mind.bounds.margin / 2


def _counterparts(winner: Ref, others: Sequence[Ref], mind: Mind) -> bool:
    """True when the close ones are the same matter in another place: the place decides, not the person's patience."""
    matter = mind.catalogue.matter(winner.id) if winner.kind is Kind.MATTER else None
    return matter is not None and all(o.kind is Kind.MATTER and o.id in matter.counterpart for o in others)


def _only_mentioned(best: Scored) -> bool:
    """True when nothing but a statement somewhere inside the record speaks for it: too little to answer on."""
    signals = dict(best.signals)
    return signals["similarity"] < _FAINT and not signals["named"]


def _means_staff_record(candidates: Sequence[Scored], mind: Mind) -> bool:
    """True when a record is meant that this audience may not see, and none beside it that it may."""
    best = candidates[0]
    if best.score < mind.bounds.refuse:
        return False
    if mind.visible(best.ref) or _visible_twin(best.ref, mind):
        return False
    seen = next((each for each in candidates if mind.visible(each.ref)), None)
    return seen is None or seen.score < mind.bounds.answer or lead(best, seen) >= 2 * mind.bounds.margin


def _visible_twin(ref: Ref, mind: Mind) -> bool:
    subject = mind.subjects.get(ref)
    return any(mind.visible(other) for other, theirs in mind.subjects.items() if theirs == subject)


def _ambiguous_name(topic: Topic, mind: Mind) -> AmbiguousName | None:
    """The ambiguous name that the best candidate rests on, if it rests on nothing else."""
    best = topic.candidates[0]
    for name in topic.query.named:
        said = topic.query.text[name.start : name.end]
        for entry in mind.catalogue.knowledge.ambiguous_names:
            if entry.name.casefold() == said and str(best.ref) in entry.candidates:
                share = dict(best.signals).get("named_share", 0.0)
                if share > 0.6 or dict(best.signals).get("exact"):
                    return entry
    return None


def _settle_ambiguous(topic: Topic, entry: AmbiguousName, mind: Mind) -> Topic:
    refs = tuple(ref for ref in map(Ref.parse, entry.candidates) if mind.catalogue.get(ref))
    if entry.default and mind.catalogue.get(Ref.parse(entry.default)):
        return replace(topic, winner=Ref.parse(entry.default), why=f"ambiguous name, default of {entry.name}")
    if not refs:
        return replace(topic, staff_only=True, why="ambiguous name, nothing visible")
    return replace(topic, winner=refs[0], rivals=refs if len(refs) > 1 else (), why="ambiguous name")


def _named_together(query: LinkQuery, ask: Ask, mind: Mind) -> list[Ref]:
    """Records whose names stand side by side ("A and B"), each of another subject, in the order said."""
    if len(query.named) < 2:
        return []
    found: list[Ref] = []
    end = None
    for name in query.named:
        visible = [ref for ref in name.refs if mind.catalogue.get(ref)]
        if not visible or (end is not None and not _joins(query.text, end, name.start)):
            if end is not None and len(found) > 1:
                break
            found = []
        if visible:
            ref = _best_kind(visible, ask, mind)
            if ref not in found:
                found.append(ref)
        end = name.end
    return found if len(found) > 1 else []


def _joins(text: str, start: int, end: int) -> bool:
    """True when what stands between two names puts them side by side; nothing does where each is asked about (分别)."""
    return bool(_JOINT.fullmatch(text[start:end])) or (start == end and "分别" in text)


def _best_kind(named: Sequence[Ref], ask: Ask, mind: Mind) -> Ref:
    """Of the records that bear a name, the one whose kind answers ``ask``; else the one of their subject that does."""
    kinds = kinds_for(ask)
    fitting = [ref for ref in named if ref.kind in kinds[:1]]
    return fitting[0] if fitting else _facet([Scored(named[0], 1.0)], ask, mind)[0]
