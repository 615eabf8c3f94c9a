"""Two plans side by side on two maps."""
