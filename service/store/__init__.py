"""What the service keeps: a catalogue in a database, crimes in files beside it, and a chain of who did what."""

from service.store.catalogue import Store, open_store

__all__ = ["Store", "open_store"]
