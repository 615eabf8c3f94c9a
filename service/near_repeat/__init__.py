"""`beatplan near-repeat`: is crime near in space near in time too, how far, how long, and what is open now."""
