"""
Is a planted effect found? Made-up forces, some of whose hot spots lose a known share of their crime from a day on.

`python -m benchmarks.impact --json FILE [--towns 20]` prints the review of one force, and how often the intervals of
all of them held the truth. Half of the hot spots are treated, the other half are the controls.
"""

import argparse
import json
import tempfile
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd
from geopandas import GeoDataFrame
from numpy.random import default_rng

from geodata.town import Town, make_town
from service.reading.events import Events
from service.review.run import ReviewOutcome, ReviewRequest, run_review

START: Final = pd.Timestamp("2024-01-01")
END: Final = pd.Timestamp("2024-06-30")  # the last day
SHARE: Final = 0.29


def planted(town: Town, treated: GeoDataFrame, share: float, seed: int) -> pd.DataFrame:
    """Return the crimes of a force less a share of those in the places treated, from the start to the end."""
    crimes = town.crimes
    day = crimes["occurred_from"].dt.tz_localize(None)
    inside = crimes.intersects(treated.geometry.union_all()) & (day >= START) & (day < END + pd.Timedelta(days=1))
    kept = crimes[~(inside & (default_rng(seed).random(len(crimes)) < share))]
    return pd.DataFrame(
        {
            "x": kept.geometry.x,
            "y": kept.geometry.y,
            "date": kept["occurred_from"].dt.strftime("%Y-%m-%d"),
            "offence": kept["offence"].astype(str),
        }
    )


def registered(folder: Path, town: Town, treated: GeoDataFrame, controls: GeoDataFrame) -> tuple[Path, ...]:
    """Write one intervention for each place treated, and return their files."""
    town.truth.hotspots[["hotspot_id", "geometry"]].to_file(folder / "spots.geojson", driver="GeoJSON")
    other = json.dumps(controls["hotspot_id"].tolist())
    for name in treated["hotspot_id"]:
        (folder / f"{name}.toml").write_text(
            f'name = "{name}"\nregistered = 2023-12-01\nstart = {START.date()}\nend = {END.date()}\n'
            f'displacement_metres = 150\n[places]\nfile = "spots.geojson"\nids = ["{name}"]\n'
            f'[controls]\nfile = "spots.geojson"\nids = {other}\nweigh = "crime"\n',
            encoding="utf-8",
        )
    return tuple(folder / f"{name}.toml" for name in treated["hotspot_id"])


def reviewed(town: Town, share: float, seed: int) -> ReviewOutcome:
    """Return the review of one made-up force."""
    spots = town.truth.hotspots
    treated, controls = spots.iloc[::2], spots.iloc[1::2]
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        planted(town, treated, share, seed).to_csv(folder / "events.csv", index=False)
        plans = registered(folder, town, treated, controls)
        events = Events(paths=(str(folder / "events.csv"),), x="x", y="y", date="date", offence="offence")
        return run_review(ReviewRequest(plans=plans, events=events))


def held(outcomes: list[ReviewOutcome], share: float) -> dict[str, Any]:
    """Return how often the 90 % and 95 % intervals of the ratio held the truth, over all reviews of single places."""
    ratios = [
        one["beside_controls"]["effect"]
        for outcome in outcomes
        for one in outcome.figures["interventions"]
        if one["beside_controls"]
    ]
    tallies = [outcome.figures["tally"] for outcome in outcomes]
    return {
        "reviews": len(ratios),
        "mean_ratio": float(np.exp(np.mean([np.log(ratio["ratio"]) for ratio in ratios]))),
        **{
            f"held_{level}": float(np.mean([r[f"low_{level}"] <= 1 - share <= r[f"high_{level}"] for r in ratios]))
            for level in (90, 95)
        },
        "called_fell": sum(tally["surely_down"] for tally in tallies),
        "called_rose": sum(tally["surely_up"] for tally in tallies),
    }


def main() -> None:
    """Review made-up forces with the effect and without."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--towns", type=int, default=20)
    options.add_argument("--json", type=Path)
    given = options.parse_args()
    outcomes: dict[float, list[ReviewOutcome]] = {SHARE: [], 0.0: []}
    for seed in range(given.towns):
        town = make_town(seed, wards=40, months=24, incidents=30_000, hotspots=12)
        for share, done in outcomes.items():
            done.append(reviewed(town, share, seed))
    found = {f"{share:.0%} taken away": held(done, share) for share, done in outcomes.items()}
    print(outcomes[SHARE][0].summary, "\n")
    print(json.dumps(found, indent=2))
    if given.json:
        given.json.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
