"""What follows a published run: a meeting decides on it, patrols walk it, and wards ask for more."""
