"""What was measured as a picture: in each setting with a peer, every subject's time as a multiple of our best."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from benchmarks._record import OURS, Row, least

INCHES: Final = 0.22  # a row
COLOURS: Final = {True: "#1b6ca8", False: "#b5651d"}


def plot(rows: Iterable[Row], path: Path) -> None:
    """Draw the processor time of each subject on a logarithmic axis, by setting; all where no setting has a peer."""
    import matplotlib.pyplot as plt

    groups: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        if not row.subject.endswith("first call"):
            groups.setdefault((row.task, json.dumps(row.parameters)), []).append(row)
    beside = {name: group for name, group in groups.items() if not all(row.subject.startswith(OURS) for row in group)}
    groups = beside or groups
    sizes = [len(group) + 1 for group in groups.values()]
    figure, panels = plt.subplots(
        len(groups), figsize=(9, INCHES * sum(sizes) + 0.4 * len(sizes)), height_ratios=sizes, squeeze=False,
        sharex=True, layout="constrained",
    )  # fmt: skip
    for axes, ((task, settings), group) in zip(panels[:, 0], groups.items(), strict=True):
        ours = least(group)[1]
        times = [row.cpu_seconds / ours for row in group]
        names = [f"{row.subject}, {row.threads} threads" if row.threads > 1 else row.subject for row in group]
        axes.barh(range(len(group)), times, left=0, color=[COLOURS[row.subject.startswith(OURS)] for row in group])
        axes.set_yticks(range(len(group)), names, fontsize=6)
        axes.invert_yaxis()
        axes.set_xscale("log")
        axes.axvline(1.0, color="#444444", linewidth=0.6)
        axes.set_title(
            f"{task}: {', '.join(f'{k} {v}' for k, v in json.loads(settings).items())}", fontsize=7, loc="left"
        )
    panels[-1, 0].set_xlabel("processor time, our best = 1", fontsize=7)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=110, metadata={"Software": None})
    plt.close(figure)
