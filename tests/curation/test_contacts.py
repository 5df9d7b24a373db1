"""The private file of contacts: read strictly, and never told of by its content."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.curation.contacts import read_contacts
from bot.domain.errors import InvalidInput

GOOD = """contacts:
  - {body: construction-office, post: deputy, name: 甲, phone: '0000-0001'}
  - {body: construction-office, post: duty, name: 值班室, phone: '0000-0002', note: {zh: 工作日, en: working days}}
"""


def test_contacts_come_by_body_in_order(tmp_path: Path) -> None:
    file = tmp_path / "contacts.yaml"
    file.write_text(GOOD, encoding="utf-8")
    contacts = read_contacts(file)
    assert [contact.name for contact in contacts["construction-office"]] == ["甲", "值班室"]
    assert read_contacts(None) == {}


@pytest.mark.parametrize(
    "text",
    ["", "contacts: 5", "[", "contacts:\n  - {body: x, post: boss, name: 甲, phone: '13800000000'}",
     "contacts:\n  - {body: x, post: duty, name: 甲, phone: '13800000000', mobile: '1'}"],
)  # fmt: skip
def test_a_wrong_file_stops_the_start_without_telling_its_content(tmp_path: Path, text: str) -> None:
    file = tmp_path / "contacts.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(InvalidInput) as caught:
        read_contacts(file)
    assert str(caught.value).startswith("BOT_CONTACTS_FILE: ")
    assert "13800000000" not in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="cannot be read"):
        read_contacts(tmp_path / "nothing.yaml")
