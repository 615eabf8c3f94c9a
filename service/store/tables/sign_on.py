"""Sign-ons that another's page is to finish: what was asked of it, which must come back."""

from typing import Final

from sqlalchemy import Column, String, Table

from service.store.tables._metadata import METADATA

SIGN_ONS: Final = Table(
    "sign_ons",
    METADATA,
    Column("session", String(64), primary_key=True),  # print of the session's token
    Column("state", String(64), nullable=False),
    Column("nonce", String(64), nullable=False),
    Column("verifier", String(128), nullable=False),
    Column("at", String(32), nullable=False),
)
