"""Reports of intelligence on hot spots: how good they are, who may see them, and what they may weigh."""
