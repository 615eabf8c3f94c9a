"""Where crime gathers, where it is expected next, how well that was known, and the few places worth a patrol."""

from hotspots.adaptive import adaptive_bandwidths, adaptive_density
from hotspots.backtest import Backtest, backtest
from hotspots.bands import Bands
from hotspots.bandwidth import Bandwidth, normal_reference
from hotspots.bandwidth_backtest import BacktestedBandwidth, backtested_bandwidth
from hotspots.choose import choose, patrollable_share
from hotspots.clusters import clusters, core_weight
from hotspots.concentration import (
    generalised_gini,
    generalised_gini_interval,
    gini,
    lorenz_curve,
    smallest_share,
    top_share,
)
from hotspots.concentration_table import concentration_table
from hotspots.control_chart import control_limits
from hotspots.cross_validation import least_squares_bandwidth, likelihood_bandwidth
from hotspots.density import KERNELS, CoarseGridWarning, kernel_density, weekly_density
from hotspots.describe import describe
from hotspots.dual import DualDensity, dual_density
from hotspots.emerging import EMERGING_CLASSES, EmergingHotspots, emerging_hotspots
from hotspots.evaluate import (
    hit_rate,
    poisson_log_score,
    predictive_accuracy_index,
    predictive_efficiency_index,
    recapture_rate_index,
    street_accuracy_index,
)
from hotspots.forecast import METHODS, History, forecast
from hotspots.gistar import gistar, gistar_of_places
from hotspots.history import HISTORY_CLASSES, HotspotHistory, hotspot_history, values_by_period
from hotspots.hot_streets import hot_streets
from hotspots.impact import DisplacementDifference, poisson_e_test, weighted_displacement_difference
from hotspots.interrupted import InterruptedSeries, interrupted_series
from hotspots.intervals import mean_interval, paired_differences
from hotspots.knox import Knox, knox
from hotspots.near_repeat import Reach, near_repeat_reach
from hotspots.near_repeat_classes import Chains, near_repeat_classes
from hotspots.network_density import NetworkDensity, network_density
from hotspots.open_windows import OpenWindows, open_windows
from hotspots.patrol_yield import harm_per_patrol_hour, patrol_hours, patrol_yield
from hotspots.priority import priority
from hotspots.ranking import rank_intervals, rank_stability, weight_by_period
from hotspots.rate_ratio import rate_ratios
from hotspots.repeats import repeat_table, repeats
from hotspots.response import RESPONSES, Response, Tier, cocoon, response_list
from hotspots.scan import Scan, space_time_scan
from hotspots.sensitivity import Sensitivity, covered_elsewhere, sensitivity
from hotspots.significance import benjamini_hochberg
from hotspots.space_time import space_time_density
from hotspots.space_time_tests import jacquez, local_knox, mantel, modified_knox
from hotspots.spots import Spots, keep_apart, ranked_by
from hotspots.time_course import TimeCourse, time_course
from hotspots.time_of_week import TimeOfWeek, shift_densities, time_of_week
from hotspots.tolerance import Tolerance, tolerance_contours
from hotspots.vulnerable_localities import VulnerableLocalities, vulnerable_localities
from hotspots.walkable import split_by_walking, street_metres

__all__ = [
    "EMERGING_CLASSES",
    "HISTORY_CLASSES",
    "KERNELS",
    "METHODS",
    "RESPONSES",
    "Backtest",
    "BacktestedBandwidth",
    "Bands",
    "Bandwidth",
    "Chains",
    "CoarseGridWarning",
    "DisplacementDifference",
    "DualDensity",
    "EmergingHotspots",
    "History",
    "HotspotHistory",
    "InterruptedSeries",
    "Knox",
    "NetworkDensity",
    "OpenWindows",
    "Reach",
    "Response",
    "Scan",
    "Sensitivity",
    "Spots",
    "Tier",
    "TimeCourse",
    "TimeOfWeek",
    "Tolerance",
    "VulnerableLocalities",
    "adaptive_bandwidths",
    "adaptive_density",
    "backtest",
    "backtested_bandwidth",
    "benjamini_hochberg",
    "choose",
    "clusters",
    "cocoon",
    "concentration_table",
    "control_limits",
    "core_weight",
    "covered_elsewhere",
    "describe",
    "dual_density",
    "emerging_hotspots",
    "forecast",
    "generalised_gini",
    "generalised_gini_interval",
    "gini",
    "gistar",
    "gistar_of_places",
    "harm_per_patrol_hour",
    "hit_rate",
    "hot_streets",
    "hotspot_history",
    "interrupted_series",
    "jacquez",
    "keep_apart",
    "kernel_density",
    "knox",
    "least_squares_bandwidth",
    "likelihood_bandwidth",
    "local_knox",
    "lorenz_curve",
    "mantel",
    "mean_interval",
    "modified_knox",
    "near_repeat_classes",
    "near_repeat_reach",
    "network_density",
    "normal_reference",
    "open_windows",
    "paired_differences",
    "patrol_hours",
    "patrol_yield",
    "patrollable_share",
    "poisson_e_test",
    "poisson_log_score",
    "predictive_accuracy_index",
    "predictive_efficiency_index",
    "priority",
    "rank_intervals",
    "rank_stability",
    "ranked_by",
    "rate_ratios",
    "recapture_rate_index",
    "repeat_table",
    "repeats",
    "response_list",
    "sensitivity",
    "shift_densities",
    "smallest_share",
    "space_time_density",
    "space_time_scan",
    "split_by_walking",
    "street_accuracy_index",
    "street_metres",
    "time_course",
    "time_of_week",
    "tolerance_contours",
    "top_share",
    "values_by_period",
    "vulnerable_localities",
    "weekly_density",
    "weight_by_period",
    "weighted_displacement_difference",
]
