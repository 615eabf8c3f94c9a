"""The tasking map: one page for the wall, its layers by the meeting's questions, and each place's story."""

from maps.tasking.page import map_fragment, tasking_map

__all__ = ["map_fragment", "tasking_map"]
