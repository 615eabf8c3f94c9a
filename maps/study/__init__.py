"""An analyst's study: what was found, and its files."""
