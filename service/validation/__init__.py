"""`beatplan validate`: every published value worked out again on the machine that it is asked on."""
