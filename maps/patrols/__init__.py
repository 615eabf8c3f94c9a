"""What a patrol takes along: its map, its files for handsets, what it asks at its stops."""
