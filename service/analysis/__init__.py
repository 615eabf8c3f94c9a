"""The analyst's half of the cycle: forecast, hot spots, who suffers again, what changed, where the force stands."""
