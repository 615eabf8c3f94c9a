"""Where next: forecasts of crime and harm by cell, the baselines among them."""

from hotspots.forecast.history import History
from hotspots.forecast.methods import BASELINE, METHODS, SLOW, Method, bears, forecast

__all__ = ["BASELINE", "METHODS", "SLOW", "History", "Method", "bears", "forecast"]
