"""The scaling of national work as a picture: each step's seconds by workers, beside what twice the workers could do."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from benchmarks._national_plan import STRONG, WEAK, laws
from benchmarks._national_rows import NationalRow
from geodata.errors import InputError

BARS: Final = 0.38  # wide
COLOURS: Final = ("#1b6ca8", "#b5651d", "#4d7f3a")


def draw_beyond(rows: Sequence[NationalRow], path: Path) -> None:
    """
    Draw the seconds of each step by workers, beside what one and two foretold, both axes in doublings.

    Raises
    ------
    InputError
        If no step was measured on one worker, on two and on more.
    """
    import matplotlib.pyplot as plt

    found = [law for law in laws(rows) if law.beyond]
    if not found:
        raise InputError("This plot needs a step measured on 1, 2 and more workers; the rows hold none.")
    figure, axes = plt.subplots(figsize=(6, 3.4), layout="constrained")
    counts = sorted({1, 2, *(workers for law in found for workers in law.beyond)})
    for law, colour in zip(found, COLOURS, strict=False):
        taken = {1: law.one, 2: law.two, **law.beyond}
        axes.plot(list(taken), list(taken.values()), "o", color=colour, label=f"{law.step}, measured")
        axes.plot(
            counts, [law.seconds(workers) for workers in counts], "--", color=colour, label="foretold from 1 and 2"
        )
    axes.set_xscale("log", base=2)
    axes.set_yscale("log", base=2)
    axes.set_xticks(counts, [str(workers) for workers in counts])
    axes.yaxis.set_major_formatter("{x:g}")
    axes.set_xlabel("workers", fontsize=8)
    axes.set_ylabel("seconds", fontsize=8)
    axes.legend(fontsize=7, frameon=False, ncols=2)
    _save(figure, path)


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
    _save(figure, path)


def _save(figure: Any, path: Path) -> None:
    import matplotlib.pyplot as plt

    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=110, metadata={"Software": None})
    plt.close(figure)
