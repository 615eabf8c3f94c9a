"""The verbs of the command line, a module each: options mapped to what the service does, and nothing else."""
