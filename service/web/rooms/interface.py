"""What programs may ask."""

from fastapi import Request
from fastapi.responses import JSONResponse

from service.web.page import HEADERS


def openapi(request: Request) -> JSONResponse:
    """Return the OpenAPI document of every door."""
    return JSONResponse(request.app.state.document, headers=HEADERS)
