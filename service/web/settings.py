"""What the service is told when it starts: by arguments, by the environment (BEATPLAN_...), or by a TOML file."""

from pathlib import Path
from typing import Annotated

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """
    The service's settings.

    Parameters
    ----------
    store : address of the catalogue's database, "sqlite:///..." or "postgresql://..."
    folder : of everything that lies in files; by default beside the database
    idle_minutes : after which a session that is not used ends
    session_hours : after which any session ends
    failures : log-ins that may fail within `failure_minutes`, by account and by where they come from
    largest_upload, largest_form : bytes that a door takes which files come through, or any other
    """

    model_config = SettingsConfigDict(env_prefix="BEATPLAN_", extra="forbid", frozen=True)

    store: str = "sqlite:///beatplan.db"
    folder: Path | None = None
    idle_minutes: Annotated[int, Field(ge=1)] = 30
    session_hours: Annotated[int, Field(ge=1)] = 12
    failures: Annotated[int, Field(ge=1)] = 5
    failure_minutes: Annotated[int, Field(ge=1)] = 15
    largest_upload: Annotated[int, Field(ge=1)] = 500_000_000
    largest_form: Annotated[int, Field(ge=1)] = 1_000_000
