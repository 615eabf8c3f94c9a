"""What programs may ask."""

from fastapi import Request
from fastapi.responses import JSONResponse

from service.web.page import HEADERS


def openapi(request: Request) -> JSONResponse:
    """Return the OpenAPI document of every door."""
    from service.web.interface import document  # which knows the doors, and this is one of them

    return JSONResponse(document(request.app), headers=HEADERS)
