"""The scaling of national work as a picture: each step's seconds by workers, beside what twice the workers could do."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from benchmarks._national_plan import STRONG, WEAK, laws
from benchmarks._national_rows import NationalRow
from geodata.errors import InputError

BARS: Final = 0.38  # wide


def draw(rows: Sequence[NationalRow], path: Path) -> None:
    """
    Draw the same work on one worker and on two, and twice the work on twice the workers, a panel each.

    Raises
    ------
    InputError
        If no step was measured on one worker and on two.
    """
    import matplotlib.pyplot as plt

    steps = [law.step for law in laws(rows)]
    if not steps:
        raise InputError("A plot needs a step measured on one worker and on two; the rows hold none.")
    figure, panels = plt.subplots(1, 2, figsize=(9, 3), sharey=True, layout="constrained")
    titles = {STRONG: "the same work", WEAK: "twice the work on two"}
    for axes, (kind, title) in zip(panels, titles.items(), strict=True):
        seconds = {(row.task.removeprefix(f"{kind}: "), row.threads): row.seconds for row in rows}
        for workers, colour in ((1, "#9db8cc"), (2, "#1b6ca8")):
            places = [at + BARS * (workers - 1.5) for at in range(len(steps))]
            heights = [seconds.get((step, workers), 0.0) for step in steps]
            bars = axes.bar(places, heights, BARS, color=colour, label=f"{workers} worker" + "s" * (workers > 1))
            axes.bar_label(bars, fmt="%.0f", fontsize=7)
        axes.set_xticks(range(len(steps)), steps, fontsize=8)
        axes.set_title(f"{kind}: {title}", fontsize=9, loc="left")
    panels[0].set_ylabel("seconds", fontsize=8)
    panels[0].legend(fontsize=7, frameon=False)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=110, metadata={"Software": None})
    plt.close(figure)
