"""Reads Telegram's HTML strictly: the text that is shown, or an error as Telegram reports one."""

from __future__ import annotations

import html
import re

_TAG = re.compile(r"<(/?)([a-z-]+)((?:\s+[a-z]+(?:=\"[^\"<>]*\")?)*)>")
_LONE_AMPERSAND = re.compile(r"&(?!(?:lt|gt|amp|quot|#\d+|#x[0-9a-fA-F]+);)")
_ALLOWED = {
    "b": {""}, "strong": {""}, "i": {""}, "em": {""}, "u": {""}, "s": {""}, "code": {""}, "pre": {""},
    "tg-spoiler": {""}, "blockquote": {"", "expandable"},
}  # fmt: skip


def shown(source: str) -> str:
    """The text without its tags. Raises ValueError for what Telegram would not take."""
    text: list[str] = []
    open_tags: list[str] = []
    place = 0
    for tag in _TAG.finditer(source):
        text.append(_plain(source[place : tag.start()]))
        place = tag.end()
        if tag[1]:
            if not open_tags or open_tags.pop() != tag[2]:
                raise ValueError(f"unexpected end tag </{tag[2]}>")
        elif tag[3].strip() not in _ALLOWED.get(tag[2], ()):
            raise ValueError(f"unsupported start tag <{tag[2]}{tag[3]}>")
        else:
            open_tags.append(tag[2])
    if open_tags:
        raise ValueError(f"no end tag for <{open_tags[-1]}>")
    return "".join([*text, _plain(source[place:])])


def _plain(source: str) -> str:
    if "<" in source or ">" in source or _LONE_AMPERSAND.search(source):
        raise ValueError("a bare <, > or &")
    return html.unescape(source)
