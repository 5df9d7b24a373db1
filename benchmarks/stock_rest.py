"""Stock Rasa as most people run it, made as light as can be: keywords, one rule, one fixed response, its REST channel."""

from __future__ import annotations

import contextlib
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from benchmarks.servers import Server, wait_for_model
from bot.domain.errors import TryLater
from bot.nlu.child_environment import child_environment
from bot.nlu.models import rasa_python
from bot.nlu.supervisor import RASA_ENVIRONMENT, free_port
from bot.settings import Settings

_FILES: Final = {
    "config.yml": """\
recipe: default.v1
language: en
assistant_id: yardstick
pipeline:
- name: WhitespaceTokenizer
- name: KeywordIntentClassifier
- name: FallbackClassifier
  threshold: 0.3
policies:
- name: RulePolicy
""",
    "domain.yml": """\
version: "3.1"
intents: [ask, other, nlu_fallback]
responses:
  utter_answer:
  - text: 环评报告表的审批时限见公示。
""",
    "data/nlu.yml": """\
version: "3.1"
nlu:
- intent: ask
  examples: |
    - 环评
    - 多久
- intent: other
  examples: |
    - 你好
    - hello
""",
    "data/rules.yml": """\
version: "3.1"
rules:
- rule: answer
  steps:
  - intent: ask
  - action: utter_answer
- rule: answer the rest
  steps:
  - intent: nlu_fallback
  - action: utter_answer
- rule: answer others
  steps:
  - intent: other
  - action: utter_answer
""",
    "credentials.yml": "rest:\n",
    "endpoints.yml": "{}\n",
}


@contextlib.contextmanager
def stock_rest_server(settings: Settings) -> Iterator[Server]:
    """Trained and served from a folder that is thrown away. Raises TryLater when it does not come up."""
    python = str(rasa_python(settings.rasa_dir))
    log = settings.var_dir / "bench" / "stock-rest.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="yuanwen-stock-") as name, log.open("wb") as out:
        folder = Path(name)
        for path, text in _FILES.items():
            (folder / path).parent.mkdir(exist_ok=True)
            (folder / path).write_text(text, encoding="utf-8")
        environment = child_environment({**RASA_ENVIRONMENT, "RASA_CACHE_DIRECTORY": str(folder / "cache")})

        def rasa(*words: str) -> subprocess.Popen[bytes]:
            return subprocess.Popen(
                [python, "-m", "rasa", *words],
                cwd=folder,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
            )

        if rasa("train", "--fixed-model-name", "yardstick", "--quiet").wait() != 0:
            raise TryLater(f"stock Rasa could not be trained: see {log}")
        port = free_port()
        process = rasa("run", "--port", str(port), "--interface", "127.0.0.1", "--enable-api")
        try:
            url = f"http://127.0.0.1:{port}"
            wait_for_model(url, process, log)
            yield Server(url, process.pid, 0.0)
        finally:
            process.terminate()
            process.wait()
