"""The store's own fixtures: the same tests on both databases."""

from tests.service.store.conftest import address, server, store

__all__ = ["address", "server", "store"]
