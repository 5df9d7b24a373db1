"""The pages' words: the same entries in both languages, all that are used are there, none is there for nothing."""

from __future__ import annotations

import re
from pathlib import Path

from bot.domain.conversation import Mode
from bot.domain.text import Language
from tests.web.site import real_words

WEB = Path(__file__).parents[2] / "bot" / "web"
PLACE = re.compile(r"\{(\w+)\}")


def used() -> set[str]:
    """Every name that the page or a script asks for."""
    html = (WEB / "pages" / "chat.html").read_text("utf-8")
    names = set(re.findall(r"\bsay\.(\w+)", html)) | {"language_zh", "language_en"}
    for path in (WEB / "static").glob("*.js"):
        script = path.read_text("utf-8")
        names |= set(re.findall(r"\bsay\(\"(\w+)\"", script)) | set(re.findall(r"\bsay\.(embed_\w+)", script))
        names |= set(
            re.findall(r"\b(?:word|label)\((?:make\([^)]*\)|[^(]*?(?:\(\"\w+\"\))?), \"(\w+)\"", script)
        )
        names |= set(re.findall(r"\bstate\(\w+, \"\w+\", \"(\w+)\"", script))
        names |= {name for pair in re.findall(r"\? \"(\w+)\" : \"(\w+)\"", script) for name in pair}
        names |= set(re.findall(r"#show\(\"(\w+)\"", script))
    return names


def test_both_languages_have_the_same_entries_with_the_same_places() -> None:
    words = real_words()
    assert words[Language.ZH].keys() == words[Language.EN].keys()
    for name, text in words[Language.ZH].items():
        assert text, name
        assert words[Language.EN][name], name
        assert set(PLACE.findall(text)) == set(PLACE.findall(words[Language.EN][name])), name


def test_every_word_is_used() -> None:
    modes = {f"mode_{mode}" for mode in Mode if mode is not Mode.OFFERED}
    assert set(real_words()[Language.ZH]) - used() - modes - {"you", "name", "operator"} == set()


def test_every_change_of_mode_that_is_told_has_words() -> None:
    for words in real_words().values():
        assert {name for name in words if name.startswith("mode_")} == {
            f"mode_{mode}" for mode in Mode if mode is not Mode.OFFERED
        }


def test_no_text_for_people_stands_in_the_scripts() -> None:
    for path in (WEB / "static").glob("*.js"):
        script = re.sub(r"//.*|/\*[\s\S]*?\*/", "", path.read_text("utf-8"))
        assert not re.search(r"[\u4e00-\u9fff]", script), path.name
