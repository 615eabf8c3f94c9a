"""Where crime gathers, where it is expected next, how well that was known, and the few places worth a patrol."""

from hotspots.backtest import Backtest, backtest
from hotspots.choose import Spots, choose, patrollable_share
from hotspots.concentration import generalised_gini, gini, smallest_share, top_share
from hotspots.density import CoarseGridWarning, kernel_density
from hotspots.describe import describe
from hotspots.evaluate import hit_rate, predictive_accuracy_index, predictive_efficiency_index
from hotspots.forecast import METHODS, History, forecast

__all__ = [
    "METHODS",
    "Backtest",
    "CoarseGridWarning",
    "History",
    "Spots",
    "backtest",
    "choose",
    "describe",
    "forecast",
    "generalised_gini",
    "gini",
    "hit_rate",
    "kernel_density",
    "patrollable_share",
    "predictive_accuracy_index",
    "predictive_efficiency_index",
    "smallest_share",
    "top_share",
]
