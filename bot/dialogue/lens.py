"""What the templates may look up while they render: names and neighbours of a record, in one language, for one audience."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bot.domain.catalogue import Catalogue, ref_of
from bot.domain.contacts import Contact, Contacts
from bot.domain.records import Kind, LegalBasis, Matter, Pathway, Procedure, Record, Ref
from bot.domain.references import ContactPoint, Law
from bot.domain.text import Audience, Bilingual, Language


class Lens:
    """Read-only view over the catalogue for the templates. Ids in, words out; unknown ids are left out."""

    def __init__(self, catalogue: Catalogue, language: Language, contacts: Contacts | None = None) -> None:
        self._catalogue = catalogue
        self._contacts: Contacts = contacts or {}
        self.language = language
        self.staff = catalogue.audience is Audience.STAFF

    def body(self, identifier: str | None) -> str:
        """A body's name, empty when there is none for this audience."""
        body = self._catalogue.body(identifier)
        return body.name[self.language] if body else ""

    def bodies(self, identifiers: Iterable[str]) -> list[str]:
        """The names of several bodies, in order."""
        return [name for name in map(self.body, identifiers) if name]

    def contacts(self, identifiers: Iterable[str | None]) -> list[Contact]:
        """Whom staff call at several bodies; nobody for the public."""
        if not self.staff:
            return []
        return [contact for body in identifiers if body for contact in self._contacts.get(body, ())]

    def procedures(self, identifiers: Iterable[str]) -> list[Procedure]:
        """The procedures with these ids, in order."""
        found = (self._catalogue.procedure(identifier) for identifier in identifiers)
        return [procedure for procedure in found if procedure]

    def following(self, procedure: Procedure) -> Sequence[Procedure]:
        """The procedures that need this one first."""
        return self._catalogue.requiring(procedure.id)

    def pathways(self, procedure: Procedure) -> Sequence[Pathway]:
        """The pathways that this procedure is a step of."""
        return self._catalogue.pathways_with(procedure.id)

    def led(self, body: Record) -> Sequence[Matter]:
        """The settled matters that a body leads."""
        return self._catalogue.led_by(body.id)

    def supported(self, body: Record) -> Sequence[Matter]:
        """The matters that a body supports."""
        return self._catalogue.supported_by(body.id)

    def granted(self, body: Record) -> list[Procedure]:
        """The procedures whose authority a body is."""
        procedures = self._catalogue.of_kind(Kind.PROCEDURE)
        return [p for p in procedures if isinstance(p, Procedure) and p.authority_body == body.id]

    def law_names(self, identifiers: Iterable[str]) -> list[str]:
        """The names of laws as they are shown: the newer law where one was replaced, an article only when checked."""
        laws = (self._catalogue.law(identifier) for identifier in identifiers)
        return list(dict.fromkeys(self.law_name(law) for law in laws if law))

    def law_name(self, law: Law) -> str:
        """One law's name as it is shown."""
        shown, article, _ = shown_law(law)
        return self._cite(shown[self.language], article[self.language] if article else "")

    def basis_name(self, basis: LegalBasis) -> str:
        """One legal basis of a procedure as it is shown."""
        article = basis.article[self.language] if basis.article and basis.checked else ""
        return self._cite(basis.law[self.language], article)

    def _cite(self, name: str, article: str) -> str:
        """A law with its article, which Chinese writes without a space."""
        return f"{name}{article}" if self.language is Language.ZH else f"{name}, {article}".removesuffix(", ")

    def contact(self, identifier: str) -> ContactPoint | None:
        """A public contact point."""
        return self._catalogue.knowledge.contact_points.get(identifier)

    def of_subject(self, record: Record, kind: str) -> list[Record]:
        """The other records of the record's subject that are of a kind."""
        found = (self._catalogue.get(ref) for ref in self._catalogue.beside(ref_of(record)))
        return [other for other in found if other is not None and other.kind == kind]

    def record(self, reference: str) -> Record | None:
        """A record by KIND/ID."""
        return self._catalogue.get(Ref.parse(reference))


def shown_law(law: Law) -> tuple[Bilingual, Bilingual | None, bool]:
    """The name, article and checked mark that a law is shown by."""
    if law.superseded_by:
        return law.superseded_by, None, False
    return law.name, law.article if law.checked else None, law.checked
