"""The scaled shape as processes of this machine: nginx, bots, Rasa servers, each as its container starts it."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Self

NGINX = Path(__file__).resolve().parents[2] / "docker" / "nginx" / "nginx.conf"


def nginx_configuration(folder: Path, port: int, bots: Sequence[str]) -> Path:
    """The configuration of the container with addresses of this machine, in ``folder``."""
    text = NGINX.read_text(encoding="utf-8")
    for number, address in enumerate(bots, start=1):
        assert f"server bot-{number}:8080" in text
        text = text.replace(f"bot-{number}:8080", address)
    text = text.replace("listen 8090;", f"listen 127.0.0.1:{port};").replace("/tmp/", f"{folder}/")
    file = folder / "nginx.conf"
    file.write_text(text, encoding="utf-8")
    return file


class Nginx:
    """A real nginx with that configuration, for as long as the context lasts."""

    def __init__(self, folder: Path, port: int, bots: Sequence[str]) -> None:
        self.url = f"http://127.0.0.1:{port}"
        file = nginx_configuration(folder, port, bots)
        self._line = ["nginx", "-p", str(folder), "-c", str(file), "-g", "daemon off;"]
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(self._line, stdin=subprocess.DEVNULL)
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process is not None
        self._process.terminate()
        self._process.wait(10)
