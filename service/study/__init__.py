"""`beatplan hotspots`: every surface and test of where crime gathers, on one page, for an analyst."""
