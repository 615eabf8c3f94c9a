"""The service in a browser: who may come through which door, and what is behind it."""

from service.web.app import create_app
from service.web.settings import Settings

__all__ = ["Settings", "create_app"]
