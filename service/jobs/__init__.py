"""Work that takes longer than a page: a queue in the catalogue, and worker processes that take from it."""
