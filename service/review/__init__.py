"""`beatplan review`: did it work, by what was registered before it began."""
