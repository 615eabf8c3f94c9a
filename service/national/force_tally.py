"""One force's crimes counted: by type for the league, and by type and coarse square for the nation's map."""

from typing import Any, Final

import numpy as np
import pandas as pd

from service.national.force_ground import own_crimes
from service.national.force_task import ForceTask, write_table

SQUARE_M: Final = 2_000.0


def tally(task: ForceTask) -> dict[str, Any]:
    """Write the force's crimes by type and square of two kilometres of the National Grid, and tell them by type."""
    held = own_crimes(task, "offence")
    east, north = (np.floor(held[axis] / SQUARE_M).astype("int64") for axis in ("x", "y"))
    table = pd.DataFrame({"offence": held["offence"].astype("string"), "east": east, "north": north})
    counts = table.value_counts(sort=False).rename("crimes").reset_index().sort_values(["offence", "east", "north"])
    by_type = counts.groupby("offence")["crimes"].sum()
    return {"counts": {str(name): int(count) for name, count in by_type.items()}} | write_table(task, "tally", counts)
