"""The whole nation: every force and month, one after the other or on a cluster."""
