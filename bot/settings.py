"""Every setting, read once. The only reader of the environment and of ``.env``; nothing else looks at either."""

from __future__ import annotations

import os
import re
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Annotated, Any, Final

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from bot.domain.errors import InvalidInput

ROOT: Final = Path(__file__).resolve().parent.parent
SECRETS: Final = Path(
    "/run/secrets"
)  # a file for each secret, named as the setting: how containers get theirs
_PREFIX: Final = "BOT_"


class Settings(BaseSettings):
    """The settings of the README's table. An empty value counts as not set."""

    model_config = SettingsConfigDict(
        env_prefix=_PREFIX, env_file=ROOT / ".env", env_ignore_empty=True, extra="forbid", frozen=True,
        secrets_dir=SECRETS if SECRETS.is_dir() else None,
    )  # fmt: skip

    database_url: str = Field("", description="SQLAlchemy URL; a SQLite file under var/ when not set")
    nlu_urls: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="comma-separated Rasa servers; none: the bot starts and watches its own"
    )
    http_host: str = Field("127.0.0.1", description="address it listens on")
    http_port: int = Field(8080, ge=0, le=65535, description="port it listens on (0: any free one)")
    public_url: str | None = Field(None, description="public address; set: Telegram by webhook")
    telegram_token: SecretStr | None = Field(None, description="set: the Telegram channel is on")
    telegram_api_url: str = Field("https://api.telegram.org/bot", description="base of the Bot API")
    telegram_webhook_secret: SecretStr | None = Field(None, description="required with BOT_PUBLIC_URL")
    telegram_desk_chat_id: int | None = Field(None, description="the operators' supergroup with topics")
    telegram_desk_more_chat_ids: Annotated[tuple[int, ...], NoDecode] = Field(
        (), description="comma-separated further groups of operators, when one is too busy"
    )
    secret_key: SecretStr | None = Field(
        None, description="signs sessions, codes and buttons; made under var/"
    )
    var_dir: Path = Field(ROOT / "var", description="where files that the bot makes are kept")
    knowledge_dir: Path = Field(ROOT / "knowledge", description="the curated records and templates")
    rasa_dir: Path = Field(ROOT / "rasa_project", description="the Rasa project with its own environment")
    frame_ancestors: str = Field("'self'", description="sites that may embed the chat page (CSP sources)")
    trusted_proxies: Annotated[tuple[IPv4Network | IPv6Network, ...], NoDecode] = Field(
        (), description="comma-separated networks whose X-Forwarded-For is believed"
    )
    turns_at_once: int = Field(64, ge=1, description="messages that are worked on at once; more wait")
    turns_waiting: int = Field(1000, ge=0, description="messages that may wait; beyond that: 503, try later")
    person_burst: int = Field(
        100, ge=1, description="messages that one person may send at once, before one polite notice"
    )
    person_per_minute: float = Field(60, gt=0, description="messages a minute that one person may send on")
    keep_inbox_days: int = Field(
        30, ge=0, description="days that messages are kept as they came (0: for ever)"
    )
    keep_outbox_days: int = Field(180, ge=0, description="days that what was sent is kept")
    keep_transcripts_days: int = Field(180, ge=0, description="days that the words of turns are kept")
    keep_turns_days: int = Field(
        730, ge=0, description="days that what was asked about is kept, without words"
    )
    contacts_file: Path | None = Field(
        None, description="private YAML file with the offices' deputies and contacts on duty, for staff"
    )
    keep_plans_days: int = Field(365, ge=0, description="days that plans are kept")
    case_office: str = Field("zone-admin-committee", description="the office that convenes boundary cases")
    case_working_days: int = Field(
        5, ge=1, le=60, description="working days after which a boundary case is reminded of"
    )
    log_format: str = Field("console", pattern="^(console|json)$", description="console or json")

    @field_validator("nlu_urls", "trusted_proxies", "telegram_desk_more_chat_ids", mode="before")
    @classmethod
    def _split(cls, value: Any) -> Any:
        return (
            tuple(part.strip() for part in value.split(",") if part.strip())
            if isinstance(value, str)
            else value
        )

    @field_validator("nlu_urls", "public_url", "telegram_api_url")
    @classmethod
    def _is_url(cls, value: Any) -> Any:
        for url in value if isinstance(value, tuple) else (value,):
            if url is not None and not url.startswith(("http://", "https://")):
                raise ValueError("must begin with http:// or https://")
        return value

    @field_validator("telegram_webhook_secret")
    @classmethod
    def _is_a_secret_token(cls, value: SecretStr | None) -> SecretStr | None:
        """Telegram takes no other characters in the header."""
        if value is not None and not re.fullmatch(r"[A-Za-z0-9_-]{1,256}", value.get_secret_value()):
            raise ValueError("must be 1 to 256 letters, digits, '_' or '-'")
        return value

    @model_validator(mode="after")
    def _webhook_has_a_secret(self) -> Settings:
        if self.public_url and self.telegram_token and not self.telegram_webhook_secret:
            raise ValueError("BOT_TELEGRAM_WEBHOOK_SECRET is required when BOT_PUBLIC_URL is set")
        return self

    @property
    def desk_chats(self) -> tuple[int, ...]:
        """The operators' Telegram groups; none without a token."""
        if self.telegram_token is None or self.telegram_desk_chat_id is None:
            return ()
        return (self.telegram_desk_chat_id, *self.telegram_desk_more_chat_ids)

    @property
    def database(self) -> str:
        """The database's URL."""
        return self.database_url or f"sqlite:///{self.var_dir / 'yuanwen.db'}"


def read_settings() -> Settings:
    """The settings. Raises InvalidInput with one line that names the setting that is unknown, missing or malformed."""
    _refuse_unknown(os.environ)
    try:
        return Settings()  # type: ignore[call-arg]
    except ValidationError as error:
        raise InvalidInput(_one_line(error)) from None


def _refuse_unknown(environment: Any) -> None:
    known = {_PREFIX + name.upper() for name in Settings.model_fields}
    for name in environment:
        if name.upper().startswith(_PREFIX) and name.upper() not in known:
            raise InvalidInput(f"{name} is not a setting: remove it or correct its name (README, Settings)")


def _one_line(error: ValidationError) -> str:
    first = error.errors(include_input=False, include_url=False)[0]
    message = first["msg"].removeprefix("Value error, ")
    if not first["loc"]:
        return message
    name = str(first["loc"][0]).upper()
    name = name if name.startswith(_PREFIX) else _PREFIX + name
    if first["type"] == "extra_forbidden":
        return f"{name} is not a setting: remove it or correct its name (README, Settings)"
    return f"{name}: {message[0].lower()}{message[1:]}"
