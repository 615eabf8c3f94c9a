"""How wide the study smooths, and why."""

from functools import partial

from geodata.errors import InputError
from hotspots.bandwidth import Bandwidth, normal_reference
from hotspots.bandwidth_backtest import backtested_bandwidth
from hotspots.cross_validation import least_squares_bandwidth, likelihood_bandwidth
from maps.study.study import Smoothing
from service.analysis import scene as analysis
from service.analysis.scene import Scene
from service.reading.inputs import Inputs
from service.study.options import Options


def smoothing(given: Inputs, scene: Scene, options: Options) -> Smoothing:
    """
    Return the bandwidth as given, or as chosen in the way that was asked for.

    Raises
    ------
    InputError
        If the crimes cannot bear that way of choosing.
    """
    if options.bandwidth == "auto":
        return _tested(given, scene)
    crs = scene.grid.crs
    ways = {
        "normal": ("normal reference", partial(normal_reference, scene.crimes, crs=crs)),
        "likelihood": ("likelihood", partial(likelihood_bandwidth, scene.crimes, crs=crs)),
        "least-squares": ("least squares", partial(least_squares_bandwidth, scene.crimes, crs=crs)),
    }
    if isinstance(options.bandwidth, str):
        score, choose = ways[options.bandwidth]
        return _chosen(choose(), score)
    own = isinstance(given.profile.analysis.bandwidth, float | int)
    how = "as given" if own else f"{analysis.CELLS_IN_BANDWIDTH:g} cells"
    return Smoothing(scene.bandwidth, how, f"The bandwidth is {scene.bandwidth:g} m, {how}.")


def widest(scene: Scene) -> float | None:
    """Return the bandwidth of the normal reference, the widest one worth trying; None of too few places."""
    try:
        return normal_reference(scene.crimes, crs=scene.grid.crs).metres
    except InputError:
        return None


def _chosen(found: Bandwidth, score: str) -> Smoothing:
    compared = found.curve if found.curve["score"].notna().any() else None
    of = f"from {found.crimes:,} crimes on {found.places:,} places"
    sentence = f"The {found.method} takes {found.metres:,.0f} m, {of}. {found.note}".strip()
    return Smoothing(found.metres, found.method, sentence, "" if compared is None else score, compared)


def _tested(given: Inputs, scene: Scene) -> Smoothing:
    settings = given.profile.analysis
    by_harm = settings.rank_by == "harm"
    found = backtested_bandwidth(
        scene.crimes, scene.grid, scene.periods, study=scene.study, share=analysis.area_share(given, scene),
        harm=scene.harm if by_harm else None, origins=settings.origins, seed=given.seed,
    )  # fmt: skip
    metres = found.metres if found.tests else scene.bandwidth
    what = "harm" if by_harm else "crimes"
    curve = found.table.rename(columns={f"{what}_caught": "score"})[["bandwidth", "score", "as_good"]]
    sentence = f"{found.sentence} {found.note}".strip()
    how = "what would have caught most" if found.tests else f"{analysis.CELLS_IN_BANDWIDTH:g} cells"
    return Smoothing(metres, how, sentence, f"share of the next {scene.periods.unit}'s {what} caught",
                     curve if found.tests else None)  # fmt: skip
