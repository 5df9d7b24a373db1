"""Which kinds of record can answer which ask, and what an ask becomes when the record cannot answer it. Data and look-ups."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from bot.domain.lexicon import Lexicon
from bot.domain.records import Kind
from bot.domain.understanding import Ask

P, B, M, F, C, X, W = (
    Kind.PROCEDURE,
    Kind.BODY,
    Kind.MATTER,
    Kind.PARK,
    Kind.CONCEPT,
    Kind.MECHANISM,
    Kind.PATHWAY,
)

# The kinds that answer an ask, the best first. A kind that is missing cannot answer it.
_ANSWERS: Final[dict[Ask, Sequence[Kind]]] = {
    Ask.OVERVIEW: (P, M, C, X, W, B, F),
    Ask.DEFINITION: (C, X, B, P, W, M, F),
    Ask.DURATION: (P, W, M, C),
    Ask.DOCUMENTS: (P, W, M),
    Ask.FEE: (P, M),
    Ask.AUTHORITY: (P, M, X, B),
    Ask.HOW: (P, W, M, X, C),
    Ask.LEGAL_BASIS: (P, M, B, C, X),
    Ask.RESULT: (P, M),
    Ask.VALIDITY: (P, C, M),
    Ask.ORDER: (P, W, C),
    Ask.APPLICABILITY: (P, W, C, M),
    Ask.EXPANSION: (P, W, M, C),
    Ask.RISK: (P, M, W, C, X),
    Ask.WHO: (M, P, X, B, F),
    Ask.SUPPORT: (M, P, X, B),
    Ask.ESCALATION: (M, X),
    Ask.CONTACT: (F, B, M),
    Ask.DUTIES: (B, F, M),
    Ask.VALUE: (F, P, C, W, B, X, M),
    Ask.PRICE: (F, M, P),
    Ask.LIST: (F, X, W, B, P, M, C),
    Ask.DATE: (F, X, P, M),
    Ask.CONFIRM: (F, X, C, P, M, B),
    Ask.STATUS: (F, X, M, P, B),
    Ask.SCOPE: (F, M, P, B, X, C),
    Ask.COMPARE: (C, P, F, M, X),
    Ask.PLAN: (W, M, P, X, C),
}

# Asks of a kind that have words of their own; the others are told by the overview.
TOLD: Final[dict[Kind, frozenset[Ask]]] = {
    P: frozenset(
        {
            Ask.OVERVIEW, Ask.DEFINITION, Ask.DURATION, Ask.DOCUMENTS, Ask.FEE, Ask.AUTHORITY, Ask.WHO, Ask.HOW,
            Ask.LEGAL_BASIS, Ask.RESULT, Ask.VALIDITY, Ask.ORDER, Ask.APPLICABILITY, Ask.EXPANSION, Ask.RISK,
        }
    ),
    B: frozenset({Ask.OVERVIEW, Ask.DEFINITION, Ask.DUTIES, Ask.WHO, Ask.LEGAL_BASIS, Ask.STATUS}),
    M: frozenset(
        {Ask.OVERVIEW, Ask.WHO, Ask.SUPPORT, Ask.AUTHORITY, Ask.ESCALATION, Ask.LEGAL_BASIS, Ask.STATUS, Ask.SCOPE,
         Ask.HOW}
    ),
    F: frozenset({Ask.OVERVIEW}),
    X: frozenset({Ask.OVERVIEW, Ask.DEFINITION, Ask.WHO, Ask.STATUS, Ask.HOW}),
    C: frozenset({Ask.OVERVIEW, Ask.DEFINITION}),
    W: frozenset({Ask.OVERVIEW, Ask.DURATION, Ask.ORDER, Ask.DOCUMENTS, Ask.APPLICABILITY, Ask.RISK}),
}  # fmt: skip

NEXT: Final[dict[Kind, Sequence[Ask]]] = {
    P: (
        Ask.DURATION,
        Ask.DOCUMENTS,
        Ask.AUTHORITY,
        Ask.APPLICABILITY,
        Ask.ORDER,
        Ask.FEE,
        Ask.LEGAL_BASIS,
        Ask.RISK,
    ),
    M: (Ask.WHO, Ask.SUPPORT, Ask.LEGAL_BASIS, Ask.ESCALATION),
    W: (Ask.ORDER, Ask.DURATION, Ask.RISK),
    X: (Ask.WHO, Ask.STATUS),
    B: (Ask.DUTIES,),
    F: (),
    C: (),
}


def kinds_for(ask: Ask) -> Sequence[Kind]:
    """The kinds that can answer ``ask``, the best first."""
    return _ANSWERS[ask]


def fit(ask: Ask, kind: Kind) -> float:
    """How well a kind answers an ask: 1 for the best, falling to 0 for one that cannot."""
    kinds = _ANSWERS[ask]
    return 1.0 - kinds.index(kind) / len(kinds) * 0.7 if kind in kinds else 0.0


def told(ask: Ask, kind: Kind) -> Ask:
    """The ask that has words for this kind: itself, or the overview."""
    return ask if ask in TOLD[kind] else Ask.OVERVIEW


def ask_in_words(question: str, lexicon: Lexicon) -> Ask | None:
    """The ask whose word stands in the text, the longest word first; None when there is none."""
    words = ((word, ask) for ask, forms in lexicon.asks.items() for word in forms if word in question)
    longest = max(words, key=lambda each: len(each[0]), default=None)
    return Ask(longest[1]) if longest else None
