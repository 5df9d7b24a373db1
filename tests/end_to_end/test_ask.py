"""``yuanwen ask --jsonl``: a private Rasa server, answers in order as each is answered, and nothing left behind."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.running import YUANWEN, alive, descendants, surroundings, until, yuanwen

pytestmark = pytest.mark.timeout(600)


@pytest.fixture(scope="module")
def asking(tmp_path_factory: pytest.TempPathFactory) -> Iterator[subprocess.Popen[bytes]]:
    env = surroundings(tmp_path_factory.mktemp("ask"))
    process = subprocess.Popen(
        [YUANWEN, "ask", "--jsonl"], env=env, cwd="/", stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    with process:
        yield process
        process.kill()


def answer(asking: subprocess.Popen[bytes], line: bytes) -> dict[str, Any]:
    """Writes one line and reads one: the next line is not written before this one is answered."""
    assert asking.stdin is not None
    assert asking.stdout is not None
    asking.stdin.write(line + b"\n")
    asking.stdin.flush()
    return dict(json.loads(asking.stdout.readline()))


def question(number: int, text: str, **more: str) -> bytes:
    return json.dumps({"id": f"q{number}", "text": text, **more}, ensure_ascii=False).encode()


def test_a_line_is_answered_before_the_next_is_written(asking: subprocess.Popen[bytes]) -> None:
    for number, text in enumerate(("环评报告表要批多久", "How long does the EIA report form take?")):
        turn = answer(asking, question(number, text))
        assert (turn["id"], turn["outcome"]) == (f"q{number}", "answered")
        assert turn["understanding"]["source"] == "rasa"
        assert turn["records"] == ["procedure/eia-approval"]


def test_a_malformed_line_gets_an_error_and_the_rest_go_on(asking: subprocess.Popen[bytes]) -> None:
    for line in (b"not json", b"[]", b'{"id": "x"}', b'{"id": "x", "text": "a", "lang": "fr"}', b"\xff\xfe"):
        turn = answer(asking, line)
        assert turn["outcome"] == "error"
        assert turn["error"]
    assert answer(asking, question(9, "你好"))["outcome"] == "social"


def test_lines_that_share_a_conversation_share_its_context(asking: subprocess.Popen[bytes]) -> None:
    answer(asking, question(1, "环评报告表要批多久", conversation="c1"))
    turn = answer(asking, question(2, "要哪些材料", conversation="c1"))
    assert turn["records"] == ["procedure/eia-approval"]
    alone = answer(asking, question(3, "要哪些材料"))
    assert alone["records"] != ["procedure/eia-approval"]


def test_many_lines_at_once_come_back_in_order_and_nothing_is_left(asking: subprocess.Popen[bytes]) -> None:
    assert asking.stdin is not None
    assert asking.stdout is not None
    below = list(descendants(asking.pid))
    assert below
    asking.stdin.write(b"".join(question(number, f"环评找谁 {number}") + b"\n" for number in range(50)))
    asking.stdin.close()
    ids = [json.loads(line)["id"] for line in asking.stdout]
    assert ids == [f"q{number}" for number in range(50)]
    assert asking.wait(30) == 0
    until(lambda: not any(map(alive, below)), seconds=10)


@pytest.mark.parametrize(
    ("arguments", "settings", "line"),
    [
        (["ask"], {}, 'nothing asked: write yuanwen ask "…", or --jsonl with lines on standard input'),
        (["ask", "x"], {"BOT_COLOUR": "red"}, "BOT_COLOUR is not a setting: remove it or correct its name (README, Settings)"),
        (["run"], {"BOT_HTTP_PORT": "eighty"}, "BOT_HTTP_PORT: "),
        (["run"], {"BOT_DATABASE_URL": "mysql://x/y"}, "no database 'mysql' here"),
        (["knowledge", "load", "--folder", "/nowhere"], {}, "no folder /nowhere"),
        (["knowledge", "switch", "7"], {}, "no revision 7"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_in_one_line(
    tmp_path: Path, arguments: list[str], settings: dict[str, str], line: str
) -> None:
    said = yuanwen(*arguments, env=surroundings(tmp_path, **settings))
    assert said.returncode == 1
    assert said.stdout == ""
    assert len(said.stderr.splitlines()) == 1
    assert said.stderr.startswith(f"yuanwen: {line}")
