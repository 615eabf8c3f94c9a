"""
Do plans hold up? Planned before each past period from what was known, judged by the harm that then came.

    python -m benchmarks.deployment [--only town|northumbria|city] [--origins N] [--shared FOLDER] [--json FILE]

`--json` adds to what the file holds of the others, and writes a table and a picture beside it. The made-up force has a
planted truth: the share of the harm in its planted hot spots that patrols reach is given, too.
"""

import argparse
import json
import tempfile
from pathlib import Path
from typing import Any, Final

import pandas as pd

from allocation.outturn import GAIN
from benchmarks._record import load, versions
from service.deployment.backtest import PlanTest, PlanTested, run_plan_test
from service.deployment.backtest_figures import MEASURES
from service.reading.inputs import Request

ORIGINS: Final = {"town": 16, "northumbria": 6, "city": 8}
DATA: Final = {
    "town": "a made-up force: 40 wards, 20,000 incidents in two years, exact times, 12 planted hot spots",
    "northumbria": "Northumbria, recorded crime by month, June 2013 to June 2014, 177 wards",
    "city": "City of London, recorded crime by month, 2024 and 2025, streets",
}
KEPT: Final = ("unit", "tested", "history", "teams", "patrols", "notes")
SEED: Final = 0
TICKS: Final = (-10, -5, 0, 5, 10, 30, 100, 300)  # per cent


def main() -> None:
    """Test the plans and print or write what was found."""
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--only", choices=tuple(ORIGINS))
    words.add_argument("--origins", type=int)
    words.add_argument("--shared", type=Path, default=Path(__file__).resolve().parents[2] / "shared")
    words.add_argument("--json", type=Path)
    given = words.parse_args()
    found = json.loads(given.json.read_text(encoding="utf-8")) if given.json and given.json.exists() else {}
    for name in [given.only] if given.only else ORIGINS:
        origins = given.origins or ORIGINS[name]
        tested = _tested(name, origins, given.shared / "data")
        print(f"\n{DATA[name]}\n{tested.summary}")
        found[name] = _record(name, origins, tested)
    if given.json:
        given.json.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
        given.json.with_suffix(".md").write_text(table(found), encoding="utf-8")
        plot(found, given.json.with_suffix(".png"))


def _tested(name: str, origins: int, data: Path) -> PlanTested:
    with tempfile.TemporaryDirectory() as folder:
        out, inside = Path(folder), None
        if name == "northumbria":
            run = Request(
                (str(data / "crime" / name),), data / "boundaries" / "northumbria_wards_2022.gpkg", out, seed=SEED
            )
        elif name == "city":
            wards = data / "boundaries" / "city_of_london_wards_2014.geojson"
            streets = data / "osm" / "city_of_london_drive.osm.gz"
            run = Request((str(data / "crime" / "city-of-london"),), wards, out, streets=streets, seed=SEED)
        else:
            from geodata.town import make_town
            from service.demo import made_up_request

            run = made_up_request(out, seed=SEED, wards=40, incidents=20_000)
            inside = make_town(SEED, wards=40, incidents=20_000).truth.hotspots
        return run_plan_test(PlanTest(run=run, origins=origins, inside=inside))


def _record(name: str, origins: int, tested: PlanTested) -> dict[str, Any]:
    return {
        "data": DATA[name],
        "command": f"python -m benchmarks.deployment --only {name} --origins {origins}",
        "seed": SEED,
        "versions": versions(),
        "load": load(),
        **{part: tested.figures[part] for part in KEPT},
    }


def table(found: dict[str, Any]) -> str:
    """Return the figures as Markdown, a table for each part and measure."""
    lines = ["# Plans in periods that they did not know\n"]
    for name in ORIGINS:
        if name in found:
            one = found[name]
            lines.append(
                f"\n## {one['data']}\n\n`{one['command']}`. Planned {len(one['tested'])} times, before each "
                f"{one['unit']} from {one['tested'][0]} to {one['tested'][-1]}; known before the first: "
                f"{one['history'][0]} to {one['history'][1]}.\n"
            )
            lines += [_table(one[part], part, measure) for part in MEASURES if one[part] for measure in MEASURES[part]]
    return "\n".join(lines)


