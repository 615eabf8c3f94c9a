"""
Single sign-on: OpenID Connect's authorization code flow, with PKCE, state and nonce.

What is asked of the provider is kept by the store under the browser's session, and serves once: a code that somebody
else has got opens nothing, and neither does a token made for another asking [1]_ [2]_.

References
----------
.. [1] OpenID Connect Core 1.0, sections 3.1 and 15.
.. [2] RFC 7636 (2015). Proof Key for Code Exchange by OAuth Public Clients.
"""

import hmac
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

import httpx2
from authlib.integrations.base_client import OAuthError
from authlib.integrations.httpx_client import OAuth2Client
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry
from sqlalchemy import delete, insert, select

from service.store import Store
from service.store.tables import SIGN_ONS
from service.web.accounts import Account, SignOnError, arrive
from service.web.sessions import Session, token_print
from service.web.settings import SignOn

_KNOWN_BY: Final = "/.well-known/openid-configuration"
_SIGNED_BY: Final = ["RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "EdDSA"]
_WITHIN: Final = timedelta(minutes=10)
_SECONDS: Final = 10
_LEEWAY_SECONDS: Final = 60


def ask(store: Store, session: Session, sign_on: SignOn) -> str:
    """
    Return the provider's address to send a browser to, and keep what must come back.

    Raises
    ------
    SignOnError
        If the provider does not answer.
    """
    state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
    with _client(sign_on) as client:
        address, _ = client.create_authorization_url(
            _provider(client, sign_on)["authorization_endpoint"], state=state, nonce=nonce, code_verifier=verifier
        )
    whose = token_print(session.token)
    kept = {"session": whose, "state": state, "nonce": nonce, "verifier": verifier, "at": store.now}
    with store.writing() as writing:
        writing.execute(delete(SIGN_ONS).where(SIGN_ONS.c.session == whose))
        writing.execute(insert(SIGN_ONS).values(**kept))
    return str(address)


def answer(store: Store, session: Session | None, sign_on: SignOn, *, state: str, code: str) -> Account:
    """
    Return whom the provider has let in.

    Parameters
    ----------
    store : Store
    session : that asked
    sign_on : settings
    state, code : what came back

    Raises
    ------
    SignOnError
        If it is not the answer to what was asked, or the provider or its token do not stand up to it.
    """
    asked = _take(store, session, state)
    try:
        with _client(sign_on) as client:
            provider = _provider(client, sign_on)
            token = client.fetch_token(provider["token_endpoint"], code=code, code_verifier=asked["verifier"])
            keys = _told(client, provider["jwks_uri"])
        claims = _claims(store, token, keys, sign_on, nonce=asked["nonce"])
    except (httpx2.HTTPError, OAuthError, JoseError, KeyError, ValueError):
        raise SignOnError("The sign-on provider's answer could not be relied upon.") from None
    name = str(claims.get(sign_on.name_claim, "")).lower()
    return arrive(store, Account(name, _role(claims, sign_on), sign_on.force))


def _take(store: Store, session: Session | None, state: str) -> dict[str, str]:
    """Return what was kept, which serves once."""
    whose = SIGN_ONS.c.session == token_print("" if session is None else session.token)
    with store.writing() as writing:
        asked = writing.execute(select(SIGN_ONS).where(whose)).mappings().first()
        writing.execute(delete(SIGN_ONS).where(whose))
    late = asked is not None and datetime.fromisoformat(store.now) - datetime.fromisoformat(asked["at"]) > _WITHIN
    if asked is None or late or not hmac.compare_digest(asked["state"].encode(), state.encode()):
        raise SignOnError("That is not the answer to what this browser asked, or it came too late: sign in again.")
    return dict(asked)


def _claims(store: Store, token: Mapping[str, Any], keys: Any, sign_on: SignOn, *, nonce: str) -> dict[str, Any]:
    signed = jwt.decode(token["id_token"], KeySet.import_key_set(keys), registry=JWSRegistry(algorithms=_SIGNED_BY))
    expected = {
        "iss": {"essential": True, "value": sign_on.issuer},
        "aud": {"essential": True, "value": sign_on.client},
    }
    about = {"nonce": nonce, "client_id": sign_on.client, "access_token": token["access_token"]}
    claims = CodeIDToken(signed.claims, signed.header, expected, about)
    claims.validate(now=int(store.clock().timestamp()), leeway=_LEEWAY_SECONDS)
    return dict(claims)


def _role(claims: Mapping[str, Any], sign_on: SignOn) -> str:
    told = claims.get(sign_on.role_claim, [])
    groups = {told} if isinstance(told, str) else set(map(str, told))
    found = {role for group, role in sign_on.roles.items() if group in groups}
    if len(found) != 1:
        raise SignOnError(f"Your groups must give you one role here, and they give {len(found)}.")
    return found.pop()


def _client(sign_on: SignOn) -> OAuth2Client:
    return OAuth2Client(
        sign_on.client, sign_on.secret.get_secret_value(), scope="openid profile", redirect_uri=sign_on.back,
        code_challenge_method="S256", timeout=_SECONDS,
    )  # fmt: skip


def _provider(client: OAuth2Client, sign_on: SignOn) -> dict[str, Any]:
    """Return what the provider says of itself, which must be the one of the settings."""
    try:
        told = _told(client, sign_on.issuer + _KNOWN_BY)
    except (httpx2.HTTPError, ValueError):
        raise SignOnError("The sign-on provider does not answer.") from None
    if told.get("issuer", "").rstrip("/") != sign_on.issuer:
        raise SignOnError("The sign-on provider names another issuer than the settings do.")
    return dict(told)


def _told(client: OAuth2Client, address: str) -> Any:
    return client.request("GET", address, withhold_token=True).raise_for_status().json()
