"""What was taken for what: outcomes, and asks by Rasa's intents."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from bot.curation.evaluation.asking import Asked, AskedTurn
from bot.curation.evaluation.tables import Table
from bot.domain.messages import Outcome
from bot.domain.understanding import Understanding

_CONVERSATIONAL: Final = frozenset(
    {"greet", "thank", "goodbye", "ask_help", "ask_identity", "switch_language", "affirm", "deny", "complain"}
)
# The labels of the questions' files are free words; these are not simply the intent without its ``ask_``.
_INTENTS: Final[Mapping[str, frozenset[str]]] = {
    "basis": frozenset({"ask_legal_basis"}),
    "plan": frozenset({"plan_project"}),
    "who": frozenset({"ask_who", "report_problem"}),
    "social": _CONVERSATIONAL,
}
_NO_INTENT: Final = frozenset({"multi", "follow_up"})  # one label, several things asked
_PAIRS: Final = 25


@dataclass(frozen=True, slots=True)
class Heard:
    """What was understood of a turn whose ask is known."""

    label: str
    wanted: frozenset[str]
    understanding: Understanding
    right_reply: bool

    @property
    def right(self) -> bool:
        """True when the intent is one that the label stands for."""
        return self.understanding.intent in self.wanted


def wanted_intents(kind: str, label: str) -> frozenset[str]:
    """The intents that a label of a kind stands for; empty where it stands for none."""
    if kind in _NO_INTENT:
        return frozenset()
    if kind == "out_of_scope" and label != "social":
        return frozenset({"out_of_scope", "nlu_fallback"})
    return _INTENTS.get(label, frozenset({f"ask_{label}"}))


def heard(asked: Sequence[Asked]) -> Iterator[Heard]:
    """One entry for each question that has one turn, one part and a label that says what is asked."""
    for each in asked:
        wanted = wanted_intents(each.question.kind, each.question.ask)
        if wanted and len(each.turns) == 1 and len(each.turns[0].result.traces) == 1:
            result = each.turns[0].result
            yield Heard(each.question.ask, wanted, result.understanding, each.right)


def outcomes(asked: Sequence[Asked]) -> Table:
    """How turns ended (columns) against how they may end (rows)."""
    found: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for turn in _turns(asked):
        found[_may_end(turn)][turn.result.outcome.value] += 1
    columns = [
        outcome.value for outcome in Outcome if any(counts[outcome.value] for counts in found.values())
    ]
    rows = [
        (may, *(str(counts[column] or ".") for column in columns))
        for may, counts in sorted(found.items(), key=lambda item: -item[1].total())
    ]
    return Table("Outcomes: may end as (rows), ended as (columns)", ("may end as", *columns), tuple(rows))


def intents(asked: Sequence[Asked]) -> Table:
    """The commonest pairs of a label and another intent, and how often the reply was wrong all the same."""
    pairs: Counter[tuple[str, str]] = Counter()
    wrong: Counter[tuple[str, str]] = Counter()
    all_heard = list(heard(asked))
    for each in all_heard:
        if not each.right:
            pair = (each.label, each.understanding.intent)
            pairs[pair] += 1
            wrong[pair] += not each.right_reply
    rows = [
        (label, intent, str(count), str(wrong[label, intent]))
        for (label, intent), count in pairs.most_common(_PAIRS)
    ]
    right = sum(each.right for each in all_heard)
    note = (
        f"{right} of {len(all_heard)} questions heard as their label says; the {len(rows)} commonest others"
    )
    head = ("label", "heard as", "times", "reply wrong")
    return Table("Intents: label and what was heard instead", head, tuple(rows), note)


def _may_end(turn: AskedTurn) -> str:
    return "/".join(outcome.value for outcome in Outcome if outcome.value in turn.turn.right.outcome)


def _turns(asked: Sequence[Asked]) -> Iterator[AskedTurn]:
    return (turn for each in asked for turn in each.turns)
