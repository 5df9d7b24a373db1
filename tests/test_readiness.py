"""What ``/readyz`` says of a core in good and bad states."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.app import Core
from bot.domain.catalogue import Revision
from bot.domain.errors import NotFound, TryLater
from bot.readiness import CoreReadiness


@dataclass
class Store:
    away: bool = False

    async def active(self) -> None:
        if self.away:
            raise TryLater("away")


@dataclass
class Watch:
    number: int | None = 3

    @property
    def revision(self) -> Revision:
        if self.number is None:
            raise NotFound("nothing is loaded")
        return Revision(self.number, "digest", datetime(2026, 11, 24, tzinfo=UTC), "")


@dataclass
class Pool:
    model: str | None = None
    answering: set[str] = field(default_factory=set)

    async def alive(self, url: str) -> bool:
        return url in self.answering


@dataclass
class Supervisor:
    state: str = "loading"


@dataclass
class Given:
    nlu_urls: tuple[str, ...] = ()


def core(
    store: Any = None, watch: Any = None, pool: Any = None, supervisor: Any = None, urls: tuple[str, ...] = ()
) -> Core:
    parts: Any = {name: None for name in Core.__dataclass_fields__ if name not in ("jobs", "beside")}
    parts |= {
        "settings": Given(urls), "store": store or Store(), "watch": watch or Watch(), "pool": pool or Pool(),
        "supervisor": supervisor,
    }  # fmt: skip
    return Core(**parts)


@pytest.mark.parametrize(
    ("state", "understands"), [("loading", "gazetteer"), ("ready", "rasa"), ("away", "gazetteer")]
)
async def test_it_is_ready_whatever_rasa_does_and_says_who_understands(state: str, understands: str) -> None:
    ready, parts = await CoreReadiness(core(supervisor=Supervisor(state))).check()
    assert ready
    assert (parts["nlu"], parts["understands"], parts["revision"]) == (state, understands, 3)


async def test_one_of_several_servers_suffices() -> None:
    urls = ("http://a", "http://b")
    assert await CoreReadiness(core(pool=Pool(answering={"http://b"}), urls=urls)).nlu() == "ready"
    assert await CoreReadiness(core(urls=urls)).nlu() == "away"


async def test_without_database_or_knowledge_it_is_not_ready() -> None:
    ready, parts = await CoreReadiness(core(store=Store(away=True))).check()
    assert (ready, parts["database"]) == (False, "away")
    ready, parts = await CoreReadiness(core(watch=Watch(None))).check()
    assert (ready, parts["knowledge"], parts["revision"]) == (False, "missing", None)
