"""Documents: one content, drawn as a page, for Word, as a tagged PDF and as slides."""