def _table(part: dict[str, Any], name: str, measure: str) -> str:
    shares = part.get("shares_of_all_harm", {}) if measure == "reached" else {}
    heads = ["plan", "an hour", "of foresight", "this plan gains", "90 %", *(f"of all {kind}" for kind in shares)]
    rows = [
        [row["plan"], f"{row['an_hour']:.3g}", f"{100 * row['share']:.1f} %", *_gain(row)]
        + [f"{100 * share[row['plan']]:.1f} %" for share in shares.values()]
        for row in part["summary"][measure]
    ]
    told = [heads, ["---"] + ["---:"] * (len(heads) - 1), *rows]
    lines = "\n".join(f"| {' | '.join(row)} |" for row in told)
    return f"**{name.capitalize()}. {MEASURES[name][measure]}**\n\n{lines}\n"


def _gain(row: dict[str, Any]) -> list[str]:
    if row["gain"] is None or not row["an_hour"]:
        return ["", ""]
    gain, low, high = (100 * row[name] / row["an_hour"] for name in GAIN)
    return [f"{gain:+.1f} %", f"{low:+.1f} to {high:+.1f} %"]


def plot(found: dict[str, Any], path: Path) -> None:
    """Draw what this plan gains on each other, with its interval, a panel for each set of data, part and measure."""
    import matplotlib.pyplot as plt

    panels = [
        (name, part, measure, _gains(found[name][part]["summary"][measure]))
        for name in ORIGINS if name in found
        for part in MEASURES if found[name][part]
        for measure in MEASURES[part]
    ]  # fmt: skip
    heights = [len(gains) + 1 for *_, gains in panels]
    figure, axes = plt.subplots(
        len(panels), figsize=(8, 0.24 * sum(heights) + 0.5), height_ratios=heights, squeeze=False, layout="constrained"
    )
    for axis, (name, part, measure, gains) in zip(axes[:, 0], panels, strict=True):
        ends = [gains["gain"] - gains["low"], gains["high"] - gains["gain"]]
        axis.errorbar(gains["gain"], range(len(gains)), xerr=ends, fmt="o", markersize=3, linewidth=1, color="#1b6ca8")
        axis.set_xscale("symlog", linthresh=10)  # gains of some per cent and of some hundred in one picture
        axis.set_xlim(-15, 400)
        axis.set_xticks(TICKS, [f"{tick:+d}" if tick else "0" for tick in TICKS])
        axis.axvline(0, color="#444444", linewidth=0.6)
        axis.set_yticks(range(len(gains)), gains["plan"], fontsize=6)
        axis.tick_params(axis="x", labelsize=6)
        axis.invert_yaxis()
        axis.set_title(f"{name}, {part}: {words_of(part, measure)}, by hour", fontsize=7, loc="left")
    axes[-1, 0].set_xlabel("this plan’s gain, % (with 90 % intervals over the periods)", fontsize=7)
    figure.savefig(path, dpi=110, metadata={"Software": None})
    plt.close(figure)


def words_of(part: str, measure: str) -> str:
    """Return what is measured, to stand within a sentence."""
    text = MEASURES[part][measure]
    return text[0].lower() + text[1:]


def _gains(rows: list[dict[str, Any]]) -> pd.DataFrame:
    told = [
        (row["plan"], *(100 * row[name] / row["an_hour"] for name in GAIN))
        for row in rows
        if row["gain"] is not None and row["an_hour"] and "foresight" not in row["plan"]
    ]
    return pd.DataFrame(told, columns=["plan", "gain", "low", "high"])


if __name__ == "__main__":
    main()
