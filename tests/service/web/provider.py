# ruff: noqa: ARG002 - what authlib gives its hooks
"""A small OpenID Connect provider, made with authlib's own server side, which checks what clients send it."""

import json
import time
from dataclasses import dataclass

from authlib.oauth2.rfc6749 import AuthorizationServer, ClientMixin, OAuth2Request
from authlib.oauth2.rfc6749.errors import OAuth2Error
from authlib.oauth2.rfc6749.grants import AuthorizationCodeGrant
from authlib.oauth2.rfc6749.requests import BasicOAuth2Payload
from authlib.oauth2.rfc6750 import BearerTokenGenerator
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oidc.core import AuthorizationCodeMixin
from authlib.oidc.core.grants import OpenIDCode
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response
from joserfc.jwk import ECKey, KeySet

CLIENT, SECRET = "beatplan", "between the two of them"


class Client(ClientMixin):
    """The one client that the provider knows."""

    def __init__(self, back):
        self.back = back

    def get_client_id(self):
        return CLIENT

    def get_default_redirect_uri(self):
        return self.back

    def get_allowed_scope(self, scope):
        return scope

    def check_redirect_uri(self, redirect_uri):
        return redirect_uri == self.back

    def check_client_secret(self, client_secret):
        return client_secret == SECRET

    def check_endpoint_auth_method(self, method, endpoint):
        return method in ("client_secret_basic", "client_secret_post")

    def check_response_type(self, response_type):
        return response_type == "code"

    def check_grant_type(self, grant_type):
        return grant_type == "authorization_code"


@dataclass
class Code(AuthorizationCodeMixin):
    """What was asked under a code."""

    code: str
    redirect_uri: str
    scope: str
    nonce: str
    user: dict
    code_challenge: str
    code_challenge_method: str

    def get_redirect_uri(self):
        return self.redirect_uri

    def get_scope(self):
        return self.scope

    def get_nonce(self):
        return self.nonce

    def get_auth_time(self):
        return None

    def get_acr(self):
        return None

    def get_amr(self):
        return None


class Provider(AuthorizationServer):
    """Lets in whoever is `user`, a dictionary of claims; `changes` are made to what its tokens claim."""

    def __init__(self, back):
        super().__init__(scopes_supported=["openid", "profile"])
        self.client, self.codes, self.user, self.changes, self.issuer = Client(back), {}, {}, {}, ""
        self.keys = KeySet([ECKey.generate_key("P-256", {"kid": "one", "alg": "ES256", "use": "sig"})])
        self.signs_with = self.keys
        provider = self

        class Grant(AuthorizationCodeGrant):
            TOKEN_ENDPOINT_AUTH_METHODS = ("client_secret_basic", "client_secret_post")

            def save_authorization_code(self, code, request):
                told = request.payload.data
                provider.codes[code] = Code(
                    code, told["redirect_uri"], told["scope"], told["nonce"], request.user, told["code_challenge"],
                    told["code_challenge_method"],
                )  # fmt: skip

            def query_authorization_code(self, code, client):
                return provider.codes.get(code)

            def delete_authorization_code(self, authorization_code):
                del provider.codes[authorization_code.code]

            def authenticate_user(self, authorization_code):
                return authorization_code.user

        class Identity(OpenIDCode):
            def exists_nonce(self, nonce, request):
                return False

            def get_client_algorithm(self, client):
                return "ES256"

            def get_encode_header(self, client):
                return {"alg": "ES256", "kid": "one"}

            def get_client_claims(self, client):
                return {}

            def get_compatible_claims(self, request):
                now = int(time.time())
                return {"iss": provider.issuer, "aud": [CLIENT], "iat": now, "exp": now + 300}

            def resolve_client_private_key(self, client):
                return provider.signs_with

            def generate_user_info(self, user, scope):
                return {"sub": user["preferred_username"], **user, **provider.changes}

        self.register_grant(Grant, [Identity(require_nonce=True), CodeChallenge(required=True)])
        self.register_token_generator("default", BearerTokenGenerator(lambda *_a, **_k: "an-access-token"))

    def query_client(self, client_id):
        return self.client if client_id == CLIENT else None

    def save_token(self, token, request):
        """Nothing is asked with it later."""

    def create_oauth2_request(self, request):
        return request

    def handle_response(self, status, body, headers):
        return Response(json.dumps(body) if isinstance(body, dict) else body, status, dict(headers))

    def send_signal(self, name, *args, **kwargs):
        """Nobody listens."""


class Asked(OAuth2Request):
    """A request of the provider's web server, as authlib reads one."""

    def __init__(self, request, form):
        super().__init__(request.method, str(request.url), headers=dict(request.headers.items()))
        self.headers = {name.title(): value for name, value in request.headers.items()}
        self._args, self._form = dict(request.query_params), form
        self.payload = BasicOAuth2Payload(self._args | self._form)

    @property
    def args(self):
        return self._args

    @property
    def form(self):
        return self._form


def provider_app(provider):
    """The provider's addresses."""
    app = FastAPI()

    @app.get("/.well-known/openid-configuration")
    def configuration():
        return {
            "issuer": provider.issuer, "jwks_uri": f"{provider.issuer}/keys",
            "authorization_endpoint": f"{provider.issuer}/authorize", "token_endpoint": f"{provider.issuer}/token",
        }  # fmt: skip

    @app.get("/keys")
    def keys():
        return JSONResponse(provider.keys.as_dict(private=False))

    @app.get("/authorize")
    def authorize(request: Request):
        asked = Asked(request, {})
        try:
            grant = provider.get_consent_grant(asked, end_user=provider.user)
        except OAuth2Error as error:
            return provider.handle_response(*error())
        return provider.create_authorization_response(asked, grant_user=provider.user, grant=grant)

    @app.post("/token")
    async def token(request: Request):
        return provider.create_token_response(Asked(request, dict(await request.form())))

    return app
