"""A finished file vouches for itself: its own SHA-256 and the plan's number and seal, where programs ignore them.

PDF: a comment after the end of the document. Spreadsheet: the comment of the archive, over its entries. Whoever edits the
file breaks the seal; to tell a forged plan from ours is the plan's own seal's business (``bot.planning``).
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from bot.domain.errors import InvalidInput

_MARK: Final = b"%yuanwen "
_PROPERTIES: Final = "docProps/core.xml"
_TIME: Final = re.compile(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
_LARGEST: Final = 50_000_000  # bytes of all entries together
_KEYS: Final = {"number", "seal", "sha256"}


@dataclass(frozen=True, slots=True)
class SealedFile:
    """What a file says of itself. ``intact``: it is byte for byte (entry for entry) as it was made."""

    sort: Literal["pdf", "xlsx"]
    number: str
    seal: str
    intact: bool


def seal_pdf(document: bytes, number: str, seal: str) -> bytes:
    """The document with its seal."""
    note = json.dumps({"number": number, "seal": seal, "sha256": hashlib.sha256(document).hexdigest()})
    return document + b"\n" * (not document.endswith(b"\n")) + _MARK + note.encode() + b"\n"


def seal_xlsx(document: bytes, number: str, seal: str, made_on: date) -> bytes:
    """The workbook with its seal. Its times are all ``made_on``, so that the same content gives the same bytes."""
    out = io.BytesIO()
    stamp = f"{made_on.isoformat()}T00:00:00Z".encode()
    with zipfile.ZipFile(io.BytesIO(document)) as was, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as now:
        entries = {name: was.read(name) for name in sorted(was.namelist())}
        entries[_PROPERTIES] = _TIME.sub(stamp, entries.get(_PROPERTIES, b""))
        for name, content in entries.items():
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            now.writestr(entry, content)
        now.comment = json.dumps({"number": number, "seal": seal, "sha256": _digest(entries)}).encode()
    return out.getvalue()


def read_seal(document: bytes) -> SealedFile:
    """What a file says of itself, and whether that still holds. Raises InvalidInput for a file without a seal of ours."""
    if document.startswith(b"%PDF"):
        return _read_pdf(document)
    if document.startswith(b"PK"):
        return _read_xlsx(document)
    raise InvalidInput("neither a PDF nor a spreadsheet: give the file as it was made")


def _read_pdf(document: bytes) -> SealedFile:
    start = document.rfind(_MARK)
    if start < 0:
        raise InvalidInput("this PDF has no seal of ours: it was not made here, or was saved anew")
    note = _note(document[start + len(_MARK) :])
    digests = {hashlib.sha256(document[:end]).hexdigest() for end in (start, start - 1)}
    return SealedFile("pdf", note["number"], note["seal"], note["sha256"] in digests)


def _read_xlsx(document: bytes) -> SealedFile:
    try:
        with zipfile.ZipFile(io.BytesIO(document)) as archive:
            if not archive.comment:
                raise InvalidInput(
                    "this spreadsheet has no seal of ours: it was not made here, or was saved anew"
                )
            note = _note(archive.comment)
            if sum(entry.file_size for entry in archive.infolist()) > _LARGEST:
                raise InvalidInput("this spreadsheet is larger than any that is made here")
            entries = {name: archive.read(name) for name in archive.namelist()}
            return SealedFile("xlsx", note["number"], note["seal"], note["sha256"] == _digest(entries))
    except zipfile.BadZipFile:
        raise InvalidInput("this is no spreadsheet: give the file as it was made") from None


def _note(text: bytes) -> dict[str, str]:
    try:
        note = json.loads(text)
    except ValueError:
        raise InvalidInput("the seal of this file cannot be read: it was changed") from None
    if not isinstance(note, dict) or set(note) != _KEYS or not all(isinstance(v, str) for v in note.values()):
        raise InvalidInput("the seal of this file cannot be read: it was changed")
    return note


def _digest(entries: Mapping[str, bytes]) -> str:
    digest = hashlib.sha256()
    for name in sorted(entries):
        digest.update(name.encode() + b"\0" + hashlib.sha256(entries[name]).digest())
    return digest.hexdigest()
