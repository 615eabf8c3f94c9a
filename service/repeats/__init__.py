"""`beatplan repeats`: who suffers again, how soon, and what is due to them."""
