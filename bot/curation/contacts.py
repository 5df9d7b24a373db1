"""Reads the private file of contacts: kept outside of the knowledge and of the repository, for staff only.

contacts:
  - {body: construction-office, post: duty, name: 值班室, phone: '000', note: {zh: 工作日, en: working days}}
"""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import yaml
from pydantic import TypeAdapter, ValidationError

from bot.domain.contacts import Contact, Contacts
from bot.domain.errors import InvalidInput

_CONTACTS = TypeAdapter(tuple[Contact, ...])


def read_contacts(path: Path | None) -> Contacts:
    """The contacts by body, in the order of the file; none without a file. Raises InvalidInput, naming place but no content."""
    if path is None:
        return {}
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
        listed = _CONTACTS.validate_python(data["contacts"])
    except OSError as error:
        raise InvalidInput(f"BOT_CONTACTS_FILE: {path} cannot be read ({error.strerror})") from None
    except ValidationError as error:
        where = ".".join(map(str, error.errors(include_input=False, include_url=False)[0]["loc"]))
        raise InvalidInput(f"BOT_CONTACTS_FILE: {path}: contacts.{where} is not as it should be") from None
    except (yaml.YAMLError, UnicodeDecodeError, KeyError, TypeError):
        raise InvalidInput(f"BOT_CONTACTS_FILE: {path}: no list 'contacts' in YAML and UTF-8") from None
    found: defaultdict[str, list[Contact]] = defaultdict(list)
    for contact in listed:
        found[contact.body].append(contact)
    return {body: tuple(contacts) for body, contacts in found.items()}
