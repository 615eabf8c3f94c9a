"""What the service is told when it starts: by arguments, by the environment (BEATPLAN_...), or by a TOML file."""

import os
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, IPvAnyAddress, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

from geodata.errors import InputError, NotFoundError
from service.web.roles import ROLES


class SignOn(BaseModel):
    """
    Single sign-on by OpenID Connect.

    Parameters
    ----------
    issuer : the provider's address, https
    client, secret : what the provider knows the service by
    back : this service's own address of `/sign-on/back`, as browsers reach it
    name_claim, role_claim : claims that hold the account's name, and its groups
    roles : role by group; somebody in none of them, or in groups of two roles, is not let in
    force : whose rows those accounts see
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    issuer: str
    client: str
    secret: SecretStr
    back: str
    name_claim: str = "preferred_username"
    role_claim: str = "groups"
    roles: dict[str, str]
    force: str

    @field_validator("issuer", "back")
    @classmethod
    def _safe(cls, address: str) -> str:
        parts = urlsplit(address)
        if parts.scheme != "https" and parts.hostname not in ("127.0.0.1", "localhost"):
            raise ValueError("must begin with https://")
        return address.rstrip("/")

    @field_validator("roles")
    @classmethod
    def _known(cls, roles: dict[str, str]) -> dict[str, str]:
        if not set(roles.values()) <= set(ROLES):
            raise ValueError(f"must name roles of {', '.join(ROLES)}")
        return roles


class Proxy(BaseModel):
    """
    A proxy before the service that has signed people on.

    Parameters
    ----------
    addresses : where it asks from; from anywhere else its header is refused
    header : in which it names the account, which there must be
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    addresses: tuple[IPvAnyAddress, ...]
    header: str


class Cluster(BaseModel):
    """
    Certificates of a cluster, PEM files.

    Parameters
    ----------
    ca : who vouches for the scheduler and its workers
    certificate, key : this service's own
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    ca: Path
    certificate: Path
    key: Path


class Settings(BaseSettings):
    """
    The service's settings.

    Parameters
    ----------
    store : address of the catalogue's database, "sqlite:///..." or "postgresql://..."
    folder : of everything that lies in files; by default beside the database
    workers : processes that do the work that takes longer than a page
    scheduler : of a cluster whose workers do that work instead, in `workers` places; processes here where it is not set
    cluster : by what that cluster and this service know each other; for an address that begins with tls://
    idle_minutes : after which a session that is not used ends
    session_hours : after which any session ends
    failures : log-ins that may fail within `failure_minutes`, by account and by where they come from
    exports, runs : how often an account may take out a file, or start work, within `failure_minutes`
    largest_upload, largest_form : bytes that a door takes which files come through, or any other
    sign_on : single sign-on by OpenID Connect; off where it is not set
    proxy : a proxy before the service that has signed people on; none where it is not set
    """

    model_config = SettingsConfigDict(
        env_prefix="BEATPLAN_", env_nested_delimiter="__", extra="forbid", frozen=True, hide_input_in_errors=True
    )

    store: str = "sqlite:///beatplan.db"
    folder: Path | None = None
    workers: Annotated[int, Field(ge=0, le=64)] = 2
    scheduler: str | None = None
    cluster: Cluster | None = None
    idle_minutes: Annotated[int, Field(ge=1)] = 30
    session_hours: Annotated[int, Field(ge=1)] = 12
    failures: Annotated[int, Field(ge=1)] = 5
    failure_minutes: Annotated[int, Field(ge=1)] = 15
    exports: Annotated[int, Field(ge=1)] = 60
    runs: Annotated[int, Field(ge=1)] = 20
    largest_upload: Annotated[int, Field(ge=1)] = 500_000_000
    largest_form: Annotated[int, Field(ge=1)] = 1_000_000
    sign_on: SignOn | None = None
    proxy: Proxy | None = None

    @classmethod
    def settings_customise_sources(
        cls, settings_cls: type[BaseSettings], init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource, dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:  # fmt: skip
        """Arguments before the environment, and the environment before the file that BEATPLAN_SETTINGS names."""
        file = os.environ.get("BEATPLAN_SETTINGS")
        return (init_settings, env_settings, TomlConfigSettingsSource(settings_cls, Path(file) if file else None))


def read_settings(**given: Any) -> Settings:
    """
    Return the settings, with what is given (and is not None) before what the environment and the file say.

    Raises
    ------
    NotFoundError
        If the file that BEATPLAN_SETTINGS names is not there.
    InputError
        If a setting is not known, or breaks its rule.
    """
    file = os.environ.get("BEATPLAN_SETTINGS")
    if file and not Path(file).is_file():
        raise NotFoundError(f"There is no file of settings at {file}.")
    try:
        return Settings(**{name: value for name, value in given.items() if value is not None})
    except ValidationError as error:
        first = error.errors()[0]
        named = ".".join(map(str, first["loc"]))
        raise InputError(f"A setting must keep its rule, and `{named}` does not: {first['msg']}.") from None
    except ValueError as error:  # of the file's own form
        raise InputError(f"The file of settings must be TOML: {error}.") from None
