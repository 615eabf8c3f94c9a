"""The tasking map: one page for the wall, its layers by the meeting's questions, and each place's story."""

from typing import TYPE_CHECKING

from geodata.on_demand import on_demand

if TYPE_CHECKING:
    from maps.tasking.page import map_fragment, tasking_map

__all__ = ["map_fragment", "tasking_map"]

__getattr__ = on_demand(__name__, {"page": ("map_fragment", "tasking_map")})
